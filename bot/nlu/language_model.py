"""The Dutch spaCy pipeline behind the bot: `nl_core_news_md` when installed, an embedded one otherwise."""

from __future__ import annotations

import importlib.util
import json
import logging
from functools import lru_cache
from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.utils.spacy_utils import SpacyModel, SpacyNLP
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language

logger = logging.getLogger(__name__)

PREFERRED = "nl_core_news_md"
EMBEDDED = "nl_ingebouwd"  # spacy.blank("nl") with the lemma tables of spacy-lookups-data
_UNUSED_PIPES = ["parser", "ner", "senter"]
_RECORD = "language_model.json"


class LanguageModelMismatch(RasaException):
    """A trained model is started with another language model than it was trained with."""

    def __init__(self, trained: str, present: str) -> None:
        self.trained, self.present = trained, present
        remedy = (
            f"Train it again with 'make train', or install {PREFERRED} with 'make taalmodel'."
            if trained == PREFERRED
            else "Train it again with 'make train'."
        )
        super().__init__(
            f"This model was trained with the language model '{trained}', but '{present}' is present. {remedy}"
        )

    def __str__(self) -> str:
        return str(self.args[0])


def available_model() -> str:
    """The name of the language model that will be used here."""
    return PREFERRED if importlib.util.find_spec(PREFERRED) else EMBEDDED


@lru_cache(maxsize=2)
def load_language(name: str) -> Language:
    """Loads a pipeline by the name `available_model` gave."""
    if name != EMBEDDED:
        return spacy.load(name, exclude=_UNUSED_PIPES)
    language = spacy.blank("nl")
    language.add_pipe("lemmatizer", config={"mode": "lookup"})
    language.initialize()
    return language


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MODEL_LOADER, DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER],
    is_trainable=True,
    model_from="DutchLanguageModel",
)
class DutchLanguageModel(SpacyNLP):
    """Takes the place of Rasa's SpacyNLP: chooses the language model itself and remembers which it was."""

    def __init__(self, model: SpacyModel, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        super().__init__(model, config)
        self._storage, self._resource = storage, resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DutchLanguageModel:
        name = available_model()
        model = SpacyModel(model=load_language(name), model_name=name)
        return cls(model, {**cls.get_default_config(), **config}, model_storage, resource)

    def train(self, training_data: TrainingData, model: SpacyModel) -> Resource:
        """Records the language model; there is nothing to learn."""
        logger.info("Language model: %s", describe(model.model_name))
        with self._storage.write_to(self._resource) as folder:
            (folder / _RECORD).write_text(json.dumps({"name": model.model_name}), "utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> DutchLanguageModel:
        """Loads the language model, refusing another than the one recorded in training."""
        component = cls.create(config, model_storage, resource, execution_context)
        try:
            with model_storage.read_from(resource) as folder:
                trained = json.loads((folder / _RECORD).read_text("utf-8"))["name"]
        except ValueError:  # the providing node has no record of its own
            return component
        if trained != component._model.model_name:
            raise LanguageModelMismatch(trained, component._model.model_name)
        return component


def describe(name: str) -> str:
    """The language model in a sentence for the console."""
    if name == EMBEDDED:
        return f"the embedded Dutch pipeline ({PREFERRED} is not installed; 'make taalmodel' installs it)"
    return f"{name} (with word vectors)"
