"""Prepares what a person sends before Rasa sees it: no endless text, no forged or broken button."""

from __future__ import annotations

import re
from collections.abc import Collection

MAX_TEXT = 2500  # characters kept of a message: enough to see that it was too long
UNKNOWN_BUTTON = "/nlu_fallback"  # leads to the answer for a button that does not work (any more)
_PAYLOAD = re.compile(r"/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?\s*", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def prepare(text: str | None, intents: Collection[str]) -> str:
    """The text to hand to Rasa. A payload must name an intent of the domain; a slash in ordinary text is text."""
    clean = _CONTROL.sub(" ", text or "").strip()[:MAX_TEXT]
    if not clean.startswith("/"):
        return clean or "?"
    match = _PAYLOAD.fullmatch(clean)
    if match and match["intent"] in intents:
        return clean
    return UNKNOWN_BUTTON if re.match(r"/\w", clean) else clean.lstrip("/") or "?"
