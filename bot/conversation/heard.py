"""What was heard in one message, as plain data: from free text through language understanding, or from a button."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.content.library import Library, normalise

ORDINALS = {
    "eerste": 1, "1e": 1, "1ste": 1, "bovenste": 1, "nummer 1": 1, "optie 1": 1,
    "tweede": 2, "2e": 2, "2de": 2, "middelste": 2, "nummer 2": 2, "optie 2": 2,
    "derde": 3, "3e": 3, "3de": 3, "onderste": 3, "laatste": 3, "nummer 3": 3, "optie 3": 3,
}  # fmt: skip
_ORDINAL = re.compile(r"\b(" + "|".join(sorted(ORDINALS, key=len, reverse=True)) + r")\b")
_LONGEST_NAME = 8  # words


@dataclass(frozen=True)
class Heard:
    """`roles`, `barriers` and `sectors`: readings with a probability, best first; 1.0 for a button."""

    text: str = ""
    intent: str = ""
    confidence: float = 0.0
    button: bool = False
    roles: Sequence[tuple[str, float]] = ()
    barriers: Sequence[tuple[str, float]] = ()
    sectors: Sequence[tuple[str, float]] = ()
    entities: Mapping[str, str] = field(default_factory=dict)  # other values of a button
    sure: float = 0.4  # as in the configuration of UnderstandingClassifier

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Heard:
        """From `latest_message` of a Rasa tracker."""
        intent = message.get("intent") or {}
        text = message.get("text") or ""
        said = message.get("begrip") or {}
        button = not said and text.startswith("/")
        values: dict[str, list[str]] = {}
        for entity in message.get("entities") or []:
            values.setdefault(entity["entity"], []).append(entity["value"])
        if button:
            said = {name: [(v, 1.0) for v in _flat(values.pop(name, []))] for name in ("rol", "belemmering", "sector")}
        return cls(
            text="" if button else text,
            intent=intent.get("name") or "",
            confidence=float(intent.get("confidence") or 0.0),
            button=button,
            roles=_known(said.get("rol")),
            barriers=_known(said.get("belemmering")),
            sectors=_known(said.get("sector")),
            entities={name: str(found[-1]) for name, found in values.items()},
        )

    def said_role(self) -> str | None:
        return self._best(self.roles)

    def said_sector(self) -> str | None:
        return self._best(self.sectors)

    def said_barriers(self) -> list[str]:
        return [key for key, value in self.barriers if value >= self.sure]

    def maybe_barriers(self, least: float = 0.15) -> list[str]:
        """Barriers too uncertain to act on but likely enough to ask about."""
        return [key for key, value in self.barriers if least <= value < self.sure]

    def _best(self, readings: Sequence[tuple[str, float]]) -> str | None:
        return next((key for key, value in readings if value >= self.sure and key != "-"), None)

    def number(self) -> int | None:
        """The place in a list that the text points at: 'de tweede', '2', 'optie 3'."""
        plain = self.text.lower().strip(" .!")
        if plain.isdigit():
            return int(plain)
        match = _ORDINAL.search(plain)
        return ORDINALS[match[1]] if match else None

    def named_items(self, library: Library) -> list[str]:
        """Ids of the items named in the text, longest names first; each word counts for one name only."""
        tokens = normalise(self.text).split()
        found: list[str] = []
        taken = [False] * len(tokens)
        for size in range(min(_LONGEST_NAME, len(tokens)), 0, -1):
            for start in range(len(tokens) - size + 1):
                item_id = library.names.get(" ".join(tokens[start : start + size]))
                if item_id and not any(taken[start : start + size]):
                    taken[start : start + size] = [True] * size
                    found += [item_id] * (item_id not in found)
        return found


def _flat(values: Sequence[Any]) -> list[str]:
    return [str(v) for value in values for v in (value if isinstance(value, list) else [value])]


def _known(readings: Any) -> list[tuple[str, float]]:
    return [(str(key), float(value)) for key, value in readings or []]
