"""Fits the calibration of the trained model on the development set, and measures it on the test set.

    python -m benchmarks.calibration

Prints the scale and shift per question for Settings.calibration in bot/nlu/models.py, a table of the error before and
after, and draws build/kalibratie.png.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.cli import quiet_start

quiet_start()

import matplotlib  # noqa: E402

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
from scipy.optimize import minimize  # noqa: E402

from benchmarks import trained  # noqa: E402
from benchmarks.scores import Read, Set, confidences, ece, reliability  # noqa: E402
from bot.nlu.calibration import Calibration  # noqa: E402
from bot.nlu.models import BARRIER, INTENT, QUESTIONS, ROLE  # noqa: E402
from bot.paths import BUILD  # noqa: E402


def fit(sentences: Set, read: Read) -> dict[str, Calibration]:
    """The scale and shift per question that make the right answers likeliest."""
    return {question: _fit(sentences, read, question) for question in QUESTIONS}


def _fit(sentences: Set, read: Read, question: str) -> Calibration:
    labels, matrix = (read.intents if question == INTENT else read.situations)[question]
    if question == BARRIER:
        wanted = np.array([[label in e.barriers for label in labels] for e in sentences.situations])
    elif question == INTENT:
        wanted = np.array([[label == intent for label in labels] for intent, _ in sentences.intents])
    else:
        said = [e.role if question == ROLE else e.sector for e in sentences.situations]
        wanted = np.array([[label == answer for label in labels] for answer in said])

    def loss(values: Any) -> float:
        found = Calibration(values[0], values[1]).apply(matrix.astype(np.float64), question != BARRIER)
        bounded = np.clip(found, 1e-9, 1 - 1e-9)
        if question == BARRIER:
            return float(-np.mean(np.where(wanted, np.log(bounded), np.log(1 - bounded))))
        return float(-np.log(bounded[wanted]).mean())

    if question == BARRIER:
        best = minimize(loss, [1.0, 0.0], method="Nelder-Mead").x
    else:
        best = [*minimize(lambda v: loss([v[0], 0.0]), [1.0], method="Nelder-Mead").x, 0.0]
    return Calibration(round(float(best[0]), 2), round(float(best[1]), 2))


def applied(read: Read, calibration: Mapping[str, Calibration]) -> Read:
    def each(readings: Any) -> Any:
        return {q: (labels, calibration[q].apply(matrix, q != BARRIER)) for q, (labels, matrix) in readings.items()}

    return Read(each(read.situations), each(read.intents))


def draw(curves: Mapping[str, Mapping[str, list[tuple[float, float, int]]]], path: Path) -> None:
    """A picture per question: probability against share right, a line per entry."""
    figure, axes = plt.subplots(1, len(curves), figsize=(4 * len(curves), 4), squeeze=False)
    for axis, (question, lines) in zip(axes[0], curves.items(), strict=True):
        axis.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
        for name, points in lines.items():
            axis.plot([p for p, _, _ in points], [share for _, share, _ in points], marker="o", label=name)
        axis.set(title=question, xlabel="kans die de bot geeft", ylabel="deel dat klopt", xlim=(0, 1), ylim=(0, 1))
        axis.legend()
    figure.tight_layout()
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path)
    plt.close(figure)


def main() -> None:
    from bot.training import ensure_model

    predictor = trained.load(ensure_model(), calibrated=False)
    development, test = Set.read("ontwikkel"), Set.read("test")
    calibration = fit(development, Read.of(predictor, development))
    before = Read.of(predictor, test)
    after = applied(before, calibration)
    print({question: (c.scale, c.shift) for question, c in calibration.items()})
    print("\n| test set | ECE before | ECE after | Brier before | Brier after |\n| --- | --- | --- | --- | --- |")
    curves = {}
    for question in QUESTIONS:
        pairs = [confidences(test, read, question) for read in (before, after)]
        one, other = (pair for pair in pairs if pair is not None)
        briers = [float(np.mean((p - right) ** 2)) for p, right in (one, other)]
        print(f"| {question} | {ece(*one):.3f} | {ece(*other):.3f} | {briers[0]:.3f} | {briers[1]:.3f} |")
        curves[question] = {"zonder": reliability(*one), "gekalibreerd": reliability(*other)}
    draw(curves, BUILD / "kalibratie.png")


if __name__ == "__main__":
    main()
