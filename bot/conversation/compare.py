"""Two or three items side by side."""

from __future__ import annotations

import re

from bot.content.comparison import shortest_facts
from bot.content.model import Item
from bot.content.search import telling_words
from bot.conversation import suggestions
from bot.conversation.heard import Heard
from bot.conversation.reply import Button, Card, PageLink, Reply, payload
from bot.conversation.turn import Turn, join
from bot.pages.address import sheet_path

MOST = 3
SURE = 0.6  # share of the words of a part of the message that an item must hold to be meant
_BETWEEN = re.compile(r"\b(?:vergelijk\w*|verschil(?:len)?|tussen|versus|vs|met|en|of|ten opzichte van)\b|[,;/]", re.I)

_DIGIT = re.compile(r"\b[1-3]\b")


def compare(turn: Turn) -> list[Reply]:
    """The items named, pointed at by number, under discussion, or offered last; as cards, and a page to print."""
    items = [item for key in _which(turn) if (item := turn.library.find(key))]
    if len(items) < 2:
        return [turn.reply("vergelijk_wat", *suggestions.buttons(turn))]
    turn.state.suggesties = [item.id for item in items]
    page = PageLink(turn.say("vergelijk_print"), sheet_path("vergelijking", onderwerpen=turn.state.suggesties))
    names = join([f"**{item.title}**" for item in items])
    choose = Button(turn.say("afronden"), payload("samenvatting"))
    cards = tuple(_column(turn, number, item) for number, item in enumerate(items, 1))
    return [turn.reply("vergelijk_kop", choose, namen=names, pages=(page,), cards=cards)]


def _which(turn: Turn) -> list[str]:
    """Ids of at most three items, without doubles."""
    offered = turn.state.suggesties
    pointed = [offered[place - 1] for place in _places(turn.heard) if place <= len(offered)]
    # 'vergelijk 1 en 3' means what was offered, though a name may hold a number too.
    ids = pointed if len(set(pointed)) > 1 else [*turn.heard.named_items(turn.library), *pointed]
    if len(set(ids)) < 2:
        ids += _meant(turn, ids)
    if turn.state.interventie and len(set(ids)) < 2:
        ids.insert(0, turn.state.interventie)
    if len(set(ids)) < 2:
        ids += offered
    return list(dict.fromkeys(ids))[:MOST]


def _places(heard: Heard) -> list[int]:
    """In the list of what was offered; here a bare digit points too."""
    return heard.numbers() or [int(digit) for digit in _DIGIT.findall(heard.text)]


def _meant(turn: Turn, known: list[str]) -> list[str]:
    """Items that the words between 'met', 'en' and 'of' are about, beside those known by name."""
    named = {word for key in known for word in turn.library.items[key].name.lower().split()}
    found: list[str] = []
    for part in _BETWEEN.split(turn.heard.text):
        if not telling_words(part) or named & set(part.lower().split()) or _places(Heard(text=part)):
            continue
        hits = turn.knowledge.index.items(part, 1)
        found += [hits[0].item.id] if hits and hits[0].coverage >= SURE else []
    return found


def _column(turn: Turn, number: int, item: Item) -> Card:
    whom = join([turn.say(f"rollen_voor.{role}") for role in item.roles[:2]])
    facts = ((turn.say("vergelijk_voor_wie"), whom), *shortest_facts(item))
    return Card(f"{number}. {item.title}", item.simple, facts, (turn.item_button(item),))
