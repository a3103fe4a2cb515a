"""How good probabilities are: figures per question, thresholds chosen on one set and used on another, calibration."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from bot.nlu.models import BARRIER, INTENT, NONE, ROLE, SECTOR
from tests.nlu import corpus

Array = NDArray[Any]
Readings = Mapping[str, tuple[Sequence[str], Array]]  # question -> labels, (messages x labels) probabilities
Predictor = Callable[[Sequence[str]], Readings]
Figures = dict[str, float]

OUTSIDE, OTHER_LANGUAGE = "buiten_bereik", "andere_taal"
CARE = ("nood", "grensoverschrijding")
ALARM = 0.05  # probability from which a cry for help is heard
FALSE, LOST = 0.03, 0.03  # largest share of roles and sectors heard wrongly, and of messages taken for out of scope
MENTIONED = 0.05  # readings of a barrier below this say nothing, and are left out of its calibration


@dataclass(frozen=True)
class Set:
    """The sentences to measure with: situations (role, barriers, sector) and intents."""

    situations: Sequence[corpus.Example]
    intents: Sequence[tuple[str, str]]

    @classmethod
    def read(cls, name: str) -> Set:
        """`name` is 'ontwikkel' or 'test'."""
        return cls(corpus.situations(f"{name}_situaties.txt"), corpus.intents(f"{name}_intenties.txt"))

    @property
    def texts(self) -> list[str]:
        return [e.text for e in self.situations]

    @property
    def questions(self) -> list[str]:
        return [text for _, text in self.intents]


@dataclass(frozen=True)
class Cuts:
    """From which probability an answer is believed."""

    barrier: float = 0.5
    role: float = 0.5
    sector: float = 0.5
    outside: float = 0.5  # of the intent 'out of scope'
    least: float = 0.0  # of the likeliest intent


@dataclass(frozen=True)
class Read:
    """What a predictor made of a set."""

    situations: Readings
    intents: Readings

    @classmethod
    def of(cls, predictor: Predictor, sentences: Set) -> Read:
        return cls(predictor(sentences.texts), predictor(sentences.questions))


def choose(sentences: Set, read: Read) -> Cuts:
    """The cuts that are best on these sentences."""
    steps = [round(step, 3) for step in np.arange(0.05, 0.96, 0.025)]
    found: dict[str, float] = {}
    if BARRIER in read.situations:
        labels, matrix = read.situations[BARRIER]
        truth = _truth(sentences, labels)
        found["barrier"] = max(steps, key=lambda cut: f1_score(truth, matrix >= cut, average="macro", zero_division=0))
    for name, key in ((ROLE, "role"), (SECTOR, "sector")):
        if name in read.situations:
            rated = {cut: _one_of_many(sentences, read.situations[name], name, cut) for cut in steps}
            allowed = [cut for cut in steps if rated[cut][1] <= FALSE] or steps[-1:]
            found[key] = max(allowed, key=lambda cut: rated[cut][0])
    if INTENT in read.intents:
        pairs = {pair: _outside(sentences, read, *pair) for pair in product([0.02, *steps], (0.0, 0.2, 0.3, 0.4, 0.5))}
        allowed_pairs = [pair for pair, (_, lost) in pairs.items() if lost <= LOST]
        outside, least = max(allowed_pairs, key=lambda pair: (pairs[pair][0], -pairs[pair][1]))
        found |= {"outside": outside, "least": least}
    return Cuts(**found)


def figures(sentences: Set, read: Read, cuts: Cuts) -> Figures:
    """Shares between 0 and 1; a question the predictor does not answer gives none."""
    found: Figures = {}
    if BARRIER in read.situations:
        found |= _barriers(sentences, read.situations[BARRIER], cuts.barrier)
    for name, cut in ((ROLE, cuts.role), (SECTOR, cuts.sector)):
        if name in read.situations:
            right, false, macro = _one_of_many(sentences, read.situations[name], name, cut)
            found |= {f"{name} juist": right, f"{name} ten onrechte": false, f"{name} macro F1": macro}
    if INTENT in read.intents:
        labels, matrix = read.intents[INTENT]
        given = [labels[place] for place in matrix.argmax(axis=1)]
        wanted = [intent for intent, _ in sentences.intents]
        found["intentie juist"] = _share([g == w for g, w in zip(given, wanted, strict=True)])
        alarms = np.array([labels.index(care) for care in CARE])
        heard = matrix[:, alarms].max(axis=1) >= ALARM
        found["zorg herkend"] = _share([bool(h) for h, w in zip(heard, wanted, strict=True) if w in CARE])
        found["buiten bereik herkend"], found["ten onrechte buiten bereik"] = _outside(
            sentences, read, cuts.outside, cuts.least
        )
    for name in (BARRIER, ROLE, SECTOR, INTENT):
        pairs = confidences(sentences, read, name)
        if pairs is not None:
            found[f"{name} ECE"], found[f"{name} Brier"] = ece(*pairs), float(np.mean((pairs[0] - pairs[1]) ** 2))
    return found


def _barriers(sentences: Set, reading: tuple[Sequence[str], Array], cut: float) -> Figures:
    labels, matrix = reading
    truth = _truth(sentences, labels)
    given = matrix >= cut
    told = truth.any(axis=1)
    order = np.argsort(-matrix[told], axis=1)
    first, three = (np.take_along_axis(truth[told], order[:, :n], axis=1).any(axis=1) for n in (1, 3))
    return {
        "belemmering macro F1": f1_score(truth, given, average="macro", zero_division=0),
        "belemmering micro F1": f1_score(truth, given, average="micro", zero_division=0),
        "belemmering precies": float((truth == given).all(axis=1).mean()),
        "belemmering sterkste goed": float(first.mean()),
        "belemmering bij eerste drie": float(three.mean()),
    }


def _one_of_many(
    sentences: Set, reading: tuple[Sequence[str], Array], name: str, cut: float
) -> tuple[float, float, float]:
    """Right where stated, given where not stated, macro F1 of the labels."""
    wanted = [_wanted(e, name) for e in sentences.situations]
    given = answers(reading, cut)
    right = _share([g == w for g, w in zip(given, wanted, strict=True) if w != NONE])
    false = _share([g != NONE for g, w in zip(given, wanted, strict=True) if w == NONE])
    present = sorted({w for w in wanted if w != NONE})
    return right, false, f1_score(wanted, given, labels=present, average="macro", zero_division=0)


def answers(reading: tuple[Sequence[str], Array], cut: float) -> list[str]:
    """The likeliest label besides NONE when it is likely enough, otherwise NONE."""
    labels, matrix = reading
    shown = matrix.copy()
    if NONE in labels:
        shown[:, list(labels).index(NONE)] = 0.0
    return [labels[row.argmax()] if row.max() >= cut else NONE for row in shown]


def _outside(sentences: Set, read: Read, cut: float, least: float) -> tuple[float, float]:
    """Share of out-of-scope messages recognised, and of all others (situations too) taken for it."""
    labels, matrix = read.intents[INTENT]
    wanted = np.array([intent for intent, _ in sentences.intents])
    said = _taken_for_outside(labels, matrix, cut, least)
    others = said[(wanted != OUTSIDE) & (wanted != OTHER_LANGUAGE)]
    told = np.array([bool(e.barriers) for e in sentences.situations])
    lost = _taken_for_outside(labels, read.situations[INTENT][1][told], cut, least)
    return float(said[wanted == OUTSIDE].mean()), float(np.concatenate([others, lost]).mean())


def _taken_for_outside(labels: Sequence[str], matrix: Array, cut: float, least: float) -> Array:
    return (matrix[:, list(labels).index(OUTSIDE)] >= cut) | (matrix.max(axis=1) < least)  # type: ignore[no-any-return]


def confidences(sentences: Set, read: Read, name: str) -> tuple[Array, Array] | None:
    """Probabilities and whether each was right: of the likeliest label, or of every barrier worth mentioning."""
    if name == INTENT:
        if INTENT not in read.intents:
            return None
        labels, matrix = read.intents[INTENT]
        wanted = [intent for intent, _ in sentences.intents]
    elif name not in read.situations:
        return None
    else:
        labels, matrix = read.situations[name]
        wanted = [_wanted(e, name) for e in sentences.situations]
    if name == BARRIER:
        said = matrix >= MENTIONED
        return matrix[said], _truth(sentences, labels)[said].astype(float)
    right = [labels[row.argmax()] == w for row, w in zip(matrix, wanted, strict=True)]
    return matrix.max(axis=1), np.array(right, dtype=float)


def reliability(probabilities: Array, right: Array, bins: int = 10) -> list[tuple[float, float, int]]:
    """Per step of probability: its mean, the share that was right, and how many there were."""
    place = np.minimum((probabilities * bins).astype(int), bins - 1)
    return [
        (float(probabilities[place == b].mean()), float(right[place == b].mean()), int((place == b).sum()))
        for b in range(bins)
        if (place == b).any()
    ]


def ece(probabilities: Array, right: Array) -> float:
    """Expected calibration error: how far probability and share right lie apart, on average."""
    return sum(abs(p - share) * count for p, share, count in reliability(probabilities, right)) / len(probabilities)


def _wanted(example: corpus.Example, name: str) -> str:
    return example.role if name == ROLE else example.sector


def _truth(sentences: Set, labels: Sequence[str]) -> Array:
    return np.array([[label in e.barriers for label in labels] for e in sentences.situations])


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values)
