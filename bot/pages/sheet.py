"""The model of a page, before it becomes HTML or Markdown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bullets:
    points: tuple[str, ...]
    boxes: bool = False  # with a box to tick


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Lines:
    """Empty lines to write on."""

    count: int


@dataclass(frozen=True)
class Quote:
    """Something to say, with the facts that bear it."""

    say: str
    facts: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Table:
    """Rows of label and one cell per column."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Links:
    """Label and address, printed in full."""

    links: tuple[tuple[str, str], ...]


Block = Bullets | Text | Lines | Quote | Table | Links


@dataclass(frozen=True)
class Part:
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Sheet:
    title: str
    intro: str
    parts: tuple[Part, ...]
    sources: tuple[str, ...] = ()
    wide: bool = False  # a page on its side
    file_name: str = "blad"
