"""How well the trained model understands sentences written apart from the training data.

The floors lie a little under what was measured (python -m benchmarks.understanding prints all figures), so that a
change that makes understanding worse fails here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.understanding import Report, measure

FLOORS = {
    "rol_juist": 0.81,
    "sector_juist": 0.87,
    "belemmeringen_micro_f1": 0.74,
    "belemmering_sterkste_goed": 0.85,
    "belemmering_bij_eerste_drie": 0.95,
    "intent_juist": 0.90,
    "zorg_herkend": 0.96,
    "buiten_bereik_herkend": 0.88,
}
# A role heard too often is nearly always 'medewerker', which the bot assumes anyway when it knows no role.
CEILINGS = {"rol_ten_onrechte": 0.18, "sector_ten_onrechte": 0.08, "ten_onrechte_buiten_bereik": 0.03}


@pytest.fixture(scope="module")
def report(model: Path) -> Report:
    return measure(model, "test")


@pytest.mark.parametrize("name", FLOORS)
def test_understanding_is_at_least(report: Report, name: str) -> None:
    assert report[name] >= FLOORS[name]


@pytest.mark.parametrize("name", CEILINGS)
def test_false_readings_are_at_most(report: Report, name: str) -> None:
    assert report[name] <= CEILINGS[name]
