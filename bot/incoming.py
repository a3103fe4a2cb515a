"""Prepares what a person sends before Rasa sees it: no endless text, no forged or broken button, no personal data.

Every channel's messages come through here, so that nothing behind it (conversation store, log, event broker, actions)
ever sees more than the masked text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

from bot.privacy.masking import mask

MAX_TEXT = 2500  # characters kept of a message: enough to see that it was too long
UNKNOWN_BUTTON = "/nlu_fallback"  # leads to the answer for a button that does not work (any more)
_PAYLOAD = re.compile(r"/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?\s*", re.DOTALL)
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,79}")  # a key of the taxonomy or an id of the content
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def prepare(text: str | None, intents: Collection[str]) -> str:
    """The text to hand to Rasa. A payload must name an intent of the domain; a slash in ordinary text is text."""
    clean = _CONTROL.sub(" ", text or "").strip()[:MAX_TEXT]
    if not clean.startswith("/"):
        return mask(clean) or "?"
    match = _PAYLOAD.fullmatch(clean)
    if match and match["intent"] in intents:
        return _masked_button(clean, match["entities"])
    return UNKNOWN_BUTTON if re.match(r"/\w", clean) else mask(clean.lstrip("/")) or "?"


def _masked_button(payload: str, entities: str | None) -> str:
    """A button comes back as it was made, unless someone put text of his own into it."""
    if not entities:
        return payload
    try:
        values = json.loads(entities)
    except ValueError:
        return UNKNOWN_BUTTON
    masked = _masked(values)
    return payload if masked == values else payload.replace(entities, json.dumps(masked, ensure_ascii=False))


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return value if _KEY.fullmatch(value) else mask(value)
    if isinstance(value, list):
        return [_masked(part) for part in value]
    if isinstance(value, dict):
        return {_masked(name): _masked(part) for name, part in value.items()}
    return value
