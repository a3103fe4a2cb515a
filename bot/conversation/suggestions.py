"""Offering at most three fitting items, each with the reason why; other ones on request."""

from __future__ import annotations

from bot.content import matching
from bot.content.matching import Match
from bot.content.model import Item
from bot.conversation.pointing import pointed_at
from bot.conversation.reply import Button, Card, Reply, payload
from bot.conversation.turn import Turn

COUNT = 3


def offer(turn: Turn, intro: str = "suggesties") -> list[Reply]:
    """The best items not seen yet."""
    state = turn.state
    matches = _choose(turn)
    if not matches:
        scan = Button(turn.say("andere_belemmering"), payload("scan"))
        human = Button(turn.say("vraag_contact"), payload("mens"))
        return [turn.reply("suggesties_op" if state.seen else "geen_suggesties", scan, human)]
    return [_list(turn, intro, [(m.item, m.reason) for m in matches])]


def offer_found(turn: Turn, items: list[Item]) -> list[Reply]:
    """Items that were looked up for a wish, as a list to point at."""
    return [_list(turn, "suggesties_wens", [(item, item.simple) for item in items[:COUNT]])]


def may_be_offered(item: Item, role: str) -> bool:
    """Whether an item that was looked up is something to start with for this role."""
    return item.kind in matching.SUGGESTIBLE and not item.ended and role in item.roles


def other(turn: Turn) -> list[Reply]:
    """'Iets anders': the next ones, without those that the person says do not suit."""
    if turn.heard.entities.get("geweigerd"):
        _drop(turn)
    if turn.state.belemmeringen:
        return offer(turn, "suggesties_anders")
    from bot.conversation import intake

    return [intake.ask_barrier(turn)]


def _drop(turn: Turn) -> None:
    """Remembers what does not suit: the item pointed at, every item of a form of learning that was named ('cursus'),
    the item under discussion, or the whole list."""
    state = turn.state
    pointed = pointed_at(turn)
    forms = set(turn.cues.kinds("vormen", turn.heard.text))
    if pointed is not None:
        state.refused.append(pointed.id)
    elif forms:
        items = turn.library.items.values()
        state.refused += [item.id for item in items if forms & set(turn.cues.kinds("vormen", item.title))]
    else:
        state.refused += [state.interventie] if state.interventie else state.suggesties


def _list(turn: Turn, intro: str, found: list[tuple[Item, str]]) -> Reply:
    state = turn.state
    ids = [item.id for item, _ in found]
    if state.suggesties and state.suggesties != ids:
        state.earlier = state.suggesties
    state.suggesties = ids
    state.seen = [*state.seen, *ids]
    state.interventie = state.section = state.question = None
    cards = tuple(
        Card(f"{n}. {item.title}", item.simple if state.simple else reason, buttons=(turn.item_button(item),))
        for n, (item, reason) in enumerate(found, 1)
    )
    return Reply(turn.say(intro), (other_button(turn),), cards=cards)


def why(turn: Turn) -> list[Reply]:
    """'Waarom deze?': the reason for the item under discussion, or for all that were offered."""
    state = turn.state
    ids = [state.interventie] if state.interventie else state.suggesties
    reasons = {m.item.id: m for m in ranking(turn)}
    lines = [
        turn.say(
            "waarom_uitleg",
            titel=reasons[i].item.title,
            belemmering=turn.barrier_name(reasons[i].barrier),
            reden=reasons[i].reason,
        )
        for i in ids
        if i in reasons
    ]
    if not lines:
        return [turn.reply("waarom_geen", *buttons(turn))]
    return [Reply("\n".join(lines), buttons(turn))]


def buttons(turn: Turn) -> tuple[Button, ...]:
    """A button per item offered last, and one for other items."""
    items = [item for key in turn.state.suggesties if (item := turn.library.find(key))]
    if not items:
        return ()
    return (*(turn.item_button(item) for item in items), other_button(turn))


def other_button(turn: Turn) -> Button:
    return Button(turn.say("iets_anders"), payload("anders"))


def ranking(turn: Turn) -> list[Match]:
    state = turn.state
    return matching.rank(turn.library, turn.role(), state.belemmeringen, state.sector)


def _choose(turn: Turn) -> list[Match]:
    state = turn.state
    known = {*state.seen, *state.refused}
    return matching.suggest(turn.library, turn.role(), state.belemmeringen, state.sector, known, COUNT)
