"""What happened in each turn of a conversation, read from the events that Rasa keeps of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.conversation.care import INTENTS as CARE_INTENTS
from bot.conversation.explain import LINK
from bot.conversation.state import MEMORY_SLOT

NOT_UNDERSTOOD, OUT_OF_SCOPE, OTHER, FOREIGN = "nlu_fallback", "buiten_bereik", "anders", "andere_taal"
TYPES = ("user", "bot", "slot")  # of the events that are read

Event = Mapping[str, Any]  # as `as_dict` of a Rasa event gives it, and as the database holds it


@dataclass(frozen=True)
class Turn:
    """One message of a person, with what the bot made of it. `role`, `barriers` and `sector` as known after it;
    the rest is of this turn only. `typed` holds the masked words, None for a button."""

    time: float  # seconds since 1970
    intent: str
    typed: str | None = None
    role: str | None = None
    barriers: tuple[str, ...] = ()
    sector: str | None = None
    offered: tuple[str, ...] = ()  # ids of the items suggested
    opened: str | None = None  # id of the item explained
    linked: str | None = None  # id of the item of which a link was handed out
    doubted: bool = False  # the bot asked which barrier was meant
    not_understood: bool = False
    judgement: str | None = None  # 'goed' or 'slecht'

    @property
    def care(self) -> bool:
        return self.intent in CARE_INTENTS

    @property
    def unanswered(self) -> bool:
        """Whether the bot had nothing to say to it, for whatever reason."""
        return self.not_understood or self.intent in (OUT_OF_SCOPE, FOREIGN)


def read_turns(events: Iterable[Event]) -> Iterator[Turn]:
    """The turns of one conversation, from its events in order. Also of its last events alone; what was known before
    them is then missing."""
    slots: dict[str, Any] = {}
    turn: list[Event] = []
    for event in events:
        if event["event"] == "user" and turn:
            yield _read(turn, slots)
            turn = []
        if turn or event["event"] == "user":
            turn.append(event)
        elif event["event"] == "slot":
            slots[event["name"]] = event["value"]
    if turn:
        yield _read(turn, slots)


def _read(events: list[Event], slots: dict[str, Any]) -> Turn:
    """`events`: of one turn, the person's message first. Brings `slots` up to date."""
    message = events[0]
    changed = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    before = slots.get(MEMORY_SLOT) or {}
    slots.update(changed)
    memory = slots.get(MEMORY_SLOT) or {}
    intent = ((message.get("parse_data") or {}).get("intent") or {}).get("name") or ""
    text = message.get("text") or ""
    item = slots.get("interventie")
    question = memory.get("question") or ""
    return Turn(
        time=float(message["timestamp"]),
        intent=intent,
        typed=None if text.startswith("/") else text,
        role=slots.get("rol"),
        barriers=tuple(slots.get("belemmeringen") or ()),
        sector=slots.get("sector"),
        offered=tuple(changed.get("suggesties") or ()),
        opened=changed.get("interventie"),
        linked=item if memory.get("section") == LINK and _has_links(events) else None,
        doubted=question.startswith("bevestig:") and question != before.get("question"),
        not_understood=bool(memory.get("missed")),
        judgement=(changed.get("oordeel") or {}).get("waarde"),
    )


def _has_links(events: list[Event]) -> bool:
    replies = ((event.get("metadata") or {}).get("reply") or {} for event in events if event["event"] == "bot")
    return any(reply.get("links") for reply in replies)
