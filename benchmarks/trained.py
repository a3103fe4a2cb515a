"""The understanding inside a trained model file, without Rasa around it."""

from __future__ import annotations

import json
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.scores import Predictor, Readings
from bot.nlu.features import Featurizer
from bot.nlu.models import QUESTIONS, Models
from bot.nlu.understanding import UnderstandingClassifier


class NotMeasurableError(Exception):
    """The model needs more than the sparse features."""


def load(path: Path, calibrated: bool = True) -> Predictor:
    """The predictor of a model file. Raises NotMeasurableError for one that was trained with word vectors."""
    with tempfile.TemporaryDirectory() as name:
        with tarfile.open(path) as archive:
            archive.extractall(name)
        (record,) = Path(name).rglob("lexicons.json")
        lexicons = json.loads(record.read_text("utf-8"))
        models = Models.load(record.parent)
    if not calibrated:
        models = replace(models, calibration={})
    featurizer = Featurizer(lexicons, UnderstandingClassifier.get_default_config()["concept_weight"])
    if models.columns.max() >= featurizer.width:
        raise NotMeasurableError(
            f"{path.name} uses word vectors; train a model without nl_core_news_md to measure this."
        )

    def predict(texts: Sequence[str]) -> Readings:
        found = models.probabilities(featurizer.transform(texts))
        return {question: (models.labels(question), found[question]) for question in QUESTIONS}

    return predict
