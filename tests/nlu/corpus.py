"""Reads the sentences of data/nlu/ and of the sets in this folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import yaml
from sklearn.feature_extraction.text import CountVectorizer

from bot.content.library import normalise
from bot.paths import DATA

HERE = Path(__file__).parent
NONE = "-"
AT_ONCE = 200  # sentences compared with all others


@dataclass(frozen=True)
class Example:
    text: str
    intent: str
    role: str
    barriers: tuple[str, ...]
    sector: str


@lru_cache(maxsize=1)
def training() -> tuple[Example, ...]:
    return tuple(_training())


def _training() -> Iterator[Example]:
    for path in sorted((DATA / "nlu").rglob("*.yml")):
        for block in yaml.load(path.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))["nlu"]:
            labels = block.get("metadata") or {}
            for line in block["examples"].splitlines():
                if line.startswith("- "):
                    yield Example(
                        line[2:],
                        block["intent"],
                        labels.get("rol", NONE),
                        tuple(labels.get("belemmeringen", ())),
                        labels.get("sector", NONE),
                    )


def situations(name: str) -> list[Example]:
    """The sentences of test_situaties.txt or ontwikkel_situaties.txt."""
    rows = [line.split("|", 3) for line in _lines(name)]
    return [
        Example(text.strip(), "", role, tuple(b for b in barriers.split(",") if b != NONE), sector)
        for role, barriers, sector, text in rows
    ]


def intents(name: str) -> list[tuple[str, str]]:
    """(intent, sentence) of test_intenties.txt or ontwikkel_intenties.txt."""
    return [(intent, text) for intent, text in (line.split("|", 1) for line in _lines(name))]


def _lines(name: str) -> list[str]:
    text = (HERE / name).read_text("utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def alike(sentences: Sequence[str], others: Sequence[str], least: float) -> list[tuple[float, str, str]]:
    """Pairs of a sentence and another one that share at least this part of their four-letter pieces (Jaccard likeness,
    0..1). With the same list twice: each pair of different places once."""
    vectorizer = CountVectorizer(analyzer=pieces, binary=True, dtype=np.float32)
    vectorizer.fit([*sentences, *others])
    rows, columns = vectorizer.transform(sentences), vectorizer.transform(others).T.tocsc()
    sizes, other_sizes = np.diff(rows.indptr), np.diff(columns.indptr)
    found = []
    for begin in range(0, len(sentences), AT_ONCE):
        shared = (rows[begin : begin + AT_ONCE] @ columns).tocoo()
        one, other = shared.row + begin, shared.col
        likeness = shared.data / (sizes[one] + other_sizes[other] - shared.data)
        near = likeness >= least
        if sentences is others:
            near &= one < other
        found += [
            (float(how), sentences[a], others[b])
            for how, a, b in zip(likeness[near], one[near], other[near], strict=True)
        ]
    return found


def pieces(sentence: str) -> frozenset[str]:
    plain = normalise(sentence).replace(" ", "_")
    return frozenset(plain[i : i + 4] for i in range(max(len(plain) - 3, 1)))
