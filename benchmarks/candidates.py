"""The pipelines that are compared: each learns from the same training sentences and gives probabilities."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from benchmarks.scores import Predictor, Readings
from bot.nlu.features import PIECE_BITS, WORD_BITS, Featurizer, Lexicon, normalise, words
from bot.nlu.linear import LinearModel, Matrix, fit_exclusive, fit_multiple
from bot.nlu.models import BARRIER, INTENT, QUESTIONS, ROLE, SECTOR, Labels, Models, Settings
from bot.nlu.understanding import UnderstandingClassifier
from bot.paths import CONTENT, ROOT
from tests.nlu.corpus import Example

Candidate = Callable[[Sequence[Example]], Predictor]

CONFIG = UnderstandingClassifier.get_default_config()
NOTHING = "geen"  # the label, for Rasa's classifiers, of a message without barriers


@lru_cache(maxsize=1)
def lexicons() -> tuple[Lexicon, ...]:
    return tuple(yaml.safe_load((ROOT / path).read_text("utf-8")) for path in CONFIG["lexicons"])


def _labels(examples: Sequence[Example]) -> list[Labels]:
    return [Labels(e.intent, e.role, e.barriers, e.sector) for e in examples]


def everything(features: csr_matrix) -> csr_matrix:
    return features


def without_pieces(features: csr_matrix) -> csr_matrix:
    kept = np.ones(features.shape[1], dtype=np.float32)
    kept[2**WORD_BITS : 2**WORD_BITS + 2**PIECE_BITS] = 0.0
    masked = features @ diags(kept, format="csr")
    masked.eliminate_zeros()
    return masked


def shipped(settings: Settings | None = None, with_lexicons: bool = True, part: Any = everything) -> Candidate:
    """What bot/nlu does, or the same with something left out."""
    settings = settings or Settings(**CONFIG["learning"])

    def learn(examples: Sequence[Example]) -> Predictor:
        featurizer = Featurizer(lexicons() if with_lexicons else (), CONFIG["concept_weight"])
        features = part(featurizer.transform([e.text for e in examples]))
        about = featurizer.lexicon_columns(CONFIG["intent_lexicons"])
        models = Models.learn(features, _labels(examples), settings, about)

        def predict(texts: Sequence[str]) -> Readings:
            found = models.probabilities(part(featurizer.transform(texts)))
            return {name: (models.labels(name), found[name]) for name in QUESTIONS}

        return predict

    return learn


def _answers(examples: Sequence[Example]) -> dict[str, list[Any]]:
    return {
        INTENT: [e.intent for e in examples],
        ROLE: [e.role for e in examples],
        SECTOR: [e.sector for e in examples],
        BARRIER: [e.barriers for e in examples],
    }


def per_question(fit: Callable[[csr_matrix, str, Sequence[Any]], Any], extend: Any = None) -> Candidate:
    """A model for each question by itself over the same features: `fit(features, question, answers)` gives a
    function from features to (labels, probabilities). `extend` learns further features from the sentences."""

    def learn(examples: Sequence[Example]) -> Predictor:
        featurizer = Featurizer(lexicons(), CONFIG["concept_weight"])
        texts = [e.text for e in examples]
        more = extend(texts) if extend else None

        def features_of(some: Sequence[str]) -> csr_matrix:
            features = featurizer.transform(some)
            return hstack([features, more(some)], format="csr", dtype=np.float32) if more else features

        features = features_of(texts)
        columns = np.flatnonzero(np.asarray((features != 0).sum(axis=0)).ravel() >= 2)
        features = features[:, columns]
        fitted = {name: fit(features, name, answers) for name, answers in _answers(examples).items()}

        def predict(some: Sequence[str]) -> Readings:
            rows = features_of(some)[:, columns]
            return {name: model(rows) for name, model in fitted.items()}

        return predict

    return learn


def linear(features: csr_matrix, question: str, answers: Sequence[Any]) -> Any:
    """Multinomial logistic regression; for barriers one logistic regression per label."""
    model: LinearModel = (
        fit_multiple(features, answers, 12.0) if question == BARRIER else fit_exclusive(features, answers, 12.0)
    )
    return lambda rows: (model.labels, model.probabilities(rows))


def one_against_rest(features: csr_matrix, question: str, answers: Sequence[Any]) -> Any:
    """One logistic regression per label, for every question."""
    model = fit_multiple(features, answers if question == BARRIER else [(answer,) for answer in answers], 12.0)
    return lambda rows: (model.labels, model.probabilities(rows))


def support_vectors(features: csr_matrix, question: str, answers: Sequence[Any]) -> Any:
    """Linear support vector machine, one per label; margins become probabilities by a fixed logistic."""
    labels, targets = _targets(question, answers)
    model = OneVsRestClassifier(LinearSVC(C=0.3)).fit(features, targets)
    return lambda rows: (labels, (1 / (1 + np.exp(-2 * model.decision_function(rows) - 1))).astype(np.float32))


def perceptron(features: csr_matrix, question: str, answers: Sequence[Any]) -> Any:
    """scikit-learn's multi-layer perceptron, 64 units, one network per question."""
    labels, targets = _targets(question, answers)
    model = MLPClassifier((64,), max_iter=6, learning_rate_init=3e-3, random_state=1).fit(features, targets)
    return lambda rows: (labels, model.predict_proba(rows).astype(np.float32))


def boosting(features: csr_matrix, question: str, answers: Sequence[Any]) -> Any:
    """Gradient boosting on 100 dimensions of the features (latent semantic analysis)."""
    labels, targets = _targets(question, answers)
    reduce = TruncatedSVD(100, random_state=1).fit(features)
    model = OneVsRestClassifier(HistGradientBoostingClassifier(max_iter=60, random_state=1))
    model.fit(reduce.transform(features), targets)
    return lambda rows: (labels, model.predict_proba(reduce.transform(rows)).astype(np.float32))


def _targets(question: str, answers: Sequence[Any]) -> tuple[list[str], Any]:
    sets = [set(answer) if question == BARRIER else {answer} for answer in answers]
    labels = sorted(set().union(*sets))
    return labels, np.array([[label in some for label in labels] for some in sets], dtype=int)


def word_vectors(texts: Sequence[str]) -> Callable[[Sequence[str]], csr_matrix]:
    """Vectors of 100 dimensions, learned here: singular vectors of how often words stand near each other (positive
    pointwise mutual information, window 4) in the training sentences and the content. A message is their mean."""
    written = [path.read_text("utf-8").split("---", 2)[-1] for path in sorted(CONTENT.glob("*/*.md"))]
    lines = [*texts, *(line for text in written for line in text.splitlines())]
    tokens = [words(normalise(line)) for line in lines]
    counts = Counter(token for line in tokens for token in line)
    place = {token: n for n, token in enumerate(t for t, count in counts.items() if count >= 3)}
    near: Counter[tuple[int, int]] = Counter()
    for line in tokens:
        known = [place[token] for token in line if token in place]
        for n, one in enumerate(known):
            for other in known[n + 1 : n + 5]:
                near[one, other] += 1
                near[other, one] += 1
    rows, columns = np.array(list(near)).T
    values = np.array(list(near.values()), dtype=np.float64)
    total = np.bincount(rows, values, len(place))
    values = np.maximum(np.log(values * values.sum() / (total[rows] * total[columns])), 0)
    svd = TruncatedSVD(100, random_state=1)
    vectors = normalize(svd.fit_transform(csr_matrix((values, (rows, columns)), shape=(len(place), len(place)))))

    def mean(some: Sequence[str]) -> csr_matrix:
        found = [[place[t] for t in words(normalise(text)) if t in place] for text in some]
        return csr_matrix(normalize(np.array([vectors[p].mean(axis=0) if p else np.zeros(100) for p in found])))

    return mean


def mean_of(*candidates: Candidate) -> Candidate:
    """The mean of the probabilities of several."""

    def learn(examples: Sequence[Example]) -> Predictor:
        predictors = [candidate(examples) for candidate in candidates]

        def predict(texts: Sequence[str]) -> Readings:
            first, *others = [predictor(texts) for predictor in predictors]
            assert all(list(first[name][0]) == list(other[name][0]) for other in others for name in first)
            return {
                name: (labels, np.mean([matrix, *(other[name][1] for other in others)], axis=0))
                for name, (labels, matrix) in first.items()
            }

        return predict

    return learn


SPARSE_FEATURES: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer", "intent_tokenization_flag": True, "intent_split_symbol": "+"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
]


def rasa_pipeline(classifier: Mapping[str, Any], most: int) -> Candidate:
    """Rasa's default features with one of Rasa's classifiers, trained once for each question, with at most `most`
    sentences of a label. Barriers become one label, such as 'geen_geld+weinig_tijd' (which DIET takes apart); the
    probability of a barrier is the sum of the labels it is in."""
    pipeline = [*SPARSE_FEATURES, {**classifier, "ranking_length": 0}]

    def learn(examples: Sequence[Example]) -> Predictor:
        parsers = {}
        for question, answers in _answers(examples).items():
            joined = ["+".join(sorted(a)) or NOTHING for a in answers] if question == BARRIER else answers
            parsers[question] = _rasa_parser(pipeline, [e.text for e in examples], joined, most)

        def predict(texts: Sequence[str]) -> Readings:
            return {name: _marginal(name, parse(texts)) for name, parse in parsers.items()}

        return predict

    return learn


def _rasa_parser(
    pipeline: Sequence[Mapping[str, Any]], texts: Sequence[str], answers: Sequence[str], most: int
) -> Callable[[Sequence[str]], list[dict[str, float]]]:
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    places: dict[str, list[str]] = {}
    for text, answer in zip(texts, answers, strict=True):
        places.setdefault(answer, []).append(text)
    blocks = [
        {"intent": answer, "examples": "".join(f"- {text}\n" for text in some[:: -(-len(some) // most)])}
        for answer, some in places.items()
        if len(some) >= 5
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = {"recipe": "default.v1", "language": "nl", "assistant_id": "proef", "pipeline": list(pipeline)}
        (folder / "config.yml").write_text(yaml.safe_dump(config), "utf-8")
        (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True), "utf-8")
        model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), output=str(folder))
        agent = Agent()
        agent.load_model(model)

    def parse(some: Sequence[str]) -> list[dict[str, float]]:
        found = [asyncio.run(agent.parse_message(text)) for text in some]
        return [{r["name"]: float(r["confidence"]) for r in data["intent_ranking"]} for data in found]

    return parse


def _marginal(question: str, found: Sequence[Mapping[str, float]]) -> tuple[list[str], Matrix]:
    names = sorted({name for row in found for name in row})
    if question != BARRIER:
        return names, np.array([[row.get(name, 0.0) for name in names] for row in found], dtype=np.float32)
    labels = sorted({part for name in names for part in name.split("+")} - {NOTHING})
    sums = [[sum(p for name, p in row.items() if label in name.split("+")) for label in labels] for row in found]
    return labels, np.array(sums, dtype=np.float32)
