"""How quality grows with the amount of training data: should more sentences be written, and of what?

    python -m benchmarks.learning_curves [--delen 0.125 0.25 0.5 1]

Measured on the development set; of every label the same share is kept, evenly. Prints a Markdown table and draws
build/leercurve.png.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from bot.cli import quiet_start

quiet_start()

import matplotlib  # noqa: E402

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

from benchmarks.candidates import shipped  # noqa: E402
from benchmarks.scores import Figures, Read, Set, choose, figures  # noqa: E402
from bot.paths import BUILD  # noqa: E402
from tests.nlu import corpus  # noqa: E402

SHARES = (0.125, 0.25, 0.5, 1.0)
SHOWN = (
    "belemmering macro F1", "belemmering bij eerste drie", "rol juist", "sector juist", "intentie juist",
    "buiten bereik herkend",
)  # fmt: skip


def part(examples: Sequence[corpus.Example], share: float) -> list[corpus.Example]:
    """An even selection: the same share of the sentences of every intent and set of barriers, at least two."""
    groups: dict[tuple[str, ...], list[corpus.Example]] = {}
    for example in examples:
        groups.setdefault((example.intent, *example.barriers), []).append(example)
    kept = []
    for group in groups.values():
        count = min(len(group), max(2, round(share * len(group))))
        kept += [group[n * len(group) // count] for n in range(count)]
    return kept


def measure(examples: Sequence[corpus.Example]) -> Figures:
    development = Set.read("ontwikkel")
    read = Read.of(shipped()(examples), development)
    return figures(development, read, choose(development, read))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--delen", type=float, nargs="+", default=SHARES)
    shares = parser.parse_args().delen
    print(f"| zinnen | {' | '.join(SHOWN)} |\n| --- |{' --- |' * len(SHOWN)}")
    points = []
    for share in sorted(shares):
        examples = part(corpus.training(), share)
        found = measure(examples)
        points.append((len(examples), found))
        print(f"| {len(examples)} | {' | '.join(f'{found[name]:.3f}' for name in SHOWN)} |", flush=True)
    figure, axis = plt.subplots(figsize=(8, 5))
    for name in SHOWN:
        axis.plot([count for count, _ in points], [found[name] for _, found in points], marker="o", label=name)
    axis.set(xscale="log", xlabel="zinnen om van te leren", ylabel="deel goed", ylim=(0, 1))
    axis.set_xticks([count for count, _ in points], [str(count) for count, _ in points])
    axis.legend()
    BUILD.mkdir(exist_ok=True)
    figure.tight_layout()
    figure.savefig(BUILD / "leercurve.png")


if __name__ == "__main__":
    main()
