"""Rasa's own checks: the data are valid without a warning, and the stories are followed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import yaml

from actions.actions import all_answers
from bot.paths import DATA, DOMAIN, ROOT


def rasa(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "rasa", *arguments],
        cwd=ROOT,
        env={**os.environ, "RASA_TELEMETRY_ENABLED": "false", **settings},
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_the_data_are_valid_without_warnings() -> None:
    done = rasa("data", "validate", "--fail-on-warnings")
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    problems = [line for line in output.splitlines() if "UserWarning" in line or "ERROR" in line]
    assert problems == []


def test_every_intent_has_one_rule_and_an_answer() -> None:
    intents = {next(iter(intent)) for intent in yaml.safe_load(DOMAIN.read_text("utf-8"))["intents"]}
    rules = [
        rule for path in (DATA / "rules").glob("*.yml") for rule in yaml.safe_load(path.read_text("utf-8"))["rules"]
    ]
    assert sorted(rule["steps"][0]["intent"] for rule in rules) == sorted(intents)
    assert set(all_answers()) == intents - {"nlu_fallback"}  # which is what is left when nothing answers


def test_the_stories_are_followed(model: Path, tmp_path: Path) -> None:
    done = rasa(
        "test",
        "core",
        "--model",
        str(model),
        "--stories",
        "data/stories",
        "--out",
        str(tmp_path),
        "--fail-on-prediction-errors",
    )
    assert done.returncode == 0, done.stdout + done.stderr
