"""The Rasa component that understands a message: what the user does (intent), and the role, barriers and sector
that the whole message shows. These are no spans to mark but labels of the message, so they are learned from the
`metadata` of the training examples:

    - intent: vertellen
      metadata: {belemmeringen: [weinig_tijd], sector: zorg_welzijn}
      examples: |
        - na mijn dienst val ik op de bank in slaap
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, diags, hstack
from threadpoolctl import threadpool_limits

from bot.nlu.features import Featurizer, Lexicon
from bot.nlu.linear import LinearModel, fit_exclusive, fit_multiple

NONE = "-"  # the label of a message that shows no role, or no sector
INTENT, ROLE, BARRIER, SECTOR = "intent", "rol", "belemmering", "sector"
HARASSMENT = "ongewenst_gedrag"
UNDERSTANDING = "begrip"  # message property: every reading with its probability
_MENTIONED = 0.05  # readings below this probability are not passed on


@dataclass(frozen=True)
class Models:
    """What is learned: one model per question, over the columns of the features that training has seen."""

    columns: np.ndarray[Any, Any]  # indices of the features in use
    questions: Mapping[str, LinearModel]

    @cached_property
    def _place(self) -> np.ndarray[Any, Any]:
        """Column of the features -> column of the models, -1 for one that training has not seen."""
        place = np.full(int(self.columns.max()) + 1, -1, dtype=np.int32)
        place[self.columns] = np.arange(len(self.columns), dtype=np.int32)
        return place

    def select(self, features: csr_matrix) -> csr_matrix:
        """The columns in use; as `features[:, columns]`, which sorts all columns each time."""
        known = features.indices < len(self._place)
        place = np.where(known, self._place[np.minimum(features.indices, len(self._place) - 1)], -1)
        keep = place >= 0
        ends = np.concatenate([[0], np.cumsum(keep)])[features.indptr]
        shape = (features.shape[0], len(self.columns))
        return csr_matrix((features.data[keep], place[keep], ends), shape=shape)


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR],
    is_trainable=True,
)
class UnderstandingClassifier(GraphComponent):
    """Sets `intent`, `intent_ranking`, entities `rol`, `belemmering` (0 or more) and `sector`, and `begrip`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "lexicons": [
                "data/lexicon/begrippen.yml",
                "data/lexicon/beroepen.yml",
                "data/lexicon/andere_onderwerpen.yml",
            ],
            "intent_lexicons": 1,  # the last so many say what a message is about, nothing of role, barrier or sector
            "concept_weight": 0.8,
            "min_count": 2,  # features seen in fewer training messages are dropped
            "strength": 12.0,  # inverse regularisation of role, barriers and sector
            "intent_strength": 8.0,
            "sure": {"rol": 0.35, "sector": 0.45},  # from this probability a role or sector is taken as said
            # A barrier is taken as said from `sure_barrier` on, and the likeliest one already from `likely_barrier`
            # on when it is `clearly` times as likely as the next: with 21 barriers most probabilities are small.
            "sure_barrier": 0.3,
            "likely_barrier": 0.2,
            "clearly": 2.0,
            # Intents that win from this probability on, if at least `alarm_share` of the likeliest: a miss costs
            # more than a false alarm.
            "alarms": {"nood": 0.05, "grensoverschrijding": 0.05},
            "alarm_share": 0.12,
            # Someone who clearly tells about another barrier ('bang dat een robot mijn werk overneemt') needs more.
            "clear_barrier": 0.5,
            "alarm_despite_barrier": 0.3,
            "least": 0.2,  # below this the likeliest intent is not believed ...
            "telling": "vertellen",  # ... unless the message shows a barrier: then it tells something,
            "telling_wins": 0.65,  # also when another intent is likelier, but less likely than this, and the
            "telling_barrier": 0.4,  # barrier at least this likely
            # Role, barriers and sector are not learned from intents whose examples may show them unlabelled.
            "unlabelled": ["nood"],
            "most_per_intent": 3000,  # examples of one intent used to learn intents (thinned evenly)
            "max_characters": 2000,  # a longer paste is not believed either
        }

    def __init__(
        self,
        config: Mapping[str, Any],
        storage: ModelStorage,
        resource: Resource,
        lexicons: Sequence[Lexicon],
        models: Models | None,
    ) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._lexicons, self._models = lexicons, models
        self._featurizer = Featurizer(lexicons, config["concept_weight"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> UnderstandingClassifier:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        lexicons = [yaml.load(Path(path).read_text("utf-8"), loader) for path in config["lexicons"]]
        return cls(config, model_storage, resource, lexicons, None)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        features = self._features(examples)
        counts = np.asarray((features != 0).sum(axis=0)).ravel()
        columns = np.flatnonzero(counts >= self._config["min_count"])
        features = features[:, columns]
        intents = [e.get(INTENT) for e in examples]
        kept = [index for index, intent in enumerate(intents) if intent not in self._config["unlabelled"]]
        situations, labels = self._for_situations(features[kept], columns), [labels_of(examples[i]) for i in kept]
        strength = self._config["strength"]
        thinned = thin(intents, self._config["most_per_intent"])
        chosen = [intents[index] for index in thinned]
        tasks = {
            INTENT: partial(fit_exclusive, features[thinned], chosen, self._config["intent_strength"]),
            SECTOR: partial(fit_exclusive, situations, [m.get("sector") or NONE for m in labels], strength),
            BARRIER: partial(fit_multiple, situations, [m.get("belemmeringen") or [] for m in labels], strength),
            ROLE: partial(fit_exclusive, situations, [m.get("rol") or NONE for m in labels], strength),
        }
        # The numerical work leaves Python's lock, so that threads do run beside each other.
        with threadpool_limits(1), ThreadPoolExecutor(max_workers=2) as pool:
            futures = {name: pool.submit(task) for name, task in tasks.items()}
            self._models = Models(columns, {name: future.result() for name, future in futures.items()})
        self._persist()
        return self._resource

    def _for_situations(self, features: csr_matrix, columns: Any) -> csr_matrix:
        """The features with those of the intent lexicons at 0."""
        width = self._featurizer.width
        first = width - sum(len(lexicon) for lexicon in self._lexicons[-self._config["intent_lexicons"] :])
        used = (columns < first) | (columns >= width)
        return features @ diags(used.astype(np.float32), format="csr")

    def process(self, messages: list[Message]) -> list[Message]:
        texts = [m for m in messages if m.get(TEXT)]
        if texts and self._models:
            features = self._models.select(self._features(texts))
            rows = {name: model.probabilities(features) for name, model in self._models.questions.items()}
            for index, message in enumerate(texts):
                self._annotate(message, {name: row[index] for name, row in rows.items()})
        return messages

    def _annotate(self, message: Message, rows: Mapping[str, Sequence[float]]) -> None:
        assert self._models
        readings = {name: _ranked(self._models.questions[name].labels, row, _MENTIONED) for name, row in rows.items()}
        barriers = self._sure_barriers(readings[BARRIER])
        intent, confidence = self._intent(
            message.get(TEXT), dict(zip(self._models.questions[INTENT].labels, rows[INTENT], strict=True)), barriers
        )
        if len(message.get(TEXT)) > self._config["max_characters"]:
            intent, confidence = DEFAULT_NLU_FALLBACK_INTENT_NAME, 1.0
        message.set("intent", {"name": intent, "confidence": confidence}, add_to_output=True)
        ranking = [{"name": label, "confidence": value} for label, value in readings[INTENT][:10]]
        message.set("intent_ranking", ranking, add_to_output=True)
        sure = {name: [(k, p) for k, p in readings[name] if p >= self._config["sure"][name]] for name in (ROLE, SECTOR)}
        entities = [
            {"entity": name, "value": label, "start": 0, "end": len(message.get(TEXT)), "confidence": value}
            for name, found in ((ROLE, sure[ROLE]), (BARRIER, barriers), (SECTOR, sure[SECTOR]))
            for label, value in found
            if label != NONE
        ]
        for entity in entities:
            entity["extractor"] = type(self).__name__
        message.set("entities", [*(message.get("entities") or []), *entities], add_to_output=True)
        said = {name: readings[name] for name in (ROLE, BARRIER, SECTOR)}
        message.set(UNDERSTANDING, said, add_to_output=True)

    def _sure_barriers(self, readings: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
        """The barriers likely enough to act on, best first."""
        found = [(label, value) for label, value in readings if value >= self._config["sure_barrier"]]
        if not found and readings:
            next_best = readings[1][1] if len(readings) > 1 else 0.0
            if readings[0][1] >= max(self._config["likely_barrier"], self._config["clearly"] * next_best):
                found = [readings[0]]
        return found

    def _intent(
        self, text: str, probabilities: Mapping[str, float], barriers: Sequence[tuple[str, float]]
    ) -> tuple[str, float]:
        """The intent to act on: an alarm first, then the likeliest, if it is likely enough."""
        best = max(probabilities, key=lambda label: probabilities[label])
        likelihood = float(probabilities[best])
        clear = barriers and barriers[0][1] >= self._config["clear_barrier"] and barriers[0][0] != HARASSMENT
        floor = self._config["alarm_despite_barrier"] if clear else 0.0
        alarms = {
            alarm: float(probabilities.get(alarm, 0.0))
            for alarm, least in self._config["alarms"].items()
            if probabilities.get(alarm, 0.0) >= max(least, floor, self._config["alarm_share"] * likelihood)
        }
        if alarms:
            loudest = max(alarms, key=lambda alarm: alarms[alarm])
            return loudest, alarms[loudest]
        asks = best.startswith("vraag_") and "?" in text
        shows = bool(barriers) and barriers[0][1] >= self._config["telling_barrier"] and not asks
        if shows and likelihood < self._config["telling_wins"]:
            best = self._config["telling"]
        elif likelihood < self._config["least"]:
            best = self._config["telling"] if barriers else DEFAULT_NLU_FALLBACK_INTENT_NAME
        return best, likelihood

    def _features(self, messages: Sequence[Message]) -> csr_matrix:
        """Sparse features, with the sentence's word vector beside them when the language model has vectors."""
        features = self._featurizer.transform([m.get(TEXT) for m in messages])
        dense = [m.get_dense_features(TEXT)[1] for m in messages]
        if not any(dense):
            return features
        width = next(d.features.shape[-1] for d in dense if d)
        vectors = np.vstack([d.features.reshape(1, -1) if d else np.zeros((1, width)) for d in dense])
        lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return hstack([features, csr_matrix(vectors / lengths)], format="csr", dtype=np.float32)

    def _persist(self) -> None:
        assert self._models
        with self._storage.write_to(self._resource) as folder:
            arrays = {"columns": self._models.columns}
            for name, model in self._models.questions.items():
                arrays[f"{name}.weights"], arrays[f"{name}.bias"] = model.weights, model.bias
            np.savez(folder / "models.npz", **arrays)
            shape = {name: [list(m.labels), m.exclusive] for name, m in self._models.questions.items()}
            record = {"lexicons": self._lexicons, "questions": shape}
            (folder / "models.json").write_text(json.dumps(record), "utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> UnderstandingClassifier:
        with model_storage.read_from(resource) as folder:
            record = json.loads((folder / "models.json").read_text("utf-8"))
            arrays = np.load(folder / "models.npz")
            questions = {
                name: LinearModel(tuple(labels), arrays[f"{name}.weights"], arrays[f"{name}.bias"], exclusive)
                for name, (labels, exclusive) in record["questions"].items()
            }
            models = Models(arrays["columns"], questions)
        return cls(config, model_storage, resource, record["lexicons"], models)


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


def labels_of(example: Message) -> dict[str, Any]:
    """The labels of a training example: those of its block, overruled by its own."""
    metadata = example.get("metadata") or {}
    return {**(metadata.get("intent") or {}), **(metadata.get("example") or {})}


def _ranked(labels: Sequence[str], row: Sequence[float], least: float) -> list[tuple[str, float]]:
    """Labels with their probability, best first: three, and further ones from `least` on."""
    order = sorted(range(len(labels)), key=lambda i: -row[i])
    return [(labels[i], round(float(row[i]), 4)) for n, i in enumerate(order) if n < 3 or row[i] >= least]
