"""Words that leave no doubt about what is meant, from content/kernwoorden.yml, beside what the model has learned."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.content.library import normalise

CUES_FILE = "kernwoorden.yml"
GROUPS = (
    "opdrachten",
    "belemmeringen",
    "duidelijk",
    "zelf",
    "rollen",
    "wensgebieden",
    "zorg",
    "thuis",
    "vormen",
)  # kind -> words
LISTS = ("vulwoorden", "leerwoorden", "makkelijk", "weinig_nederlands", "wensen", "geweigerd")


class Cues:
    """Finds cue words in a text, whatever its capitals, accents and punctuation."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._kinds = {group: {kind: _pattern(words) for kind, words in data[group].items()} for group in GROUPS}
        self._lists = {name: _pattern(data[name]) for name in LISTS}
        self._commands = {normalise(words): intent for intent, found in data["opdrachten"].items() for words in found}

    @classmethod
    def load(cls, folder: Path) -> Cues:
        return cls(yaml.safe_load((folder / CUES_FILE).read_text("utf-8")))

    def kinds(self, group: str, text: str) -> list[str]:
        """The kinds of a group that the text has a word of, in the order in which they stand in the text."""
        plain = normalise(text)
        places = {
            kind: found.start() for kind, pattern in self._kinds[group].items() if (found := pattern.search(plain))
        }
        return sorted(places, key=lambda kind: places[kind])

    def first(self, group: str, text: str) -> str | None:
        """The first kind of a group, in the order of the file, that the text has a word of."""
        plain = normalise(text)
        return next((kind for kind, pattern in self._kinds[group].items() if pattern.search(plain)), None)

    def any(self, name: str, text: str) -> bool:
        """Whether the text has a word of a list."""
        return self._lists[name].search(normalise(text)) is not None

    def command(self, text: str) -> str | None:
        """The intent of a message that says nothing but a command, apart from filler words."""
        plain = normalise(text)
        bare = " ".join(self._lists["vulwoorden"].sub(" ", plain).split())
        return self._commands.get(plain) or self._commands.get(bare)

    def bare(self, text: str) -> str:
        """The text in plain letters without filler words."""
        return " ".join(self._lists["vulwoorden"].sub(" ", normalise(text)).split())


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    parts = [r"\w*".join(normalise(piece) for piece in word.split("*")) for word in longest_first]
    return re.compile(r"\b(?:" + "|".join(parts) + r")\b")
