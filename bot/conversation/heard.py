"""What was heard in one message, as plain data: from free text through language understanding, or from a button."""

from __future__ import annotations

import json
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
_FIRST_TWO = re.compile(r"\beerste (twee|2)\b")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_LONGEST_NAME = 8  # words


@dataclass(frozen=True)
class Heard:
    """`role`, `barriers` (strongest first) and `sector` are certain enough to act on; `doubted` holds further
    barriers with their probability, best first."""

    text: str = ""
    intent: str = ""
    confidence: float = 0.0
    button: bool = False
    role: str | None = None
    barriers: Sequence[str] = ()
    sector: str | None = None
    doubted: Sequence[tuple[str, float]] = ()
    entities: Mapping[str, str] = field(default_factory=dict)  # other values of a button
    ranking: Sequence[tuple[str, float]] = ()  # intents with their probability, best first
    denied: Sequence[str] = ()  # barriers that are said not to be the problem
    certainty: float = 0.0  # probability of the first barrier
    alarm: str = ""  # an intent of care that was too unlikely to act on

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Heard:
        """From `latest_message` of a Rasa tracker."""
        intent = message.get("intent") or {}
        text = message.get("text") or ""
        button = text.startswith("/")
        values: dict[str, list[str]] = {}
        for entity in message.get("entities") or []:
            values.setdefault(entity["entity"], []).extend(_flat(entity["value"]))
        barriers = values.pop("belemmering", [])
        readings = (message.get("begrip") or {}).get("belemmering") or []
        return cls(
            text="" if button else text,
            intent=intent.get("name") or "",
            confidence=float(intent.get("confidence") or 0.0),
            button=button,
            role=next(iter(values.pop("rol", [])), None),
            barriers=barriers,
            sector=next(iter(values.pop("sector", [])), None),
            certainty=max((float(value) for key, value in readings if key in barriers), default=0.0),
            doubted=[(str(key), float(value)) for key, value in readings if key not in barriers],
            entities={name: found[-1] for name, found in values.items()},
            ranking=[(str(r["name"]), float(r["confidence"])) for r in message.get("intent_ranking") or []],
        )

    @classmethod
    def from_payload(cls, payload: str) -> Heard:
        """From the payload of a button of this bot."""
        intent, brace, rest = payload[1:].partition("{")
        values = json.loads(brace + rest) if brace else {}
        entities = [{"entity": name, "value": value} for name, value in values.items()]
        return cls.from_message({"text": payload, "intent": {"name": intent, "confidence": 1.0}, "entities": entities})

    def maybe_barriers(self, least: float = 0.12) -> list[str]:
        """Barriers too uncertain to act on but likely enough to ask about."""
        return [key for key, value in self.doubted if value >= least]

    def questions(self) -> list[str]:
        """The sentences of the text that end with a question mark."""
        return [found.strip() for found in _SENTENCE.findall(self.text) if found.rstrip().endswith("?")]

    def number(self) -> int | None:
        """The place in a list that the text points at: 'de tweede', '2', 'optie 3'."""
        plain = self.text.lower().strip(" .!")
        if plain.isdigit():
            return int(plain)
        return next(iter(self.numbers()), None)

    def numbers(self) -> list[int]:
        """All places pointed at: 'de eerste en de derde', 'de eerste twee'."""
        plain = self.text.lower()
        if _FIRST_TWO.search(plain):
            return [1, 2]
        return [ORDINALS[found] for found in _ORDINAL.findall(plain)]

    def named_items(self, library: Library, text: str | None = None) -> list[str]:
        """Ids of the items named in the message, or in a part of it, longest names first; each word counts for one
        name only."""
        tokens = normalise(self.text if text is None else text).split()
        found: list[str] = []
        taken = [False] * len(tokens)
        for size in range(min(_LONGEST_NAME, len(tokens)), 0, -1):
            for start in range(len(tokens) - size + 1):
                item_id = library.names.get(" ".join(tokens[start : start + size]))
                if item_id and not any(taken[start : start + size]):
                    taken[start : start + size] = [True] * size
                    found += [item_id] * (item_id not in found)
        return found


def _flat(value: Any) -> list[str]:
    return [str(part) for part in (value if isinstance(value, list) else [value])]
