"""The loop for improvement: which messages of a conversation are shown, masked, grouped, from the real store."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from bot.improvement.groups import group
from bot.improvement.missed import ASKED_AGAIN, DOUBTED, NOT_UNDERSTOOD, SAID_AGAIN, Missed, missed
from bot.improvement.worklist import worklist
from bot.paths import ROOT
from bot.privacy.care_words import FOLLOWS, NOT_KEPT
from tests.conftest import Server


def user(text: str, intent: str = "vertellen", confidence: float = 0.9) -> dict[str, Any]:
    return {
        "event": "user",
        "text": text,
        "parse_data": {
            "intent": {"name": intent, "confidence": confidence},
            "intent_ranking": [{"name": intent, "confidence": confidence}],
            "entities": [{"entity": "rol", "value": "hr"}],
            "begrip": {"belemmering": [["weinig_tijd", 0.15]]},
        },
    }


def remembered(**memory: Any) -> dict[str, Any]:
    return {"event": "slot", "name": "gesprek", "value": memory}


def reasons(*events: dict[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.text, one.reasons) for one in missed(events)]


def test_what_went_well_is_not_shown() -> None:
    assert reasons(user("ik heb geen tijd"), remembered(missed=False, question="rol")) == []


def test_a_message_that_was_not_understood_is_shown_with_the_guess() -> None:
    (one,) = missed([user("blabla", "groeten", 0.12), remembered(missed=True)])
    assert one == Missed("blabla", (NOT_UNDERSTOOD,), "groeten", 0.12, (("weinig_tijd", 0.15),), "hr", None)


def test_doubt_and_asking_twice_are_told_apart() -> None:
    assert reasons(
        user("beetje van alles"),
        remembered(question="belemmering"),
        user("nou ja gewoon"),
        remembered(question="belemmering"),
        user("het zit me tot hier"),
        remembered(question="bevestig:weinig_tijd"),
    ) == [("nou ja gewoon", (ASKED_AGAIN,)), ("het zit me tot hier", (DOUBTED,))]


def test_a_message_said_again_is_shown_once() -> None:
    events = [user("wat kost dat dan"), remembered(), user("wat kost dat dan?"), remembered()]
    assert reasons(*events) == [("wat kost dat dan", (SAID_AGAIN,))]


def test_thanks_while_a_question_is_open_is_no_missed_answer() -> None:
    open_question = remembered(question="belemmering")
    assert reasons(user("hoi", "groeten"), open_question, user("dank je", "bedanken"), open_question) == []


def test_buttons_and_cries_for_help_are_left_out() -> None:
    events = [user("/scan", "scan"), remembered(missed=True), user("ik wil niet meer", "nood")]
    events += [remembered(missed=True), user(NOT_KEPT), remembered(missed=True), user(FOLLOWS)]
    assert reasons(*events, remembered(missed=True)) == []


def test_like_sentences_come_together_and_different_ones_apart() -> None:
    sentences = [
        "mijn rooster verandert elke week",
        "wie betaalt de reiskosten naar de opleiding",
        "het rooster verandert iedere week weer",
        "hoe laat gaat de kantine open",
        "wie betaalt mij de reiskosten",
    ]
    assert sorted(group(sentences)) == [[0, 2], [1, 4], [3]]
    assert group([]) == [] and group(["een"]) == [[0]]


def test_the_list_is_masked_counted_and_sorted() -> None:
    said = ["bel me op 06-12345678", "bel me op 06-87654321", "het rooster klopt niet"]
    listed = worklist(Missed(text, (NOT_UNDERSTOOD,), "mens", 0.1, (), None, None) for text in said)
    assert [entry["keer"] for entry in listed] == [2, 1]
    (first,) = listed[0]["zinnen"]
    assert "0612345678" not in first["zin"].replace("-", "") and "[telefoon]" in first["zin"]
    assert first["label"] == {"intent": None, "rol": None, "belemmeringen": [], "sector": None}


def test_the_command_reads_the_real_store(start_server: Callable[..., Server], sender: str, tmp_path: Path) -> None:
    server = start_server(tmp_path)
    server.say(sender, "xqzt brrlp 06-12345678")
    server.say(sender, "dank je wel")
    target = tmp_path / "lijst.yml"
    command = [sys.executable, "-m", "bot", "verbeteren", "--naar", str(target)]
    environment = {**os.environ, "BOT_DATABASE": str(tmp_path / "gesprekken.db")}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=120)
    (found,) = yaml.safe_load(target.read_text("utf-8"))["groepen"]
    assert found["zinnen"][0]["zin"] == "xqzt brrlp [telefoon]"
    assert found["zinnen"][0]["waarom"] == [NOT_UNDERSTOOD]
    assert sender not in target.read_text("utf-8")
