"""Makes probabilities mean what they say: of the readings given 0.7, about seven in ten are right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.nlu.linear import Matrix

_LEAST = 1e-6


@dataclass(frozen=True)
class Calibration:
    """The score of a probability is multiplied by `scale` (below 1: less sure) and `shift` is added.

    Both are fitted on the development set (python -m benchmarks.calibration); the shift is for labels that hold
    beside each other, and has no meaning where exactly one holds.
    """

    scale: float = 1.0
    shift: float = 0.0

    def apply(self, probabilities: Matrix, exclusive: bool) -> Matrix:
        """A (messages x labels) matrix, in the same order of labels in every row."""
        bounded = np.clip(probabilities, _LEAST, 1 - _LEAST)
        if exclusive:
            powers = bounded**self.scale
            return powers / powers.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]
        scores = np.log(bounded / (1 - bounded)) * self.scale + self.shift
        return 1.0 / (1.0 + np.exp(-scores))  # type: ignore[no-any-return]
