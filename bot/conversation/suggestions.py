"""Offering at most three fitting items, each with the reason why; other ones on request."""

from __future__ import annotations

from bot.content import matching
from bot.content.matching import Match
from bot.conversation.reply import Button, Card, Reply, payload
from bot.conversation.turn import Turn

COUNT = 3


def offer(turn: Turn, intro: str = "suggesties") -> list[Reply]:
    """The best items not seen yet."""
    state = turn.state
    matches = _choose(turn)
    if not matches:
        if state.seen:
            return [turn.reply("suggesties_op", Button(turn.say("weet_niet"), payload("opnieuw")))]
        return [turn.reply("geen_suggesties", Button(turn.say("vraag_contact"), payload("mens")))]
    state.suggesties = [m.item.id for m in matches]
    state.seen = [*state.seen, *state.suggesties]
    state.interventie = state.section = None
    cards = tuple(
        Card(f"{n}. {m.item.title}", m.reason, buttons=(turn.item_button(m.item),)) for n, m in enumerate(matches, 1)
    )
    return [Reply(turn.say(intro), (other_button(turn),), cards=cards)]


def other(turn: Turn) -> list[Reply]:
    """'Iets anders': the next ones."""
    if not turn.state.belemmeringen:
        from bot.conversation import intake

        return [intake.ask_barrier(turn)]
    return offer(turn, "suggesties_anders")


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
    return matching.suggest(turn.library, turn.role(), state.belemmeringen, state.sector, state.seen, COUNT)
