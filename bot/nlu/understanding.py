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
from scipy.sparse import csr_matrix, hstack

from bot.nlu.deciding import Readings, Thresholds, decide
from bot.nlu.features import Featurizer, Lexicon
from bot.nlu.models import BARRIER, INTENT, NONE, ROLE, SECTOR, Labels, Models, Settings

UNDERSTANDING = "begrip"  # message property: every reading with its probability
_MENTIONED = 0.05  # readings below this probability are not passed on


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
            "learning": {},  # see Settings
            "deciding": {},  # see Thresholds
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
        self._thresholds = Thresholds(**config["deciding"])

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
        self._models = Models.learn(
            self._features(examples),
            [labels_of(e) for e in examples],
            Settings(**self._config["learning"]),
            self._featurizer.lexicon_columns(last=self._config["intent_lexicons"]),
        )
        self._persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        texts = [m for m in messages if m.get(TEXT)]
        if texts and self._models:
            rows = self._models.probabilities(self._features(texts))
            for index, message in enumerate(texts):
                self._annotate(message, {name: row[index] for name, row in rows.items()})
        return messages

    def _annotate(self, message: Message, rows: Mapping[str, Sequence[float]]) -> None:
        assert self._models
        readings = {name: ranked(self._models.labels(name), row) for name, row in rows.items()}
        text = message.get(TEXT)
        found = decide(text, readings, self._thresholds)
        intent, confidence = found.intent, found.confidence
        if len(text) > self._config["max_characters"]:
            intent, confidence = DEFAULT_NLU_FALLBACK_INTENT_NAME, 1.0
        message.set("intent", {"name": intent, "confidence": confidence}, add_to_output=True)
        ranking = [{"name": label, "confidence": value} for label, value in readings[INTENT][:10]]
        message.set("intent_ranking", ranking, add_to_output=True)
        entities = [
            {"entity": name, "value": label, "start": 0, "end": len(text), "confidence": value}
            for name, sure in ((ROLE, found.role), (BARRIER, found.barriers), (SECTOR, found.sector))
            for label, value in sure
        ]
        for entity in entities:
            entity["extractor"] = type(self).__name__
        message.set("entities", [*(message.get("entities") or []), *entities], add_to_output=True)
        said = {name: _mentioned(readings[name]) for name in (ROLE, BARRIER, SECTOR)}
        message.set(UNDERSTANDING, said, add_to_output=True)

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
            self._models.save(folder)
            (folder / "lexicons.json").write_text(json.dumps(self._lexicons), "utf-8")

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
            lexicons = json.loads((folder / "lexicons.json").read_text("utf-8"))
            return cls(config, model_storage, resource, lexicons, Models.load(folder))


def labels_of(example: Message) -> Labels:
    """The labels of a training example: those of its block, overruled by its own."""
    metadata = example.get("metadata") or {}
    found = {**(metadata.get("intent") or {}), **(metadata.get("example") or {})}
    barriers = tuple(found.get("belemmeringen") or ())
    return Labels(example.get(INTENT), found.get("rol") or NONE, barriers, found.get("sector") or NONE)


def ranked(labels: Sequence[str], row: Sequence[float]) -> Readings:
    """All labels with their probability, best first."""
    order = sorted(range(len(labels)), key=lambda i: -row[i])
    return [(labels[i], round(float(row[i]), 4)) for i in order]


def _mentioned(readings: Readings) -> Readings:
    """Three readings, and further ones that are likely enough to be passed on."""
    return [reading for n, reading in enumerate(readings) if n < 3 or reading[1] >= _MENTIONED]
