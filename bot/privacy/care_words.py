"""Words about distress, harassment or danger are not kept: what a person then writes leaves only its intent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rasa.shared.core.events import Event, UserUttered

from bot.conversation.care import INTENTS
from bot.knowledge import knowledge

NOT_KEPT = "[zorg: niet bewaard]"
FOLLOWS = "[na zorg: niet bewaard]"  # the message after such a message often goes on about it

BARRIERS = ("ongewenst_gedrag", "onveilig_werk")
_POSSIBLE = 0.12  # a barrier this likely counts: forgetting too much is cheap, keeping too much is not


def forget_care_words(events: Iterable[Event], after: UserUttered | None = None) -> None:
    """Replaces the words in messages about care, and all that understanding took from them. Also when the alarm was
    uncertain and the bot only asked. Buttons hold no words and stay. `after`: the message before these events."""
    follows = after is not None and _is_care(after)
    for event in events:
        if not isinstance(event, UserUttered):
            continue
        care = _is_care(event)
        typed = not (event.text or "").startswith("/")
        if typed and (care or follows) and event.text not in (NOT_KEPT, FOLLOWS):
            _forget(event, NOT_KEPT if care else FOLLOWS)
        follows = care


def _is_care(event: UserUttered) -> bool:
    return event.text == NOT_KEPT or _about_care(event)


def _about_care(event: UserUttered) -> bool:
    if event.intent_name in INTENTS or knowledge().cues.first("zorg", event.text or ""):
        return True
    readings = event.parse_data.get("begrip") or {}
    possible: Iterable[tuple[str, float]] = readings.get("belemmering") or ()
    return any(name in BARRIERS and value >= _POSSIBLE for name, value in possible)


def _forget(event: UserUttered, text: str) -> None:
    intent: Mapping[str, Any] = event.intent or {}
    event.text = text
    event.entities = []
    event.parse_data = {
        "text": text,
        "intent": dict(intent),
        "entities": [],
        "message_id": event.message_id,
        "metadata": event.metadata,
    }
