"""Writes build/modelrapport.html: how well the present model understands, beside the model reported before it.

    python -m benchmarks.model_report

Figures of both sets; mistakes only of the development set, so that nobody writes training sentences by the test set.
The figures of every reported model are kept in build/modelrapporten/. The reasons of mistakes are in
tests/nlu/redenen.yml (sentence: reason); a mistake without one has room for it.
"""

from __future__ import annotations

import base64
import io
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from bot.cli import quiet_start

quiet_start()

import matplotlib  # noqa: E402

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import yaml  # noqa: E402

from benchmarks import trained  # noqa: E402
from benchmarks.calibration import draw  # noqa: E402
from benchmarks.scores import Read, Set, confidences, ece, reliability  # noqa: E402
from benchmarks.understanding import Report, measure  # noqa: E402
from bot.nlu.models import BARRIER, INTENT, NONE, QUESTIONS, ROLE  # noqa: E402
from bot.paths import BUILD, MODEL_REPORTS  # noqa: E402
from tests.nlu import corpus  # noqa: E402

REASONS = Path(corpus.__file__).parent / "redenen.yml"
WORST = 20
FALLS_WHEN_BETTER = ("ten_onrechte", "ms_per_bericht", "ECE")
TITLES = {INTENT: "Bedoeling", ROLE: "Rol", BARRIER: "Belemmering", "sector": "Sector"}

STYLE = """
body { font-family: system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
table { border-collapse: collapse; margin: 1rem 0 } td, th { padding: .3rem .6rem; border-bottom: 1px solid #ccc;
text-align: left; vertical-align: top } .beter { color: #146c2e } .slechter { color: #a3180d } img { max-width: 100% }
td.reden { min-width: 16rem; background: #fffbe6 }
"""


@dataclass(frozen=True)
class Mistake:
    """A reading that was given with this probability and is wrong."""

    question: str
    text: str
    given: str
    wanted: str
    probability: float


def mistakes(sentences: Set, read: Read) -> list[Mistake]:
    """Everything read wrongly, the surest first. A barrier is wrong when the sentence does not show it."""
    found = []
    for question in QUESTIONS:
        readings = read.intents if question == INTENT else read.situations
        labels, matrix = readings[question]
        texts = sentences.questions if question == INTENT else sentences.texts
        for text, row, wanted in zip(texts, matrix, wanted_labels(sentences, question), strict=True):
            best = int(row.argmax())
            if labels[best] not in (wanted or (NONE,)):
                said = ", ".join(wanted) or NONE
                if question != BARRIER or row[best] >= 0.5:
                    found.append(Mistake(question, text, labels[best], said, float(row[best])))
    return sorted(found, key=lambda mistake: -mistake.probability)


def wanted_labels(sentences: Set, question: str) -> list[tuple[str, ...]]:
    """The right labels of every sentence of a question."""
    if question == INTENT:
        return [(intent,) for intent, _ in sentences.intents]
    if question == BARRIER:
        return [e.barriers for e in sentences.situations]
    return [(e.role if question == ROLE else e.sector,) for e in sentences.situations]


def confusion(sentences: Set, read: Read, question: str) -> tuple[list[str], np.ndarray[Any, Any]]:
    """Labels, and per wanted label (row) the share of its sentences that each label was given (column)."""
    labels, matrix = (read.intents if question == INTENT else read.situations)[question]
    names = [*labels, NONE] if NONE not in labels else list(labels)
    counts = np.zeros((len(names), len(names)))
    for row, wanted in zip(matrix, wanted_labels(sentences, question), strict=True):
        sure = question != BARRIER or row.max() >= 0.3
        given = names[int(row.argmax())] if sure else NONE
        for label in [given] if given in wanted else wanted or (NONE,):
            if label in names:
                counts[names.index(label), names.index(given)] += 1
    return names, counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def compare(now: Report, before: Report | None) -> str:
    """Rows of a table: the figure, its value, and how much it changed."""
    rows = []
    for name, value in now.items():
        change = value - before[name] if before and name in before else 0.0
        better = (change < 0) == any(part in name for part in FALLS_WHEN_BETTER)
        kind = "" if abs(change) < 0.0005 else "beter" if better else "slechter"
        earlier = f"{before[name]:.3f}" if before and name in before else "-"
        shown = f'<td class="{kind}">{change:+.3f}</td>' if before else "<td></td>"
        rows.append(f"<tr><td>{escape(name.replace('_', ' '))}</td><td>{value:.3f}</td><td>{earlier}</td>{shown}</tr>")
    return "".join(rows)


def previous(folder: Path, fingerprint: str) -> dict[str, Any] | None:
    """The record of the model that was reported last, besides this one."""
    records = [json.loads(path.read_text("utf-8")) for path in folder.glob("*.json") if path.stem != fingerprint]
    return max(records, key=lambda record: record["tijd"], default=None)


def page(
    name: str,
    figures: Mapping[str, Report],
    before: Mapping[str, Any] | None,
    pictures: Mapping[str, bytes],
    worst: Sequence[Mistake],
    reasons: Mapping[str, str],
) -> str:
    """The report as one HTML page without outside files."""
    tables = "".join(
        f"<h2>{title}</h2><table><tr><th></th><th>nu</th><th>vorige</th><th>verschil</th></tr>"
        f"{compare(figures[key], (before or {}).get('cijfers', {}).get(key))}</table>"
        for key, title in (("test", "Testset"), ("ontwikkel", "Ontwikkelset"))
    )
    images = "".join(
        f'<h2>{escape(title)}</h2><img alt="{escape(title)}" src="data:image/png;base64,'
        f'{base64.b64encode(data).decode()}">'
        for title, data in pictures.items()
    )
    rows = "".join(
        f"<tr><td>{TITLES[m.question]}</td><td>{escape(m.text)}</td><td>{escape(m.given)} ({m.probability:.2f})</td>"
        f'<td>{escape(m.wanted)}</td><td class="reden" contenteditable>{escape(reasons.get(m.text, ""))}</td></tr>'
        for m in worst
    )
    compared = f"Vergeleken met {escape(str(before['model']))}." if before else "Er is nog geen ouder rapport."
    return (
        f'<!doctype html><html lang="nl"><meta charset="utf-8"><title>Modelrapport {escape(name)}</title>'
        f"<style>{STYLE}</style><h1>Modelrapport</h1><p>Model {escape(name)}. {compared}</p>{tables}"
        f"<h2>De {len(worst)} ergste fouten</h2><p>Fout, terwijl de bot het zekerst was. Uit de ontwikkelset.</p>"
        "<table><tr><th>vraag</th><th>zin</th><th>bot hoorde</th><th>juist</th><th>reden</th></tr>"
        f"{rows}</table>{images}</html>"
    )


def _confusion_picture(names: Sequence[str], shares: np.ndarray[Any, Any]) -> bytes:
    size = 3 + 0.25 * len(names)
    figure, axis = plt.subplots(figsize=(size + 1, size))
    axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axis.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
    axis.set_yticks(range(len(names)), names, fontsize=7)
    axis.set(xlabel="gehoord", ylabel="juist")
    return _png(figure)


def _png(figure: Any) -> bytes:
    buffer = io.BytesIO()
    figure.tight_layout()
    figure.savefig(buffer, format="png", dpi=80)
    plt.close(figure)
    return buffer.getvalue()


def main() -> None:
    from bot.training import ensure_model, fingerprint

    model, mark = ensure_model(), fingerprint()
    predictor = trained.load(model)
    sets = {name: Set.read(name) for name in ("test", "ontwikkel")}
    reads = {name: Read.of(predictor, sentences) for name, sentences in sets.items()}
    found = {name: measure(model, name) for name in sets}
    for name in sets:
        for question in QUESTIONS:
            pairs = confidences(sets[name], reads[name], question)
            assert pairs is not None
            found[name][f"{question} ECE"] = ece(*pairs)
    MODEL_REPORTS.mkdir(parents=True, exist_ok=True)
    before = previous(MODEL_REPORTS, mark)
    record = {"model": model.name, "tijd": time.time(), "cijfers": found}
    (MODEL_REPORTS / f"{mark}.json").write_text(json.dumps(record, indent=1), "utf-8")
    curves = {}
    for question in QUESTIONS:
        pairs = confidences(sets["test"], reads["test"], question)
        assert pairs is not None
        curves[TITLES[question]] = {"testset": reliability(*pairs)}
    draw(curves, BUILD / "kalibratie.png")
    pictures = {"Kalibratie": (BUILD / "kalibratie.png").read_bytes()} | {
        f"Verwarring: {TITLES[question].lower()}": _confusion_picture(*confusion(sets["test"], reads["test"], question))
        for question in QUESTIONS
    }
    worst = mistakes(sets["ontwikkel"], reads["ontwikkel"])[:WORST]
    reasons = yaml.safe_load(REASONS.read_text("utf-8")) if REASONS.is_file() else {}
    target = BUILD / "modelrapport.html"
    target.write_text(page(model.name, found, before, pictures, worst, reasons), "utf-8")
    print(f"Het rapport staat in {target}")


if __name__ == "__main__":
    main()
