"""Compares ways to understand a message: the same training sentences, measured on the development set.

    python -m benchmarks.pipelines                     all of them (an hour and more), as a Markdown table
    python -m benchmarks.pipelines geleverd lineair    only these; the others' figures are kept from earlier
    python -m benchmarks.pipelines --test geleverd     on the test set, with the cuts of the development set

Choose by the development set; the test set only tells how good what was chosen is. Every pipeline gets the cuts
(from which probability an answer counts) that suit it best on the development set. Times are seconds and milliseconds
of computing, on all cores together, so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from bot.cli import quiet_start

quiet_start()

from benchmarks import candidates as c  # noqa: E402
from benchmarks.scores import Cuts, Figures, Read, Set, choose, figures  # noqa: E402
from bot.nlu.models import Settings  # noqa: E402
from bot.paths import BUILD  # noqa: E402
from tests.nlu import corpus  # noqa: E402

DIET = {"name": "DIETClassifier", "epochs": 15, "entity_recognition": False, "constrain_similarities": True}
CANDIDATES: Mapping[str, tuple[str, c.Candidate]] = {
    "geleverd": ("what bot/nlu does: network and linear models", c.shipped()),
    "zonder_lexicon": ("the same without the lexicons", c.shipped(with_lexicons=False)),
    "zonder_letters": ("the same without letter n-grams", c.shipped(part=c.without_pieces)),
    "breder": ("the same with 256 hidden units", c.shipped(Settings(**{**c.CONFIG["learning"], "units": 256}))),
    "lineair": ("linear models only: multinomial, barriers one against rest", c.per_question(c.linear)),
    "een_tegen_rest": ("linear models only, all one against rest", c.per_question(c.one_against_rest)),
    "svm": ("linear support vector machines", c.per_question(c.support_vectors)),
    "woordvectoren": ("linear, with word vectors learned here beside", c.per_question(c.linear, c.word_vectors)),
    "perceptron": ("multi-layer perceptron per question (scikit-learn)", c.per_question(c.perceptron)),
    "boosting": ("gradient boosting on 100 dimensions", c.per_question(c.boosting)),
    "gemiddelde": ("mean of 'geleverd' and 'lineair'", c.mean_of(c.shipped(), c.per_question(c.linear))),
    "rasa_lr": (
        "Rasa's LogisticRegressionClassifier, at most 60 sentences a label",
        c.rasa_pipeline({"name": "LogisticRegressionClassifier"}, 60),
    ),
    "rasa_diet": ("Rasa's DIET, 15 epochs, at most 60 sentences a label", c.rasa_pipeline(DIET, 60)),
}
COLUMNS = (
    "belemmering macro F1", "belemmering micro F1", "belemmering precies", "belemmering sterkste goed",
    "belemmering bij eerste drie", "rol juist", "rol ten onrechte", "rol macro F1", "sector juist",
    "sector ten onrechte", "sector macro F1", "intentie juist", "zorg herkend", "buiten bereik herkend",
    "ten onrechte buiten bereik", "belemmering ECE", "belemmering Brier", "intent ECE", "ms per bericht", "leren (s)",
)  # fmt: skip


def run(candidate: c.Candidate, examples: Sequence[corpus.Example], test: bool) -> tuple[Figures, Cuts]:
    """Learns, chooses the cuts on the development set and measures there, or on the test set."""
    start = time.process_time()
    predictor = candidate(examples)
    learned = time.process_time() - start
    sentences = Set.read("ontwikkel")
    read = Read.of(predictor, sentences)
    cuts = choose(sentences, read)
    if test:
        sentences = Set.read("test")
        read = Read.of(predictor, sentences)
    found = figures(sentences, read, cuts)
    times = []
    for text in sentences.texts[:100]:
        begin = time.process_time()
        predictor([text])
        times.append((time.process_time() - begin) * 1000)
    return {**found, "ms per bericht": statistics.median(times), "leren (s)": learned}, cuts


def table(results: Mapping[str, Figures]) -> str:
    """A Markdown table with a row per figure, as there are more figures than pipelines."""
    head = f"| | {' | '.join(results)} |\n| --- |{' --- |' * len(results)}"
    rows = [
        f"| {name} | {' | '.join(_shown(found.get(name), name) for found in results.values())} |" for name in COLUMNS
    ]
    return "\n".join([head, *rows])


def _shown(value: float | None, name: str) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if name == "leren (s)" else f"{value:.1f}" if name == "ms per bericht" else f"{value:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pipelines", nargs="*", choices=[*CANDIDATES, []], metavar="NAME", help=", ".join(CANDIDATES))
    parser.add_argument("--test", action="store_true")
    options = parser.parse_args()
    path = BUILD / ("pipelines-test.json" if options.test else "pipelines.json")
    path.parent.mkdir(exist_ok=True)
    examples = corpus.training()
    for name in options.pipelines or CANDIDATES:
        found, cuts = run(CANDIDATES[name][1], examples, options.test)
        kept = json.loads(path.read_text("utf-8")) if path.is_file() else {}  # another run may have added to it
        kept[name] = {"figures": found, "cuts": asdict(cuts)}
        path.write_text(json.dumps(kept, indent=1), "utf-8")
        print(f"{name}: {CANDIDATES[name][0]} ({len(examples)} sentences, {asdict(cuts)})", flush=True)
    print(f"\n{table({name: kept[name]['figures'] for name in CANDIDATES if name in kept})}")


if __name__ == "__main__":
    main()
