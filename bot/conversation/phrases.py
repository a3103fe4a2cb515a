"""The bot's own sentences, from content/teksten.yml. Variants take turns, so that none is said twice in a row."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

PHRASES_FILE = "teksten.yml"
SIMPLE = "eenvoudig"  # the group of texts that take the place of others for someone who wants easy words


class Phrases:
    """Looks a sentence up by key and fills in its {names}."""

    def __init__(self, texts: Mapping[str, Any]) -> None:
        self._texts = texts

    @classmethod
    def load(cls, folder: Path) -> Phrases:
        return cls(yaml.safe_load((folder / PHRASES_FILE).read_text("utf-8")))

    def say(self, key: str, turn: int = 0, simple: bool = False, /, **values: str) -> str:
        """The sentence for `key` ('zorg.nood' looks inside a group), the simple one where there is one and it is
        wanted. Raises KeyError for an unknown key."""
        if simple and key in self._texts[SIMPLE]:
            key = f"{SIMPLE}.{key}"
        found: Any = self._texts
        for part in key.split("."):
            found = found[part]
        if isinstance(found, list):
            found = found[turn % len(found)]
        return str(found).format(**values) if values else str(found)

    def group(self, key: str) -> dict[str, str]:
        """All sentences of a group, in the order of the file."""
        found: Any = self._texts
        for part in key.split("."):
            found = found[part]
        return dict(found)

    def list(self, key: str) -> list[str]:
        """A list of keys, such as the links that belong to a text."""
        found: Any = self._texts
        for part in key.split("."):
            found = found[part]
        return [str(value) for value in found]
