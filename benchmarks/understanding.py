"""Measures what the trained model understands of the sentences in tests/nlu/.

python -m benchmarks.understanding                the test set
python -m benchmarks.understanding ontwikkel      the development set, to choose settings with
python -m benchmarks.understanding ontwikkel --fouten     with the mistakes
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.cli import quiet_start

quiet_start()

from sklearn.metrics import f1_score  # noqa: E402

from tests.nlu import corpus  # noqa: E402

Report = dict[str, float]
CARE = ("nood", "grensoverschrijding")


def measure(model: Path, name: str, mistakes: list[str] | None = None) -> Report:
    """Figures between 0 and 1, and milliseconds per message, by name."""
    situations = corpus.situations(f"{name}_situaties.txt")
    intents = corpus.intents(f"{name}_intenties.txt")
    parsed = parse(model, [e.text for e in situations] + [text for _, text in intents])
    notes = mistakes if mistakes is not None else []
    report = {
        **_situations(situations, parsed[: len(situations)], notes),
        **_intents(intents, parsed[len(situations) :], notes),
    }
    report["ms_per_bericht"] = statistics.median(found["ms"] for found in parsed)
    return report


def parse(model: Path, texts: Sequence[str]) -> list[dict[str, Any]]:
    from rasa.core.agent import Agent

    from bot.server import quiet_logging

    quiet_logging()
    agent = Agent()
    agent.load_model(model)
    found = []
    for text in texts:
        begin = time.perf_counter()
        data = asyncio.run(agent.parse_message(text))
        found.append({**data, "ms": (time.perf_counter() - begin) * 1000})
    return found


def _situations(examples: Sequence[corpus.Example], parsed: Sequence[dict[str, Any]], notes: list[str]) -> Report:
    labels = sorted({b for e in examples for b in e.barriers})
    truth, answers, ranked = [], [], []
    hits: dict[str, list[bool]] = {"rol": [], "sector": []}
    false: dict[str, list[bool]] = {"rol": [], "sector": []}
    for example, data in zip(examples, parsed, strict=True):
        said: dict[str, list[str]] = {}
        for entity in data["entities"]:
            said.setdefault(entity["entity"], []).append(entity["value"])
        truth.append([label in example.barriers for label in labels])
        answers.append([label in said.get("belemmering", []) for label in labels])
        ranked.append([label for label, _ in data["begrip"]["belemmering"]])
        for name, wanted in (("rol", example.role), ("sector", example.sector)):
            given = said.get(name, [corpus.NONE])[0]
            (false if wanted == corpus.NONE else hits)[name].append(
                given != corpus.NONE if wanted == corpus.NONE else given == wanted
            )
        if set(said.get("belemmering", [])) != set(example.barriers):
            notes.append(f"{','.join(example.barriers) or '-'} <> {data['begrip']['belemmering'][:3]} | {example.text}")
    with_barrier = [(e, r) for e, r in zip(examples, ranked, strict=True) if e.barriers]
    return {
        "belemmeringen_macro_f1": f1_score(truth, answers, average="macro", zero_division=0),
        "belemmeringen_micro_f1": f1_score(truth, answers, average="micro", zero_division=0),
        "belemmeringen_precies": _mean([t == a for t, a in zip(truth, answers, strict=True)]),
        "belemmering_sterkste_goed": _mean([bool(set(r[:1]) & set(e.barriers)) for e, r in with_barrier]),
        "belemmering_bij_eerste_drie": _mean([bool(set(r[:3]) & set(e.barriers)) for e, r in with_barrier]),
        "rol_juist": _mean(hits["rol"]),
        "rol_ten_onrechte": _mean(false["rol"]),
        "sector_juist": _mean(hits["sector"]),
        "sector_ten_onrechte": _mean(false["sector"]),
        "vertellen_herkend": _mean([d["intent"]["name"] in ("vertellen", *CARE) for d in parsed]),
    }


def _intents(examples: Sequence[tuple[str, str]], parsed: Sequence[dict[str, Any]], notes: list[str]) -> Report:
    right: dict[str, list[bool]] = {}
    lost = []
    for (wanted, text), data in zip(examples, parsed, strict=True):
        given = data["intent"]["name"]
        # For safety it does not matter which of the two careful answers is given.
        ok = given in CARE if wanted in CARE else given == wanted
        right.setdefault(wanted, []).append(ok)
        if wanted not in ("buiten_bereik", "andere_taal"):
            lost.append(given in ("buiten_bereik", "andere_taal", "nlu_fallback"))
        if not ok:
            notes.append(f"{wanted} <> {given} {data['intent']['confidence']:.2f} | {text}")
    return {
        "intent_juist": _mean([ok for found in right.values() for ok in found]),
        "zorg_herkend": _mean([ok for name in CARE for ok in right[name]]),
        "buiten_bereik_herkend": _mean(right["buiten_bereik"]),
        "ten_onrechte_buiten_bereik": _mean(lost),
    }


def _mean(values: Sequence[bool]) -> float:
    return sum(values) / len(values)


def main() -> None:
    from bot.training import ensure_model

    name = next((a for a in sys.argv[1:] if not a.startswith("-")), "test")
    notes: list[str] = []
    report = measure(ensure_model(), name, notes)
    print(f"| {name} | |\n| --- | --- |")
    for label, value in report.items():
        print(f"| {label} | {value:.3f} |")
    if "--fouten" in sys.argv:
        print("\n".join(notes))


if __name__ == "__main__":
    main()
