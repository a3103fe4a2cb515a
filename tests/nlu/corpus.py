"""Reads the sentences of data/nlu/ and of the sets in this folder."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from bot.content.library import normalise
from bot.paths import DATA

HERE = Path(__file__).parent
NONE = "-"


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


class Likeness:
    """Finds the most similar of a set of sentences: Jaccard likeness of their four-letter pieces."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = list(sentences)
        self._pieces = [pieces(s) for s in self.sentences]
        self._index: dict[str, list[int]] = defaultdict(list)
        for number, found in enumerate(self._pieces):
            for piece in found:
                self._index[piece].append(number)

    def nearest(self, sentence: str, skip: int = -1) -> tuple[float, str]:
        """The likeness (0..1) and text of the most similar sentence, leaving out the one at place `skip`."""
        wanted = pieces(sentence)
        shared = Counter(n for piece in wanted for n in self._index.get(piece, ()) if n != skip)
        best = max(
            ((count / (len(wanted) + len(self._pieces[n]) - count), n) for n, count in shared.most_common(5)),
            default=(0.0, 0),
        )
        return best[0], self.sentences[best[1]] if self.sentences else ""


def pieces(sentence: str) -> frozenset[str]:
    plain = normalise(sentence).replace(" ", "_")
    return frozenset(plain[i : i + 4] for i in range(max(len(plain) - 3, 1)))
