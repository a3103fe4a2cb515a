"""The training and test data: enough of every label, known labels, no near-duplicates, no leak into the tests."""

from __future__ import annotations

from collections import Counter

import pytest
import yaml

from bot.content.library import Library, normalise
from bot.paths import DOMAIN
from tests.nlu import corpus

DUPLICATE, LEAK = 0.8, 0.7
SHORT = 12  # characters: 'hoi' and 'ja graag' may be like others
WITHOUT_EXAMPLES = {"start", "nlu_fallback"}  # a button, and Rasa's own

LEAST_PER_BARRIER, LEAST_PER_ROLE, LEAST_PER_SECTOR, LEAST_PER_INTENT = 400, 150, 50, 60
TESTS = ("test", "ontwikkel")


def test_there_is_enough_of_every_label(library: Library) -> None:
    barriers = Counter(b for e in corpus.training() for b in e.barriers)
    roles = Counter(e.role for e in corpus.training())
    sectors = Counter(e.sector for e in corpus.training())
    intents = Counter(e.intent for e in corpus.training())
    known = yaml.safe_load(DOMAIN.read_text("utf-8"))["intents"]
    names = {next(iter(intent)) for intent in known} - WITHOUT_EXAMPLES
    short = {
        **{b: barriers[b] for b in library.taxonomy.barriers if barriers[b] < LEAST_PER_BARRIER},
        **{r: roles[r] for r in library.taxonomy.roles if roles[r] < LEAST_PER_ROLE},
        **{s: sectors[s] for s in library.taxonomy.sectors if sectors[s] < LEAST_PER_SECTOR},
        **{i: intents[i] for i in names if intents[i] < LEAST_PER_INTENT},
    }
    assert short == {}


def test_only_known_labels_are_used(library: Library) -> None:
    vocabulary = library.taxonomy
    for example in [*corpus.training(), *(e for t in TESTS for e in corpus.situations(f"{t}_situaties.txt"))]:
        assert set(example.barriers) <= set(vocabulary.barriers), example
        assert example.role in {*vocabulary.roles, corpus.NONE}, example
        assert example.sector in {*vocabulary.sectors, corpus.NONE}, example


def test_no_training_sentence_is_nearly_another() -> None:
    examples = [e.text for e in corpus.training() if len(normalise(e.text)) > SHORT]
    assert corpus.alike(examples, examples, DUPLICATE) == []


@pytest.mark.parametrize("name", TESTS)
def test_no_test_sentence_is_in_the_training_data(name: str) -> None:
    sentences = [e.text for e in corpus.situations(f"{name}_situaties.txt")]
    sentences += [text for _, text in corpus.intents(f"{name}_intenties.txt")]
    assert corpus.alike(sentences, [e.text for e in corpus.training()], LEAK) == []


def test_the_development_set_is_apart_from_the_test_set() -> None:
    test = {normalise(e.text) for e in corpus.situations("test_situaties.txt")}
    test |= {normalise(text) for _, text in corpus.intents("test_intenties.txt")}
    development = {normalise(e.text) for e in corpus.situations("ontwikkel_situaties.txt")}
    development |= {normalise(text) for _, text in corpus.intents("ontwikkel_intenties.txt")}
    assert not test & development
