"""Making texts fit where a place has limits."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WEB = re.compile(r"https?://[^\s/?#]+\S*")


def is_web(address: str) -> bool:
    """Whether a link button may open it."""
    return bool(_WEB.fullmatch(address))


def shortened(title: str, limit: int) -> str:
    """What a button shows: never empty, at most `limit` characters."""
    line = one_line(title) or "…"
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def one_line(text: str) -> str:
    return " ".join(text.split())


def pieces(text: str, limit: int) -> Iterator[str]:
    """`text` without the white space at the cuts."""
    while len(text) > limit:
        cut = _cut(text, limit)
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    if text:
        yield text


def _cut(text: str, limit: int) -> int:
    """Where to cut, best first: after a paragraph, a line, a sentence, a word; never inside '&amp;'."""
    for end in ("\n\n", "\n", ". ", " "):
        found = text.rfind(end, limit // 2, limit)
        if found >= 0:
            return found + len(end)
    escape = text.rfind("&", limit - len("&amp;") + 1, limit)
    return limit if escape < 0 or ";" in text[escape:limit] else escape
