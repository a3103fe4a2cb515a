"""Masks personal data in what a person types, before anything stores, logs or sends it on.

A name becomes `[naam]`, a phone number `[telefoon]`. Kinds, and what is masked on purpose and what not, are told to
the user's organisation in docs/privacy.md; `python -m benchmarks.masking` measures it.
"""

from __future__ import annotations

from bot.privacy.names import find_names
from bot.privacy.patterns import Span, find_patterns
from bot.privacy.streets import find_streets

KINDS = (
    "naam",
    "e-mail",
    "telefoon",
    "bsn",
    "iban",
    "adres",
    "personeelsnummer",
    "geboortedatum",
    "account",
    "nummer",
)


def load() -> None:
    """Reads the lists now (about 0.7 s) instead of at the first message."""
    find("Jan, Dorpsstraat 1")


def mask(text: str) -> str:
    """The text with personal data replaced by the kind in brackets. Masking a masked text changes nothing."""
    parts: list[str] = []
    end = 0
    for span in find(text):
        parts += [text[end : span.start], f"[{span.kind}]"]
        end = span.end
    return "".join([*parts, text[end:]])


def find(text: str) -> list[Span]:
    """Where the personal data are, in the order of the text, without overlap."""
    found = find_patterns(text)
    if any(character.isdigit() for character in text):
        found += [street for street in find_streets(text) if not any(street.overlaps(span) for span in found)]
    if any(character.isalpha() for character in text):
        found += [name for name in find_names(text) if not any(name.overlaps(span) for span in found)]
    return sorted(found)
