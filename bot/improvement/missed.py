"""Finds in stored conversations what the bot did not understand: plain functions on plain events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from rasa.shared.nlu.constants import INTENT_NAME_KEY

from bot.conversation.care import INTENTS as CARE
from bot.conversation.state import MEMORY_SLOT
from bot.privacy.care_words import FOLLOWS, NOT_KEPT

NOT_UNDERSTOOD, DOUBTED, ASKED_AGAIN, SAID_AGAIN = (
    "niet begrepen",
    "twijfelvraag gesteld",
    "bot vroeg het opnieuw",
    "mens zei het opnieuw",
)
OUT_OF_SCOPE, TELLING = "buiten_bereik", "vertellen"
_SAME_WORDS = 0.8  # likeness of two messages, 0..1, from which one says the other again

Event = Mapping[str, Any]


@dataclass(frozen=True)
class Missed:
    """One message: why it is shown, and what the bot made of it (labels with probability, best first)."""

    text: str
    reasons: tuple[str, ...]
    intent: str
    confidence: float
    barriers: tuple[tuple[str, float], ...]
    role: str | None
    sector: str | None


@dataclass(frozen=True)
class _Step:
    """A message someone typed or a button pressed, with what the bot remembered when it had answered."""

    message: Event
    memory: Mapping[str, Any]

    @property
    def text(self) -> str:
        return str(self.message.get("text") or "")

    @property
    def typed(self) -> bool:
        return bool(self.text.strip()) and not self.text.startswith("/") and self.text not in (NOT_KEPT, FOLLOWS)

    @property
    def intent(self) -> str:
        return str(((self.message.get("parse_data") or {}).get("intent") or {}).get(INTENT_NAME_KEY) or "")


def missed(events: Iterable[Event]) -> list[Missed]:
    """The messages of one conversation (its events as Rasa stores them) that an editor should see.

    Alarms are left out: who asked for help in distress is not studied, and those words are not kept.
    """
    steps = _steps(events)
    found = []
    for place, step in enumerate(steps):
        if not step.typed or step.intent in CARE:
            continue
        reasons = _reasons(steps, place)
        if reasons:
            found.append(_missed(step, reasons))
    return found


def _reasons(steps: Sequence[_Step], place: int) -> list[str]:
    step, before = steps[place], steps[place - 1] if place else None
    after = steps[place + 1] if place + 1 < len(steps) else None
    question = step.memory.get("question")
    reasons = []
    if step.memory.get("missed") or step.intent == OUT_OF_SCOPE:
        reasons.append(NOT_UNDERSTOOD)
    if question and question.startswith("bevestig:"):
        reasons.append(DOUBTED)
    elif question and step.intent == TELLING and before and question == before.memory.get("question"):
        reasons.append(ASKED_AGAIN)
    if after and after.typed and _alike(step.text, after.text):
        reasons.append(SAID_AGAIN)
    return reasons


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one.casefold(), other.casefold()).ratio() >= _SAME_WORDS


def _steps(events: Iterable[Event]) -> list[_Step]:
    """The memory slot holds what was remembered when it was last written: at the end of the step."""
    steps: list[_Step] = []
    memory: Mapping[str, Any] = {}
    for event in events:
        kind = event.get("event")
        if kind == "user":
            steps.append(_Step(event, memory))
        elif kind == "slot" and event.get("name") == MEMORY_SLOT:
            memory = event.get("value") or {}
            if steps:
                steps[-1] = _Step(steps[-1].message, memory)
        elif kind in {"restart", "session_started"}:
            memory = {}
    return steps


def _missed(step: _Step, reasons: Sequence[str]) -> Missed:
    parsed = step.message.get("parse_data") or {}
    readings = parsed.get("begrip") or {}
    said = {entity["entity"]: str(entity["value"]) for entity in parsed.get("entities") or []}
    intent = (parsed.get("intent_ranking") or [parsed.get("intent") or {}])[0]  # what it was nearest to
    return Missed(
        text=step.text,
        reasons=tuple(reasons),
        intent=str(intent.get("name") or ""),
        confidence=float(intent.get("confidence") or 0.0),
        barriers=tuple((str(key), float(value)) for key, value in readings.get("belemmering") or [])[:3],
        role=said.get("rol"),
        sector=said.get("sector"),
    )
