"""What the bot remembers of a conversation, kept in Rasa slots between messages.

The slot `oordeel` is the person's judgement of the talk, for the report: {"waarde": "goed" | "slecht", "tekst": a
sentence of their own, masked, or ""}. It is set once per answer, so its last slot event in a tracker counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

PUBLIC_SLOTS = ("rol", "belemmeringen", "sector", "suggesties", "interventie", "oordeel")
MEMORY_SLOT = "gesprek"  # everything else, in one slot


@dataclass
class State:
    """The first six fields are slots of their own (names fixed in the domain); the rest is the bot's memory."""

    rol: str | None = None
    belemmeringen: list[str] = field(default_factory=list)  # strongest first
    sector: str | None = None
    suggesties: list[str] = field(default_factory=list)  # ids offered last, in the order shown
    interventie: str | None = None  # id under discussion
    oordeel: dict[str, str] | None = None  # the person's judgement of the talk

    seen: list[str] = field(default_factory=list)  # ids offered so far
    explained: list[str] = field(default_factory=list)  # ids explained so far
    asked: list[str] = field(default_factory=list)  # questions put, and help offered, so far; each is put once
    question: str | None = None  # the question now open: 'belemmering', 'rol', 'sector'
    task: dict[str, Any] | None = None  # what is being done in several steps, see bot/conversation/steps.py
    section: str | None = None  # section shown last
    misunderstood: int = 0  # times in a row
    missed: bool = False  # the last message was not understood
    simple: bool = False  # the person wants easy words
    turn: int = 0
    last: float = 0.0  # when the person last said something, seconds since 1970
    earlier: list[str] = field(default_factory=list)  # ids of the list offered before the last one
    refused: list[str] = field(default_factory=list)  # ids that do not suit, in the person's own words
    care: bool = False  # help was pointed at, and options were not asked for since
    reminded: int = 0  # times the open question was put again
    offered: dict[str, str] = field(default_factory=dict)  # title -> payload of the buttons of the last answer
    said: list[str] = field(default_factory=list)  # marks of the last answers, to notice repetition

    @classmethod
    def from_slots(cls, slots: Mapping[str, Any]) -> State:
        memory = slots.get(MEMORY_SLOT) or {}
        names = {f.name for f in fields(cls)}
        values: dict[str, Any] = {name: slots.get(name) for name in PUBLIC_SLOTS if slots.get(name) is not None}
        values |= {k: v for k, v in memory.items() if k in names and k not in PUBLIC_SLOTS}
        return cls(**values)

    def to_slots(self) -> dict[str, Any]:
        values = asdict(self)
        public = {name: values.pop(name) for name in PUBLIC_SLOTS}
        return {**public, MEMORY_SLOT: values}

    def forget(self) -> None:
        """Starts clean, but for what is no word of the person: the count of turns (which keeps variants of sentences
        changing), the time, and the marks of what the bot said."""
        turn, last, said = self.turn, self.last, self.said
        for f in fields(self):
            setattr(self, f.name, getattr(State(), f.name))
        self.turn, self.last, self.said = turn, last, said
