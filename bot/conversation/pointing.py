"""Which item a message is about: named, pointed at, or under discussion."""

from __future__ import annotations

import re

from bot.content.library import normalise
from bot.content.model import Item
from bot.content.search import stem, telling_words
from bot.conversation.turn import Turn

# Words that ask for a part of an item; they name no item.
PART_STEMS = frozenset(
    stem(word)
    for word in (
        "bron bronnen onderzoek bewijs bewezen cijfers werkt kost kosten prijs duur betalen betaalt gratis tijd lang "
        "uur duurt duren link site website adres pagina voorbeeld voorbeelden bedrijf bedrijven voorwaarde voorwaarden "
        "eisen nodig regelen contact bellen mailen vragen iemand nadeel nadelen risico letten opletten "
        "geschikt past werken praktijk echt"
    ).split()
)
SHORTEST_POINTER = 4  # letters of a word that can point at an offered item
_BEFORE = re.compile(r"\b(van net|van daarnet|van daarstraks|van zojuist|van eerder|van zonet|van straks|vorige)\b")


def which_item(turn: Turn) -> Item | None:
    """The item that the message is about: named, pointed at by number or by words, or under discussion."""
    return pointed_at(turn) or turn.library.find(turn.state.interventie)


def pointed_at(turn: Turn) -> Item | None:
    """The item that the message names or points at in the list shown last, or in the one before ('van net')."""
    named = turn.heard.named_items(turn.library)
    state = turn.state
    if any(key in state.seen for key in named):
        return turn.library.find(next(key for key in named if key in state.seen))
    before = state.earlier and _BEFORE.search(normalise(turn.heard.text))
    offered = state.earlier if before else state.suggesties
    number = turn.heard.number()
    if number and number <= len(offered):
        return turn.library.find(offered[number - 1])
    pointed = _by_words(turn, offered) or _by_words(turn, [key for key in state.seen if key not in offered])
    return pointed or turn.library.find(next(iter(named), None))


def others(turn: Turn) -> list[Item]:
    """The items of the list shown last (or of the one before) that stand beside the one under discussion."""
    state = turn.state
    shown = state.earlier if state.interventie in state.earlier else state.suggesties
    return [item for key in shown if key != state.interventie and (item := turn.library.find(key))]


def _by_words(turn: Turn, offered: list[str]) -> Item | None:
    """The offered item whose title or names hold a telling word of the message ('die van dat verlof'), when that
    is one item only."""
    words = [word for word in telling_words(turn.heard.text) if len(word) >= SHORTEST_POINTER]
    wanted = [stem(word) for word in words if stem(word) not in PART_STEMS]
    fitting = []
    for key in offered:
        item = turn.library.find(key)
        if item is not None:
            names = normalise(" ".join([item.title, item.name, *item.names]))
            fitting += [item] * any(word in names for word in wanted)
    return fitting[0] if len(fitting) == 1 else None
