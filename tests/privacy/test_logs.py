"""The log: what stays of what libraries and exceptions say. Runs in a process of its own: logging is global."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from bot.paths import ROOT

SAY = """
import logging, structlog
from bot.privacy import logs
early = logging.getLogger("rasa.early"); early.setLevel(logging.DEBUG); early.addHandler(logging.StreamHandler())
logs.configure(logging.{level}, as_json={json})
early.debug("walrus")
logging.getLogger("rasa.core").info("Received user message 'walrus'")
logging.getLogger("rasa.core").warning("Could not handle 'walrus' of {{'text': 'walrus'}}\\nwalrus")
structlog.get_logger("rasa.core.channels.rest").error("rest.message.received.failure", text="walrus")
logging.getLogger("bot.server").info("own %s", "line")
structlog.get_logger("bot.privacy.store").info("message saved", conversation="ab12", intent="vertellen")
def fail():
    raise ValueError("walrus")
try:
    try:
        fail()
    except ValueError as error:
        raise RuntimeError("walrus") from error
except RuntimeError:
    logging.getLogger("sanic.error").exception("Exception occurred while handling uri: 'walrus'")
try:
    open("/bestaat/niet")
except OSError:
    structlog.get_logger("bot.server").exception("no file")
"""


def lines(level: str, as_json: bool) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SAY.format(level=level, json=as_json)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout == ""
    return [line for line in done.stderr.splitlines() if "Warning" not in line]


def events(level: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(level, True)]


@pytest.mark.parametrize("as_json", [True, False])
def test_no_value_of_a_library_or_an_exception_is_logged(as_json: bool) -> None:
    said = lines("DEBUG", as_json)
    assert said and "walrus" not in "\n".join(said)


def test_own_lines_are_whole_and_those_of_libraries_say_where_it_went_wrong() -> None:
    found = {event["event"]: event for event in events("DEBUG")}
    assert found["own line"]["level"] == "info"
    assert found["message saved"] | {"timestamp": ""} == {
        "event": "message saved",
        "conversation": "ab12",
        "intent": "vertellen",
        "level": "info",
        "logger": "bot.privacy.store",
        "timestamp": "",
    }
    assert "rest.message.received.failure" in found
    failed = found["Exception occurred while handling uri: …"]["exception"]
    assert "RuntimeError" in failed and "ValueError" in failed and " fail" in failed
    assert "No such file or directory" in found["no file"]["exception"]


def test_the_level_is_that_of_the_bots_own_code() -> None:
    assert {event["level"] for event in events("WARNING")} == {"warning", "error"}
    assert [event["level"] for event in events("ERROR") if event["logger"].startswith("bot")] == ["error"]
