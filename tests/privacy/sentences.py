"""Reads the sentences on which masking is measured: 'Ik ben {naam: Jan} en werk in de zorg'."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bot.privacy.patterns import Span

FOLDER = Path(__file__).parent
_MARK = re.compile(r"\{(?P<kind>[a-z-]+): ?(?P<value>[^}]+)\}")


@dataclass(frozen=True)
class Sentence:
    """A message and where its personal data are."""

    text: str
    personal: tuple[Span, ...]


def read(name: str) -> list[Sentence]:
    """The sentences of tests/privacy/<name>_zinnen.txt."""
    lines = (FOLDER / f"{name}_zinnen.txt").read_text("utf-8").splitlines()
    return [_sentence(line) for line in lines if line.strip() and not line.startswith("#")]


def _sentence(line: str) -> Sentence:
    text, end, spans = "", 0, []
    for mark in _MARK.finditer(line):
        text += line[end : mark.start()]
        spans.append(Span(len(text), len(text) + len(mark["value"]), mark["kind"]))
        text += mark["value"]
        end = mark.end()
    return Sentence(text + line[end:], tuple(spans))
