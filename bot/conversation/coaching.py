"""The conversation card: for who is about to talk, or is talking, with a colleague about what stands in the way."""

from __future__ import annotations

from bot.content.guides import Claim, Fact, TalkCard
from bot.conversation import answers, care, intake
from bot.conversation.reply import MAX_BUTTONS, Button, Card, PageLink, Reply, payload
from bot.conversation.turn import Turn
from bot.pages.address import sheet_path

TASK = "gesprekskaart"
TELLING = ("vertellen", "corrigeren", "gesprekskaart", *care.INTENTS)  # an alarm that comes here is a doubtful one
QUESTIONS, ARGUMENTS, OPTIONS, OTHER = "vragen", "argumenten", "opties", "andere"
AVOID = "liever_niet"
# What a question means while the card is what was shown last: 'wat zeg ik beter niet', 'heb je cijfers'.
ASKED_OF_CARD = {"vraag_let_op": AVOID, "vraag_bewijs": ARGUMENTS, "argumenten": ARGUMENTS, "vraag_opties": OPTIONS}


def help_with_talk(turn: Turn) -> list[Reply]:
    """The card for what stands in the colleague's way, or a part of it; first asks what that is when unknown."""
    named = bool(turn.heard.barriers)
    turn.absorb(replace=named)
    state = turn.state
    state.rol = state.rol or "leerambassadeur"
    part = turn.heard.entities.get("onderdeel")
    if not state.belemmeringen or part == OTHER:
        return [ask_barrier(turn)]
    card = turn.knowledge.guides.cards[state.belemmeringen[0]]
    if part == QUESTIONS:
        place = turn.heard.entities.get("deel", "0")
        return [question(turn, card, int(place) if place.isdigit() else 0)]
    state.task = None
    if part == ARGUMENTS:
        return [arguments(turn, card)]
    if part == OPTIONS:
        return [options(turn, card)]
    if part == AVOID:
        return [
            Reply(
                f"**{turn.say('kaart_liever_niet')}**\n{bullets(card.avoid)}", (_part(turn, card, "", "kaart_terug"),)
            )
        ]
    return [whole(turn, card)]


def answer(turn: Turn) -> list[Reply] | None:
    """While a card is asked for, or its questions are put one by one: another barrier, or 'volgende'."""
    task = turn.state.task
    assert task is not None
    if turn.heard.button:
        return None
    asked = task.get("number") is None and not turn.heard.text.rstrip().endswith("?")
    if turn.heard.barriers and (asked or turn.heard.intent in TELLING):
        return help_with_talk(turn)  # 'ze kan het niet betalen' may look like a question about cost
    if task.get("number") is None:
        return None
    read = answers.read(turn, ("stop", "overslaan", "volgende"))
    if read is None:
        return None
    card = turn.knowledge.guides.cards[task["barrier"]]
    return [_closing(turn, card) if read == "stop" else question(turn, card, task["number"] + 1)]


def ask_barrier(turn: Turn) -> Reply:
    """What stands in the colleague's way? Any words will do; what was half heard is offered first."""
    turn.state.task = {"name": TASK}
    turn.state.question = None
    doubted = turn.heard.maybe_barriers()[:2]
    offered = list(dict.fromkeys([*doubted, *intake.BARRIERS_OFFERED[turn.state.rol]]))[:MAX_BUTTONS]
    buttons = [Button(_capital(turn.barrier_name(b)), payload("gesprekskaart", belemmering=b)) for b in offered]
    return turn.reply("kaart_vraag_belemmering", *buttons)


def whole(turn: Turn, card: TalkCard) -> Reply:
    """The card itself: how to begin, what to ask, what to leave out. Its options count as shown."""
    state = turn.state
    state.suggesties = [item.id for item in card.options_from(state.rol)]
    state.seen = [*state.suggesties]
    state.interventie, state.section = None, TASK
    cards = (
        Card(turn.say("kaart_begin"), bullets(card.opening)),
        Card(turn.say("kaart_vragen"), bullets(card.questions)),
        Card(turn.say("kaart_liever_niet"), bullets(card.avoid)),
    )
    buttons = (
        _part(turn, card, QUESTIONS, "kaart_een_voor_een"),
        _part(turn, card, ARGUMENTS, "kaart_argumenten"),
        _part(turn, card, OPTIONS, "kaart_opties"),
        _part(turn, card, OTHER, "kaart_andere"),
    )
    path = sheet_path(f"gesprekskaart/{card.barrier}", rol=state.rol)
    page = PageLink(turn.say("kaart_print"), path)
    return Reply(turn.say("kaart_kop", titel=card.title), buttons, cards=cards, pages=(page,))


def question(turn: Turn, card: TalkCard, number: int) -> Reply:
    """One question, to put to the colleague now."""
    if number >= len(card.questions):
        return _closing(turn, card)
    turn.state.task = {"name": TASK, "barrier": card.barrier, "number": number}
    place = turn.say("kaart_vraag_plaats", nummer=str(number + 1), aantal=str(len(card.questions)))
    entities = {"belemmering": card.barrier, "onderdeel": QUESTIONS, "deel": str(number + 1)}
    buttons = (
        Button(turn.say("kaart_volgende"), payload("gesprekskaart", **entities)),
        _part(turn, card, ARGUMENTS, "kaart_argumenten"),
        _part(turn, card, OPTIONS, "kaart_opties"),
    )
    return Reply(f"{place}\n**{card.questions[number]}**", buttons)


def arguments(turn: Turn, card: TalkCard) -> Reply:
    """What to say, and the fact from the sources behind it."""
    cards = tuple(claim_card(turn, claim) for claim in card.arguments)
    buttons = (
        _part(turn, card, OPTIONS, "kaart_opties"),
        _part(turn, card, QUESTIONS, "kaart_een_voor_een"),
        _part(turn, card, "", "kaart_terug"),
    )
    return Reply(turn.say("kaart_argumenten_kop"), buttons, cards=cards)


def options(turn: Turn, card: TalkCard) -> Reply:
    """What there is to offer, and a next step to agree on."""
    items = card.options_from(turn.state.rol)
    turn.state.suggesties = [item.id for item in items]
    cards = tuple(
        Card(f"{n}. {item.title}", item.barriers.get(card.barrier, item.simple), buttons=(turn.item_button(item),))
        for n, item in enumerate(items, 1)
    )
    lines = [turn.say("kaart_volgende_stap"), bullets(card.next_step), turn.say("kaart_aanbieden")]
    buttons = (_part(turn, card, "", "kaart_terug"), Button(turn.say("afronden"), payload("samenvatting")))
    return Reply("\n".join(lines), buttons, cards=cards)


def claim_card(turn: Turn, claim: Claim) -> Card:
    """Something to say, with its facts and where they come from."""
    facts = tuple((turn.say("feit"), fact.text) for fact in claim.facts)
    return Card(f"“{claim.say}”", "", (*facts, (turn.say("vraag_bron"), sources(turn, claim.facts))))


def sources(turn: Turn, facts: tuple[Fact, ...]) -> str:
    """The titles of the documents that the facts come from."""
    library = turn.library
    return "; ".join(dict.fromkeys(library.sources[fact.item.sources[0].document] for fact in facts))


def bullets(lines: tuple[str, ...]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _closing(turn: Turn, card: TalkCard) -> Reply:
    turn.state.task = None
    lines = [turn.say("kaart_vragen_klaar"), bullets(card.next_step)]
    buttons = (
        _part(turn, card, OPTIONS, "kaart_opties"),
        _part(turn, card, "", "kaart_terug"),
        Button(turn.say("afronden"), payload("samenvatting")),
    )
    return Reply("\n".join(lines), buttons)


def _part(turn: Turn, card: TalkCard, part: str, text: str) -> Button:
    entities = {"belemmering": card.barrier} | ({"onderdeel": part} if part else {})
    return Button(turn.say(text), payload("gesprekskaart", **entities))


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
