"""Prepares what a person sends before Rasa sees it: no endless text, no forged or broken button, no personal data.

Every channel's messages come through here, so that nothing behind it (conversation store, log, event broker, actions)
ever sees more than the masked text.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.knowledge import knowledge
from bot.payload import is_ours
from bot.privacy.masking import mask

MAX_TEXT = 2500  # characters kept of a message: enough to see that it was too long
UNKNOWN_BUTTON = "/nlu_fallback"  # leads to the answer for a button that does not work (any more)
_PAYLOAD = re.compile(r"/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?\s*", re.DOTALL)
_SLASHES = re.compile(r"^[/\s]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def prepare(text: str | None, intents: Collection[str]) -> str:
    """The text to hand to Rasa. A payload must be one of the bot's own; a slash in ordinary text is text.
    `intents` are those of the domain."""
    whole = (text or "").encode("utf-8", "replace").decode()  # halves of characters are nothing a database can keep
    clean = _CONTROL.sub(" ", whole).strip()[:MAX_TEXT]
    if not clean.startswith("/"):
        return mask(clean) or "?"
    match = _PAYLOAD.fullmatch(clean)
    if match and is_ours(match["intent"], match["entities"], intents, knowledge()):
        return clean
    if re.match(r"/\w", clean):
        return UNKNOWN_BUTTON
    return mask(_SLASHES.sub("", clean)) or "?"  # a space would not do: Rasa strips the text, and reads on
