"""Finding out what stands in the way: takes in what is told and asks only what is missing and useful."""

from __future__ import annotations

from bot.content.model import Item
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
WISH = 0.45  # share of a wish's telling words that an item must hold
TALKERS = ("leerambassadeur", "vakbond")  # they ask for someone they are going to talk with
SECTOR_GAIN = 2  # ask for the sector when at least this many items made for one sector would fit


def tell(turn: Turn) -> list[Reply]:
    """Someone tells about work and barriers, asks what can be done, or presses such a button."""
    state = turn.state
    if care.still_first(turn):
        return care.listen(turn)
    state.care = False
    barriers_before = list(state.belemmeringen)
    role_before = state.rol
    question = state.question
    wish = bool(turn.heard.entities.get("wens"))
    learned = turn.absorb(replace=wish)
    if care.comes_first(turn):
        return care.respond(turn)
    if wish:
        state.seen.clear()
        return [*suggestions.offer(turn, "suggesties_wens"), *_asked(_follow_up(turn))]
    acknowledged = [*_acknowledge(turn, barriers_before), *care.at_home(turn)]
    if not turn.heard.button and not turn.heard.barriers:
        wished = _wished(turn)
        if wished:
            return [*acknowledged, *suggestions.offer_found(turn, wished)]
        if not learned and turn.heard.intent != "vraag_opties":
            return [*acknowledged, *_unclear(turn, question)]
    changed = role_before != state.rol and bool(state.suggesties)
    return [*acknowledged, *advance(turn, fresh=changed or bool(acknowledged))]


def _wished(turn: Turn) -> list[Item]:
    """Items for a wish that names what someone wants to learn ('ik wil beter leren rekenen')."""
    if not turn.cues.any("wensen", turn.heard.text):
        return []
    hits = turn.knowledge.index.items(turn.heard.text, 8)
    role, refused = turn.role(), turn.state.refused
    return [
        hit.item
        for hit in hits
        if hit.coverage >= WISH and suggestions.may_be_offered(hit.item, role) and hit.item.id not in refused
    ]


def _unclear(turn: Turn, question: str | None) -> list[Reply]:
    """Nothing was learned from what was told: asks which of the doubted readings is meant, or once more."""
    from bot.conversation import facts, repair

    state = turn.state
    if turn.heard.questions():
        return facts.answer(turn)
    named = turn.cues.kinds("belemmeringen", turn.heard.text)
    doubted = [b for b in dict.fromkeys([*named, *turn.heard.maybe_barriers()]) if b not in state.belemmeringen]
    if doubted:
        return [confirm(turn, doubted)]
    if not state.belemmeringen and question != "belemmering":
        return advance(turn)
    return repair.not_understood(turn)


def correct(turn: Turn) -> list[Reply]:
    """'Nee, ik bedoelde ...': what is said now replaces what was known."""
    before = list(turn.state.belemmeringen)
    denied = bool(turn.heard.denied)
    learned = turn.absorb(replace=bool(turn.heard.barriers))
    if learned or (denied and before != turn.state.belemmeringen):
        turn.state.seen.clear()
        return [turn.reply("corrigeren"), *advance(turn)]
    if denied:
        return [turn.reply("genoteerd"), *(advance(turn) if not turn.state.suggesties else [])]
    doubted = turn.heard.maybe_barriers()
    if doubted:
        return [confirm(turn, doubted)]
    return [Reply(turn.say("corrigeren_vraag"), _barrier_buttons(turn))]


def skip(turn: Turn) -> list[Reply]:
    """'Weet ik niet', 'sla over': go on without the answer; who does not know what is in the way gets the scan."""
    question, turn.state.question = turn.state.question, None
    if not turn.state.belemmeringen or (question or "").startswith("bevestig"):
        return scan.ask(turn)
    if turn.state.suggesties:
        return [turn.reply("overgeslagen", *suggestions.buttons(turn))]
    return suggestions.offer(turn)


def agree(turn: Turn) -> list[Reply]:
    """'Ja' to what was asked."""
    question = turn.state.question or ""
    if question.startswith("bevestig:"):
        barriers = question.split(":", 1)[1].split(",")
        if len(barriers) > 1:
            return [Reply(turn.say("welke_van_deze"), _confirm_buttons(turn, barriers))]
        turn.state.belemmeringen = [barriers[0], *[b for b in turn.state.belemmeringen if b != barriers[0]]]
        turn.state.question = None
        return [*_acknowledge(turn, []), *advance(turn)]
    if question in {"rol", "sector", "belemmering"}:
        return ask_again(turn)
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
        return [turn.reply("overgeslagen", *suggestions.buttons(turn))]
    if turn.state.suggesties and not question:
        return [turn.reply("nee_en_dan", *suggestions.buttons(turn))]
    turn.state.question = "belemmering"
    return [Reply(turn.say("ontkend"), _barrier_buttons(turn))]


def ask_again(turn: Turn) -> list[Reply]:
    """The question that is open, once more and in short, after something else came in between."""
    question = turn.state.question or ""
    if question == "rol":
        return [turn.reply("nog_even_rol", *_role_buttons(turn))]
    if question == "sector":
        return [turn.reply("nog_even_sector", *_sector_buttons(turn), _skip_button(turn))]
    if question == "belemmering":
        return [Reply(turn.say("nog_even_belemmering"), _barrier_buttons(turn))]
    if question.startswith("bevestig:"):
        return [Reply(turn.say("nog_even_bevestig"), _confirm_buttons(turn, question.split(":", 1)[1].split(",")))]
    return []


def advance(turn: Turn, fresh: bool = True) -> list[Reply]:
    """The next useful step: ask for the barrier, or suggest and ask at most one more thing."""
    state = turn.state
    if not state.belemmeringen:
        doubted = turn.heard.maybe_barriers()
        return [confirm(turn, doubted) if doubted else ask_barrier(turn)]
    if fresh or not state.suggesties:
        state.seen.clear()
    return [*suggestions.offer(turn), *_asked(_follow_up(turn))]


def confirm(turn: Turn, barriers: list[str]) -> Reply:
    """Asks between readings that are too uncertain to act on."""
    shown = barriers[:3]
    turn.state.question = "bevestig:" + ",".join(shown)
    text = turn.say("bevestig_belemmering" if len(shown) > 1 else "bevestig_een")
    return Reply(text, _confirm_buttons(turn, shown))


def _confirm_buttons(turn: Turn, barriers: list[str]) -> tuple[Button, ...]:
    none = Button(turn.say("geen_van_deze"), payload("ontkennen"))
    return (*(_barrier_button(turn, barrier) for barrier in barriers), none)


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
        return turn.reply("vraag_rol", *_role_buttons(turn))
    if not state.sector and "sector" not in state.asked and state.rol:
        buttons = _sector_buttons(turn)
        if len(buttons) >= SECTOR_GAIN:
            state.asked.append("sector")
            state.question = "sector"
            return turn.reply("vraag_sector", *buttons, _skip_button(turn))
    return None


def _asked(question: Reply | None) -> list[Reply]:
    return [question] if question else []


def _role_buttons(turn: Turn) -> list[Button]:
    return [Button(turn.say(f"rollen.{role}"), payload("vertellen", rol=role)) for role in ROLES_OFFERED]


def _sector_buttons(turn: Turn) -> list[Button]:
    sectors = _sectors_with_own_items(turn)[:6]
    return [Button(turn.say(f"sectoren.{sector}"), payload("vertellen", sector=sector)) for sector in sectors]


def _skip_button(turn: Turn) -> Button:
    return Button(turn.say("overslaan"), payload("overslaan"))


def _sectors_with_own_items(turn: Turn) -> list[str]:
    """Sectors that have items of their own for this person, most items first."""
    counts: dict[str, int] = {}
    for match in suggestions.ranking(turn):
        for sector in match.item.sectors:
            counts[sector] = counts.get(sector, 0) + 1
    return sorted(counts, key=lambda s: (-counts[s], s))
