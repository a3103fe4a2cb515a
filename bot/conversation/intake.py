"""Finding out what stands in the way: takes in what is told and asks only what is missing and useful."""

from __future__ import annotations

from bot.conversation import care, scan, suggestions
from bot.conversation.reply import Button, Reply, payload
from bot.conversation.turn import Turn

BARRIERS_OFFERED = {
    None: ["weinig_tijd", "geen_geld", "weinig_zelfvertrouwen", "onbekend_aanbod", "geen_steun"],
    "medewerker": ["weinig_tijd", "geen_geld", "weinig_zelfvertrouwen", "geen_richting", "geen_steun"],
    "leidinggevende": ["weinig_tijd", "weinig_motivatie", "geen_leercultuur", "werkdruk", "laag_opgeleid"],
    "hr": ["geen_leercultuur", "werkgever_overtuigen", "weinig_motivatie", "weinig_tijd", "digitalisering"],
    "werkgever": ["weinig_tijd", "geen_geld", "weinig_motivatie", "digitalisering", "geen_leercultuur"],
    "leerambassadeur": [
        "weinig_zelfvertrouwen",
        "laag_opgeleid",
        "weinig_motivatie",
        "geen_steun",
        "onbekend_aanbod",
    ],
    "vakbond": ["werkgever_overtuigen", "reorganisatie", "flexwerk", "onbekend_aanbod", "ouder"],
    "or": ["werkgever_overtuigen", "geen_leercultuur", "reorganisatie", "werkdruk", "ouder"],
    "adviseur": ["werkgever_overtuigen", "laag_opgeleid", "geen_leercultuur", "weinig_motivatie", "ouder"],
}  # the commonest barriers of each role, from the sources' own order
ROLES_OFFERED = ["medewerker", "leidinggevende", "hr", "werkgever", "leerambassadeur", "vakbond", "or"]
TALKERS = ("leerambassadeur", "vakbond")  # they ask for someone they are going to talk with
SECTOR_GAIN = 2  # ask for the sector when at least this many items made for one sector would fit


def tell(turn: Turn) -> list[Reply]:
    """Someone tells about work and barriers, or presses such a button."""
    barriers_before = list(turn.state.belemmeringen)
    role_before = turn.state.rol
    learned = turn.absorb()
    if care.comes_first(turn):
        return care.respond(turn)
    acknowledged = _acknowledge(turn, barriers_before)
    if not learned and turn.state.belemmeringen and not turn.heard.button:
        doubted = [b for b in turn.heard.maybe_barriers() if b not in turn.state.belemmeringen]
        if doubted:
            return [confirm(turn, doubted)]
    changed = role_before != turn.state.rol and bool(turn.state.suggesties)
    return [*acknowledged, *advance(turn, fresh=changed or bool(acknowledged))]


def correct(turn: Turn) -> list[Reply]:
    """'Nee, ik bedoelde ...': what is said now replaces what was known."""
    if turn.absorb(replace=True):
        turn.state.seen.clear()
        return [turn.reply("corrigeren"), *advance(turn)]
    doubted = turn.heard.maybe_barriers()
    if doubted:
        return [confirm(turn, doubted)]
    return [Reply(turn.say("corrigeren_vraag"), _barrier_buttons(turn))]


def skip(turn: Turn) -> list[Reply]:
    """'Weet ik niet', 'sla over': go on without the answer."""
    question, turn.state.question = turn.state.question, None
    if question == "belemmering" or not turn.state.belemmeringen:
        return [ask_barrier(turn)] if question != "belemmering" else scan.ask(turn)
    return suggestions.offer(turn)


def agree(turn: Turn) -> list[Reply]:
    """'Ja' to what was asked."""
    if turn.state.question and turn.state.question.startswith("bevestig:"):
        barrier = turn.state.question.split(":", 1)[1].split(",")[0]
        turn.state.belemmeringen = [barrier, *[b for b in turn.state.belemmeringen if b != barrier]]
        turn.state.question = None
        return [*_acknowledge(turn, []), *advance(turn)]
    if turn.state.belemmeringen and not turn.state.suggesties:
        return advance(turn)
    if turn.state.suggesties:
        return [Reply(turn.say("bevestigd"), suggestions.buttons(turn))]
    return [ask_barrier(turn)]


def refuse(turn: Turn) -> list[Reply]:
    """'Nee' to what was asked."""
    question, turn.state.question = turn.state.question, None
    if turn.absorb():
        return advance(turn)
    if question in {"rol", "sector"}:
        return suggestions.offer(turn)
    if turn.state.suggesties and not question:
        return suggestions.other(turn)
    return [Reply(turn.say("ontkend"), _barrier_buttons(turn))]


def advance(turn: Turn, fresh: bool = True) -> list[Reply]:
    """The next useful step: ask for the barrier, or suggest and ask at most one more thing."""
    state = turn.state
    if not state.belemmeringen:
        doubted = turn.heard.maybe_barriers()
        return [confirm(turn, doubted) if doubted else ask_barrier(turn)]
    if fresh or not state.suggesties:
        state.seen.clear()
    replies = suggestions.offer(turn)
    follow_up = _follow_up(turn)
    return [*replies, follow_up] if follow_up else replies


def confirm(turn: Turn, barriers: list[str]) -> Reply:
    """Asks between readings that are too uncertain to act on."""
    shown = barriers[:3]
    turn.state.question = "bevestig:" + ",".join(shown)
    buttons = [_barrier_button(turn, barrier) for barrier in shown]
    return turn.reply("bevestig_belemmering", *buttons, Button(turn.say("geen_van_deze"), payload("ontkennen")))


def ask_barrier(turn: Turn) -> Reply:
    turn.state.question = "belemmering"
    key = "vraag_belemmering" if turn.role() == "medewerker" else "vraag_belemmering_voor_anderen"
    return Reply(turn.say(key), _barrier_buttons(turn))


def _barrier_buttons(turn: Turn) -> tuple[Button, ...]:
    offered = [_barrier_button(turn, barrier) for barrier in BARRIERS_OFFERED[turn.state.rol]]
    return (*offered, Button(turn.say("weet_niet"), payload("scan")))


def _barrier_button(turn: Turn, barrier: str) -> Button:
    name = turn.barrier_name(barrier)
    return Button(name[0].upper() + name[1:], payload("vertellen", belemmering=barrier))


def _acknowledge(turn: Turn, before: list[str]) -> list[Reply]:
    """A sentence that shows the new barrier was heard, with the help for a talk that fits."""
    new = [b for b in turn.state.belemmeringen if b not in before]
    return [turn.reply(f"herkenning.{new[0]}", *_help_with_talk(turn, new[0]))] if new else []


def _help_with_talk(turn: Turn, barrier: str) -> tuple[Button, ...]:
    """For who talks with others about this, a card or arguments; for who must ask a manager, a sheet."""
    if barrier == "werkgever_overtuigen":
        return (Button(turn.say("knop_argumenten"), payload("argumenten")),)
    if turn.state.rol in TALKERS:
        return (Button(turn.say("knop_gesprekskaart"), payload("gesprekskaart", belemmering=barrier)),)
    if barrier == "geen_steun":
        return (Button(turn.say("knop_voorbereiding"), payload("voorbereiding")),)
    return ()


def _follow_up(turn: Turn) -> Reply | None:
    """One question after the suggestions: the role once, or the sector when it would change them."""
    state = turn.state
    if not state.rol and "rol" not in state.asked:
        state.asked.append("rol")
        state.question = "rol"
        return turn.reply(
            "vraag_rol",
            *[Button(turn.say(f"rollen.{role}"), payload("vertellen", rol=role)) for role in ROLES_OFFERED],
        )
    if not state.sector and "sector" not in state.asked and state.rol:
        sectors = _sectors_with_own_items(turn)
        if len(sectors) >= SECTOR_GAIN:
            state.asked.append("sector")
            state.question = "sector"
            buttons = [Button(turn.say(f"sectoren.{s}"), payload("vertellen", sector=s)) for s in sectors[:6]]
            return turn.reply("vraag_sector", *buttons, Button(turn.say("overslaan"), payload("overslaan")))
    return None


def _sectors_with_own_items(turn: Turn) -> list[str]:
    """Sectors that have items of their own for this person, most items first."""
    counts: dict[str, int] = {}
    for match in suggestions.ranking(turn):
        for sector in match.item.sectors:
            counts[sector] = counts.get(sector, 0) + 1
    return sorted(counts, key=lambda s: (-counts[s], s))
