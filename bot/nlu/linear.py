"""Linear models over sparse features: one choice of many (intent, role, sector) or several at once (barriers)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

ITERATIONS = 30  # more gave the same accuracy on the development set

warnings.filterwarnings("ignore", category=ConvergenceWarning)  # stopping early is on purpose

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class LinearModel:
    """Scores X @ weights + bias become probabilities: a softmax over labels, or one logistic per label."""

    labels: tuple[str, ...]
    weights: Matrix  # features x labels
    bias: Matrix  # labels
    exclusive: bool  # exactly one label holds

    def probabilities(self, features: csr_matrix) -> Matrix:
        """A (messages x labels) matrix."""
        scores = np.asarray(features @ self.weights) + self.bias
        if not self.exclusive:
            return 1.0 / (1.0 + np.exp(-scores))  # type: ignore[no-any-return]
        scores -= scores.max(axis=1, keepdims=True)
        exponent = np.exp(scores)
        return exponent / exponent.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]


def fit_exclusive(features: csr_matrix, answers: Sequence[str], strength: float, balance: float = 0.5) -> LinearModel:
    """Multinomial logistic regression. `balance` 0 leaves the classes as they are, 1 gives every class the
    same total weight."""
    labels = tuple(sorted(set(answers)))
    counts = {label: answers.count(label) for label in labels}
    mean = len(answers) / len(labels)
    weights = [(mean / counts[answer]) ** balance for answer in answers]
    model = LogisticRegression(C=strength, solver="lbfgs", multi_class="multinomial", max_iter=ITERATIONS, tol=1e-3)
    model.fit(features, answers, sample_weight=weights)
    if len(labels) == 2:  # scikit-learn keeps a single column for two classes
        coefficients = np.vstack([-model.coef_, model.coef_]) / 2
        intercept = np.concatenate([-model.intercept_, model.intercept_]) / 2
    else:
        coefficients, intercept = model.coef_, model.intercept_
    order = tuple(str(label) for label in model.classes_)
    return LinearModel(order, _dense(coefficients), intercept.astype(np.float32), exclusive=True)


def fit_multiple(features: csr_matrix, answers: Sequence[Sequence[str]], strength: float) -> LinearModel:
    """One logistic regression per label, each against all other messages."""
    labels = tuple(sorted({label for answer in answers for label in answer}))
    columns, bias = [], []
    for label in labels:
        holds = np.array([label in answer for answer in answers])
        model = LogisticRegression(C=strength, solver="liblinear", tol=1e-2, max_iter=50)
        model.fit(features, holds)
        columns.append(model.coef_[0])
        bias.append(model.intercept_[0])
    return LinearModel(labels, _dense(np.array(columns)), np.array(bias, dtype=np.float32), exclusive=False)


def _dense(coefficients: NDArray[np.float64]) -> Matrix:
    return np.ascontiguousarray(coefficients.T, dtype=np.float32)
