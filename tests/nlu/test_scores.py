"""The measuring itself, on readings small enough to work out by hand; and calibration and the network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from benchmarks.calibration import fit
from benchmarks.learning_curves import part
from benchmarks.model_report import Mistake, compare, confusion, mistakes, page, previous
from benchmarks.pipelines import table
from benchmarks.scores import Cuts, Read, Set, choose, confidences, ece, figures, reliability
from bot.nlu.calibration import Calibration
from bot.nlu.deciding import Thresholds, decide
from bot.nlu.models import BARRIER, INTENT, NONE, ROLE, SECTOR, Labels, Models, Settings, thin
from tests.nlu import corpus

INTENTS = ("buiten_bereik", "grensoverschrijding", "nood", "vertellen")


def example(text: str, *barriers: str, role: str = NONE, intent: str = "vertellen") -> corpus.Example:
    return corpus.Example(text, intent, role, barriers, NONE)


@pytest.fixture
def sentences() -> Set:
    told = [
        example("een", "geld"),
        example("twee", "geld", "tijd", role="hr"),
        example("drie"),
        example("vier", "tijd"),
    ]
    return Set(told, [("buiten_bereik", "weer"), ("vertellen", "werk"), ("nood", "help")])


@pytest.fixture
def read() -> Read:
    barriers = (("geld", "tijd"), np.array([[0.9, 0.1], [0.8, 0.3], [0.2, 0.1], [0.6, 0.4]]))
    roles = ((NONE, "hr"), np.array([[0.9, 0.1], [0.3, 0.7], [0.4, 0.6], [0.8, 0.2]]))
    telling = (INTENTS, np.array([[0.0, 0.0, 0.0, 1.0]] * 4))
    intents = (INTENTS, np.array([[0.3, 0.0, 0.0, 0.7], [0.1, 0.0, 0.0, 0.9], [0.0, 0.0, 0.1, 0.9]]))
    return Read({BARRIER: barriers, ROLE: roles, INTENT: telling}, {INTENT: intents})


def test_figures_by_hand(sentences: Set, read: Read) -> None:
    found = figures(sentences, read, Cuts(barrier=0.5, role=0.5, outside=0.2))
    assert found["belemmering micro F1"] == pytest.approx(2 * 2 / (3 + 4))  # geld geld [geld]: 2 right of 3, 4 wanted
    assert found["belemmering precies"] == 0.5  # the first and the third
    assert found["belemmering sterkste goed"] == pytest.approx(2 / 3)
    assert found["belemmering bij eerste drie"] == 1.0
    assert found["rol juist"] == 1.0 and found["rol ten onrechte"] == pytest.approx(1 / 3)
    assert found["intentie juist"] == pytest.approx(1 / 3)
    assert found["zorg herkend"] == 1.0  # an alarm is heard below the likeliest
    assert found["buiten bereik herkend"] == 1.0 and found["ten onrechte buiten bereik"] == 0.0


def test_chosen_cuts_are_the_best_and_keep_to_the_limits(sentences: Set, read: Read) -> None:
    cuts = choose(sentences, read)
    assert cuts.role > 0.6  # the false role at 0.6 is over the limit
    assert 0.1 < cuts.outside <= 0.3
    best = figures(sentences, read, cuts)["belemmering macro F1"]
    assert all(best >= figures(sentences, read, Cuts(barrier=b))["belemmering macro F1"] for b in (0.1, 0.5, 0.9))


def test_calibration_error_is_the_gap_between_probability_and_share_right() -> None:
    sure, right = np.array([0.9] * 10), np.array([1.0] * 5 + [0.0] * 5)
    assert ece(sure, right) == pytest.approx(0.4)
    ((mean, share, count),) = reliability(sure, right)
    assert (share, count) == (0.5, 10) and mean == pytest.approx(0.9)


def test_fitted_calibration_takes_too_sure_readings_back() -> None:
    told = [example(str(n), *(["geld"] if n % 2 else [])) for n in range(40)]
    barriers = (("geld",), np.full((40, 1), 0.98))
    exact = ((NONE, "hr"), np.array([[0.99, 0.01]] * 40))
    sentences = Set(
        [corpus.Example(e.text, "", "hr" if n < 10 else NONE, e.barriers, NONE) for n, e in enumerate(told)],
        [("vertellen", "x")] * 4,
    )
    intents = (INTENTS, np.array([[0.1, 0.1, 0.1, 0.7]] * 4))
    readings = {BARRIER: barriers, ROLE: exact, SECTOR: ((NONE, "zorg"), exact[1])}
    found = fit(sentences, Read({**readings, INTENT: intents}, {INTENT: intents}))
    assert found[BARRIER].apply(barriers[1], exclusive=False).mean() == pytest.approx(0.5, abs=0.05)
    assert found[ROLE].apply(exact[1], exclusive=True)[0, 0] == pytest.approx(0.75, abs=0.05)


def test_calibration_keeps_the_order_and_the_sum() -> None:
    given = np.array([[0.7, 0.2, 0.1]], dtype=np.float32)
    softened = Calibration(0.5).apply(given, exclusive=True)
    assert softened.sum() == pytest.approx(1.0) and list(np.argsort(softened[0])) == [2, 1, 0]
    assert softened[0, 0] < 0.7
    assert Calibration().apply(given, exclusive=False) == pytest.approx(given, abs=1e-5)


def test_confidences_leave_out_barriers_that_say_nothing(sentences: Set) -> None:
    labels = (("geld", "tijd"), np.array([[0.9, 0.01]] * 4))
    pairs = confidences(sentences, Read({BARRIER: labels}, {}), BARRIER)
    assert pairs is not None and list(pairs[1]) == [1.0, 1.0, 0.0, 0.0]


def test_a_part_of_the_data_keeps_every_label_and_the_share() -> None:
    examples = [example(f"g{n}", "geld") for n in range(80)] + [example(f"t{n}", "tijd") for n in range(3)]
    kept = part(examples, 0.25)
    assert sum("geld" in e.barriers for e in kept) == 20 and sum("tijd" in e.barriers for e in kept) == 2
    assert part(examples, 1.0) == examples


def test_thinning_takes_an_even_selection() -> None:
    assert thin(["a"] * 6 + ["b"], 3) == [0, 2, 4, 6]


def test_the_table_has_a_dash_for_what_a_pipeline_does_not_answer() -> None:
    rows = table({"een": {"intentie juist": 0.5}, "twee": {"rol juist": 0.25}}).splitlines()
    assert "| intentie juist | 0.500 | - |" in rows and "| rol juist | - | 0.250 |" in rows


def test_worst_mistakes_first_and_right_readings_not(sentences: Set, read: Read) -> None:
    full = Read({**read.situations, SECTOR: ((NONE,), np.ones((4, 1)))}, read.intents)
    found = mistakes(sentences, full)
    assert [m.probability for m in found] == sorted((m.probability for m in found), reverse=True)
    assert {(m.question, m.text) for m in found} == {
        (INTENT, "weer"), (INTENT, "help"), (ROLE, "drie"), (BARRIER, "vier"),
    }  # fmt: skip


def test_confusion_shows_what_was_given_instead(sentences: Set, read: Read) -> None:
    names, shares = confusion(sentences, read, ROLE)
    assert shares[names.index(NONE), names.index("hr")] == pytest.approx(1 / 3)
    assert shares[names.index("hr"), names.index("hr")] == 1.0


def test_the_report_tells_better_from_worse_and_escapes(tmp_path: Path) -> None:
    rows = compare({"rol_juist": 0.9, "rol_ten_onrechte": 0.1}, {"rol_juist": 0.8, "rol_ten_onrechte": 0.05})
    assert '<td class="beter">+0.100' in rows and '<td class="slechter">+0.050' in rows
    worst = [Mistake(ROLE, "<b>hoi</b>", "hr", NONE, 0.9)]
    text = page("model", {"test": {}, "ontwikkel": {}}, None, {}, worst, {"<b>hoi</b>": "te kort"})
    assert "&lt;b&gt;hoi" in text and "<b>hoi" not in text and ">te kort</td>" in text
    assert previous(tmp_path, "nu") is None
    (tmp_path / "oud.json").write_text('{"tijd": 1, "model": "oud"}')
    (tmp_path / "nu.json").write_text('{"tijd": 2, "model": "nu"}')
    assert previous(tmp_path, "nu") == {"tijd": 1, "model": "oud"}


def test_learned_models_read_new_rows_and_survive_saving(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    rows, examples = [], []
    for _ in range(300):  # features 0..3 tell the barrier, 4 the role, 5 the sector, 6 an intent
        row = random.random(10) < 0.1
        barriers = tuple(b for b, at in (("geld", 0), ("tijd", 2)) if row[at])
        examples.append(
            Labels("groeten" if row[6] else "vertellen", "hr" if row[4] else NONE, barriers, "zorg" if row[5] else NONE)
        )
        rows.append(row.astype(np.float32))
    features = csr_matrix(np.array(rows))
    models = Models.learn(features, examples, Settings(units=16, epochs=40))
    asked = csr_matrix(np.eye(10, dtype=np.float32)[[0, 2, 4, 5, 6, 9]])
    found = models.probabilities(asked)
    read = found[BARRIER]
    assert models.labels(BARRIER) == ("geld", "tijd")
    assert read[0, 0] > 0.5 > read[0, 1] and read[1, 1] > 0.5 > read[1, 0] and (read[5] < 0.5).all()
    for place, question, label in ((2, ROLE, "hr"), (3, SECTOR, "zorg"), (4, INTENT, "groeten")):
        assert models.labels(question)[found[question][place].argmax()] == label
    models.save(tmp_path)
    again = Models.load(tmp_path).probabilities(asked)
    assert all(np.allclose(again[name], found[name]) for name in found)


def test_out_of_scope_wins_early_but_not_from_a_sure_barrier() -> None:
    thresholds = Thresholds(likely_outside=0.3, sure_barrier=0.4, likely_barrier=0.3)
    readings = {INTENT: [("vraag_feit", 0.6), ("buiten_bereik", 0.35)], ROLE: [], SECTOR: []}
    assert decide("wat", {**readings, BARRIER: [("geld", 0.1)]}, thresholds).intent == "buiten_bereik"
    assert decide("wat", {**readings, BARRIER: [("geld", 0.35)]}, thresholds).intent == "vraag_feit"
