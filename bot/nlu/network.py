"""A small neural network over the sparse features: one hidden layer that several questions share.

Linear models weigh each word by itself. The hidden layer learns which words go together, from all questions at once,
and so reads a barrier in words it never saw with that barrier alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from bot.nlu.linear import LinearModel, Matrix

SEED = 1
BATCH = 256  # messages
LEARNING_RATE = 5e-3  # falls to a tenth during training
FEATURES_KEPT, UNITS_KEPT = 0.8, 0.7  # the rest is left out at random in training, so that nothing is relied on alone
GAIN = 3.0  # features are small (each block of a row has length 1): larger ones learn faster
RARE = -3.0  # a label that may hold beside others starts as improbable

Half = NDArray[np.float16]  # half precision: half the memory, the same answers


@dataclass(frozen=True)
class Question:
    """What to learn of every message: `answers` is a (messages x labels) matrix of 0 and 1, `weights` says how much
    each message counts (0: its answer is not known)."""

    labels: tuple[str, ...]
    answers: Matrix
    weights: Matrix
    exclusive: bool  # exactly one label holds


@dataclass(frozen=True)
class Network:
    hidden: Half  # features x units
    bias: Matrix  # units
    questions: Mapping[str, LinearModel]  # over the units

    def probabilities(self, features: csr_matrix) -> dict[str, Matrix]:
        """A (messages x labels) matrix per question."""
        units = np.empty((features.shape[0], len(self.bias)), dtype=np.float32)
        for row, (begin, end) in enumerate(zip(features.indptr, features.indptr[1:], strict=False)):
            used = self.hidden[features.indices[begin:end]].astype(np.float32)
            units[row] = features.data[begin:end] @ used
        units = np.maximum(units + self.bias, 0.0)
        return {name: question.probabilities(units) for name, question in self.questions.items()}


def fit_network(
    features: csr_matrix, questions: Mapping[str, Question], mixed: str, units: int, epochs: int
) -> Network:
    """Learns all questions at once.

    Sentences that show one label of the question `mixed` are also laid together two by two, as people do who tell
    two things in one message.
    """
    import tensorflow as tf

    tf.random.set_seed(SEED)
    random = np.random.default_rng(SEED)
    names = list(questions)
    ends = np.cumsum([len(questions[name].labels) for name in names])
    begins = [0, *ends[:-1]]
    hidden = tf.Variable(tf.random.normal((features.shape[1], units), stddev=0.1))
    bias = tf.Variable(tf.zeros(units))
    out = tf.Variable(tf.random.normal((units, int(ends[-1])), stddev=0.1))
    starts = [0.0 if questions[name].exclusive else RARE for name in names for _ in questions[name].labels]
    out_bias = tf.Variable(tf.constant(starts))
    variables = [hidden, bias, out, out_bias]
    steps = epochs * -(-features.shape[0] // BATCH)
    pace = tf.keras.optimizers.schedules.PolynomialDecay(LEARNING_RATE, steps, LEARNING_RATE / 10)
    optimizer = tf.keras.optimizers.legacy.Adam(pace)

    @tf.function(reduce_retracing=True, autograph=False)  # type: ignore[untyped-decorator]
    def step(indices: Any, values: Any, shape: Any, answers: Sequence[Any], weights: Sequence[Any]) -> None:
        with tf.GradientTape() as tape:
            inputs = tf.SparseTensor(indices, values, shape)
            active = tf.nn.relu(tf.sparse.sparse_dense_matmul(inputs, hidden) + bias)
            scores = tf.nn.dropout(active, 1 - UNITS_KEPT) @ out + out_bias
            loss = 0.0
            for name, begin, end, answer, weight in zip(names, begins, ends, answers, weights, strict=True):
                if questions[name].exclusive:
                    errors = tf.nn.softmax_cross_entropy_with_logits(answer, scores[:, begin:end])
                else:
                    each = tf.nn.sigmoid_cross_entropy_with_logits(answer, scores[:, begin:end])
                    errors = tf.reduce_sum(each, axis=1)
                loss += tf.reduce_mean(weight * errors)
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))

    scaled = features * GAIN
    for _ in range(epochs):
        for rows, answers, weights in _batches(scaled, questions, mixed, random):
            rows = rows.tocoo()
            indices = np.stack([rows.row, rows.col], axis=1).astype(np.int64)
            shape = tf.constant(rows.shape, tf.int64)
            step(tf.constant(indices), tf.constant(rows.data), shape, answers, weights)
    weights_out, bias_out = out.numpy(), out_bias.numpy()
    return Network(
        hidden=(hidden.numpy() * GAIN).astype(np.float16),
        bias=bias.numpy(),
        questions={
            name: LinearModel(
                questions[name].labels, weights_out[:, begin:end], bias_out[begin:end], questions[name].exclusive
            )
            for name, begin, end in zip(names, begins, ends, strict=True)
        },
    )


def _batches(
    features: csr_matrix, questions: Mapping[str, Question], mixed: str, random: np.random.Generator
) -> Iterator[tuple[csr_matrix, list[Matrix], list[Matrix]]]:
    """All messages once, in a random order, with features left out and with pairs laid together."""
    shows = questions[mixed].answers.any(axis=1)
    order = random.permutation(features.shape[0])
    for begin in range(0, len(order), BATCH):
        places = order[begin : begin + BATCH]
        rows = features[places]
        kept = random.random(len(rows.data)) < FEATURES_KEPT
        rows.data = (rows.data * kept / FEATURES_KEPT).astype(np.float32)
        telling = np.flatnonzero(shows[places])
        one, other = random.permutation(telling), random.permutation(telling)
        both = (rows[one] + rows[other]) * np.float32(0.5**0.5)
        answers, weights = [], []
        for name, question in questions.items():
            answer, weight = question.answers[places], question.weights[places]
            together = np.maximum(answer[one], answer[other]) if name == mixed else answer[one]
            counts = np.minimum(weight[one], weight[other]) if name == mixed else np.zeros(len(one))
            answers.append(np.concatenate([answer, together]).astype(np.float32))
            weights.append(np.concatenate([weight, counts]).astype(np.float32))
        yield vstack([rows, both], format="csr"), answers, weights
