"""Loads what the conversation stands on, once per process."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from bot.content.library import load_library
from bot.content.search import SearchIndex
from bot.conversation.phrases import Phrases
from bot.conversation.turn import Contact, Knowledge
from bot.paths import CONTENT


def load_knowledge(folder: Path) -> Knowledge:
    """Reads content/. Raises ContentError naming every mistake."""
    library = load_library(folder)
    contact = Contact(os.environ.get("BOT_CONTACT_NAAM", ""), os.environ.get("BOT_CONTACT_ADRES", ""))
    return Knowledge(library, SearchIndex(library), Phrases.load(folder), contact)


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """The knowledge of this process. BOT_CONTENT names another folder than content/."""
    return load_knowledge(Path(os.environ.get("BOT_CONTENT") or CONTENT))
