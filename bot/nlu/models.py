"""What is learned from labelled sentences, and what it makes of new ones: probabilities per question.

The questions are what someone does (intent), and which role, barriers and sector the message shows. A linear model
or the network answers a question, or both, whose mean is taken: what was best on the development set
(python -m benchmarks.pipelines).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, diags
from threadpoolctl import threadpool_limits

from bot.nlu.calibration import Calibration
from bot.nlu.linear import LinearModel, Matrix, fit_exclusive, fit_multiple
from bot.nlu.network import Network, Question, fit_network

NONE = "-"  # the label of a message that shows no role, or no sector
INTENT, ROLE, BARRIER, SECTOR = "intent", "rol", "belemmering", "sector"
QUESTIONS = (INTENT, ROLE, BARRIER, SECTOR)


@dataclass(frozen=True)
class Labels:
    """What a training sentence shows."""

    intent: str
    role: str = NONE
    barriers: tuple[str, ...] = ()
    sector: str = NONE


@dataclass(frozen=True)
class Settings:
    """How to learn; chosen on the development set."""

    min_count: int = 3  # features seen in fewer training messages are dropped
    strength: float = 12.0  # inverse regularisation of role and barriers
    intent_strength: float = 8.0
    units: int = 192  # of the network's hidden layer
    epochs: int = 14
    # Role, barriers and sector are not learned from intents whose examples may show them unlabelled.
    unlabelled: Sequence[str] = ("nood", "grensoverschrijding")
    most_per_intent: int = 3000  # examples of one intent used to learn intents (thinned evenly)
    # Scale and shift per question, fitted with `python -m benchmarks.calibration`.
    calibration: Mapping[str, Sequence[float]] = field(
        default_factory=lambda: {INTENT: (1.56, 0), ROLE: (1.41, 0), BARRIER: (0.96, 0.26), SECTOR: (0.84, 0)}
    )


@dataclass(frozen=True)
class Models:
    columns: np.ndarray[Any, Any]  # indices of the features in use: those that training has seen
    linear: Mapping[str, LinearModel]
    network: Network
    calibration: Mapping[str, Calibration] = field(default_factory=dict)

    @classmethod
    def learn(
        cls, features: csr_matrix, examples: Sequence[Labels], settings: Settings, only_intent: slice = slice(0, 0)
    ) -> Models:
        """`features` has a row per example; the columns `only_intent` say nothing of role, barriers and sector."""
        counts = np.asarray((features != 0).sum(axis=0)).ravel()
        columns = np.flatnonzero(counts >= settings.min_count)
        used = features[:, columns]
        known = np.array([e.intent not in settings.unlabelled for e in examples])
        thinned = thin([e.intent for e in examples], settings.most_per_intent)
        situations = used[known] @ diags(
            ((columns < only_intent.start) | (columns >= only_intent.stop)).astype(np.float32), format="csr"
        )
        told = [e for e, shown in zip(examples, known, strict=True) if shown]
        intents = [examples[index].intent for index in thinned]
        # The numerical work leaves Python's lock, so that threads do run beside each other.
        with threadpool_limits(1), ThreadPoolExecutor(max_workers=2) as pool:
            network: Future[Network] = pool.submit(
                fit_network, used, _questions(examples, known, settings), BARRIER, settings.units, settings.epochs
            )
            linear = {
                INTENT: pool.submit(fit_exclusive, used[thinned], intents, settings.intent_strength),
                ROLE: pool.submit(fit_exclusive, situations, [e.role for e in told], settings.strength),
                BARRIER: pool.submit(fit_multiple, situations, [e.barriers for e in told], settings.strength),
            }
            models = {name: future.result() for name, future in linear.items()}
            calibration = {name: Calibration(*values) for name, values in settings.calibration.items()}
            return cls(columns, models, network.result(), calibration)

    def probabilities(self, features: csr_matrix) -> dict[str, Matrix]:
        """A (messages x labels) matrix per question, calibrated."""
        used = self._select(features)
        found = self.network.probabilities(used)
        for name, model in self.linear.items():
            probabilities = model.probabilities(used)
            found[name] = (found[name] + probabilities) / 2 if name in found else probabilities
        return {name: self.calibration.get(name, Calibration()).apply(p, name != BARRIER) for name, p in found.items()}

    def labels(self, question: str) -> tuple[str, ...]:
        return (self.linear.get(question) or self.network.questions[question]).labels

    @cached_property
    def _place(self) -> np.ndarray[Any, Any]:
        """Column of the features -> column of the models, -1 for one that training has not seen."""
        place = np.full(int(self.columns.max()) + 1, -1, dtype=np.int32)
        place[self.columns] = np.arange(len(self.columns), dtype=np.int32)
        return place

    def _select(self, features: csr_matrix) -> csr_matrix:
        """The columns in use; as `features[:, columns]`, which sorts all columns each time."""
        known = features.indices < len(self._place)
        place = np.where(known, self._place[np.minimum(features.indices, len(self._place) - 1)], -1)
        keep = place >= 0
        ends = np.concatenate([[0], np.cumsum(keep)])[features.indptr]
        shape = (features.shape[0], len(self.columns))
        return csr_matrix((features.data[keep], place[keep], ends), shape=shape)

    def save(self, folder: Path) -> None:
        arrays = {"columns": self.columns, "hidden": self.network.hidden, "bias": self.network.bias}
        shape: dict[str, dict[str, Any]] = {"linear": {}, "network": {}}
        for part, models in (("linear", self.linear), ("network", self.network.questions)):
            for name, model in models.items():
                arrays[f"{part}.{name}.weights"], arrays[f"{part}.{name}.bias"] = model.weights, model.bias
                shape[part][name] = [list(model.labels), model.exclusive]
        np.savez(folder / "models.npz", **arrays)
        calibration = {name: [c.scale, c.shift] for name, c in self.calibration.items()}
        (folder / "models.json").write_text(json.dumps({**shape, "calibration": calibration}), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> Models:
        record = json.loads((folder / "models.json").read_text("utf-8"))
        arrays = np.load(folder / "models.npz")
        parts = {
            part: {
                name: LinearModel(tuple(labels), arrays[f"{part}.{name}.weights"], arrays[f"{part}.{name}.bias"], one)
                for name, (labels, one) in record[part].items()
            }
            for part in ("linear", "network")
        }
        network = Network(arrays["hidden"], arrays["bias"], parts["network"])
        calibration = {name: Calibration(*values) for name, values in record["calibration"].items()}
        return cls(arrays["columns"], parts["linear"], network, calibration)


def _questions(examples: Sequence[Labels], known: np.ndarray[Any, Any], settings: Settings) -> dict[str, Question]:
    """What the network learns. Rare answers count for more, by the square root of how much rarer they are."""
    intents = [e.intent for e in examples]
    most = settings.most_per_intent
    share = np.array([min(1.0, most / count) for count in map(Counter(intents).__getitem__, intents)])
    barriers = sorted({barrier for e in examples for barrier in e.barriers})
    shown = np.array([[barrier in e.barriers for barrier in barriers] for e in examples], dtype=np.float32)
    return {
        INTENT: _exclusive(intents, share),
        SECTOR: _exclusive([e.sector for e in examples], known),
        BARRIER: Question(tuple(barriers), shown, known.astype(np.float32), exclusive=False),
    }


def _exclusive(answers: Sequence[str], share: np.ndarray[Any, Any]) -> Question:
    labels = sorted(set(answers))
    places = np.array([labels.index(answer) for answer in answers])
    counts = np.bincount(places)
    weights = share * (counts.mean() / counts[places]) ** 0.5
    matrix = np.eye(len(labels), dtype=np.float32)[places]
    return Question(tuple(labels), matrix, (weights / weights.mean()).astype(np.float32), exclusive=True)


def thin(answers: Sequence[str], most: int) -> list[int]:
    """Places of the answers to keep: all of a rare one, an even selection of `most` of a frequent one."""
    places: dict[str, list[int]] = {}
    for place, answer in enumerate(answers):
        places.setdefault(answer, []).append(place)
    kept = [
        found[i * len(found) // min(most, len(found))]
        for found in places.values()
        for i in range(min(most, len(found)))
    ]
    return sorted(kept)
