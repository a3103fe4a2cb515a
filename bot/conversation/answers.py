"""Short answers in people's own words: 'ja best wel', 'nee joh', 'soms', 'geen idee', 'sla maar over'."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.library import normalise
from bot.conversation.turn import Turn

LONGEST = 6  # words; a longer message says more than its first word
INTENTS = {"bevestigen": "ja", "ontkennen": "nee", "overslaan": "overslaan"}


def read(turn: Turn, kinds: Sequence[str]) -> str | None:
    """Which of `kinds` (keys of `antwoorden` in scans.yml, the first wins) the message is, or None."""
    text = normalise(turn.heard.text)
    if not text or turn.heard.button:
        return None
    best: tuple[int, str] | None = None
    for kind in kinds:
        for phrase in turn.knowledge.guides.words[kind]:
            plain = normalise(phrase)
            begins = text.startswith(f"{plain} ") and len(text.split()) <= LONGEST
            if (text == plain or begins) and (best is None or len(plain) > best[0]):
                best = (len(plain), kind)
    if best:
        return best[1]
    by_intent = INTENTS.get(turn.heard.intent)
    return by_intent if by_intent in kinds else None


def is_question(turn: Turn) -> bool:
    """Whether the message asks the bot something, rather than answering what the bot asked."""
    return turn.heard.text.rstrip().endswith("?")
