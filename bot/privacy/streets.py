"""Finds a street with a house number by deduce's list of Dutch streets: 'Coolsingel 40', 'Lange Voorhout 12'.

Streets that end in -straat, -laan and so on are found by their shape too (patterns.py), also Belgian ones.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.privacy.patterns import HOUSE_NUMBER, Span
from bot.privacy.words import deduce_lists, is_word

_NUMBERED = re.compile(rf"(?P<words>(?:[^\W\d_][\w'’.-]*\s+){{1,5}}){HOUSE_NUMBER}", re.IGNORECASE)


def find_streets(text: str) -> list[Span]:
    """A name that is also an ordinary word ('hal 4', 'lijn 3') must have a capital inside the sentence."""
    found = []
    for match in _NUMBERED.finditer(text):
        words = list(re.finditer(r"\S+", match["words"]))
        for first in range(len(words)):
            start = match.start() + words[first].start()
            name = " ".join(word[0] for word in words[first:])
            if name.lower() not in _streets():
                continue
            plain = len(words) - first == 1 and (is_word(name.lower()) or len(name) < 5)
            if not plain or (name[0].isupper() and start > 0):
                found.append(Span(start, match.end(), "adres"))
            break
    return found


@lru_cache(maxsize=1)
def _streets() -> frozenset[str]:
    path = deduce_lists() / "src" / "locations" / "lst_street" / "items.txt"
    return frozenset(path.read_text("utf-8").lower().splitlines())
