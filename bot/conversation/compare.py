"""Two or three items side by side."""

from __future__ import annotations

from bot.content.model import Item, Section
from bot.conversation import suggestions
from bot.conversation.reply import Card, Reply
from bot.conversation.turn import Turn

ASPECTS = (Section.WHEN, Section.COST, Section.TIME, Section.CAUTION)


def compare(turn: Turn) -> list[Reply]:
    """The items named, or those offered last: per item the first thing to know of each aspect, one message each."""
    ids = turn.heard.named_items(turn.library)
    if len(ids) == 1 and turn.state.interventie:
        ids.append(turn.state.interventie)
    offered = turn.state.suggesties
    if len(ids) < 2:
        ids = [offered[number - 1] for number in turn.heard.numbers() if number <= len(offered)]
    if len(ids) < 2:
        ids = offered
    items = [item for key in dict.fromkeys(ids) if (item := turn.library.find(key))][:3]
    if len(items) < 2:
        return [turn.reply("vergelijk_wat", *suggestions.buttons(turn))]
    return [Reply(turn.say("suggesties_meer_weten"), cards=tuple(_column(turn, item) for item in items))]


def _column(turn: Turn, item: Item) -> Card:
    facts = ((section.heading, item.section(section)) for section in ASPECTS)
    first = tuple((heading, passages[0].text) for heading, passages in facts if passages)
    return Card(item.title, item.simple, first, (turn.item_button(item),))
