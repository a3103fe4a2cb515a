"""Anything at all: the parsers end in a value or in their own kind of refusal, and the server answers as it says.

Short and always the same here; long and different every time with BOT_FUZZ=2000 (examples each), as in
`BOT_FUZZ=2000 .venv/bin/python -m pytest tests/security/test_fuzz.py`.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
import websocket
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from bot.channels.signed import MalformedError, read_json
from bot.channels.slack.channel import _form
from bot.channels.slack.incoming import read_command, read_event, read_interaction
from bot.content.model import ContentError
from bot.content.reader import read_item
from bot.conversation.turn import Knowledge
from bot.incoming import MAX_TEXT, UNKNOWN_BUTTON, prepare
from bot.knowledge import load_knowledge
from bot.pages import sheets
from bot.paths import CONTENT, ROOT
from tests.channels.slack_workspace import SECRET
from tests.channels.slack_workspace import TOKEN as SLACK_TOKEN
from tests.conftest import Server

LONG = int(os.environ.get("BOT_FUZZ") or 0)
DESCRIPTION = ROOT / "docs" / "openapi.yml"


def fuzz(examples: int) -> settings:
    return settings(
        max_examples=LONG or examples,
        derandomize=not LONG,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(max_size=12), parts, max_size=4),
    max_leaves=12,
)
ODD_TEXT = st.text(st.characters(), max_size=200)  # halves of characters included


def like(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """An object as expected, with each field right, odd or missing; or something else."""
    return st.fixed_dictionaries({}, optional={name: good | ANY for name, good in fields.items()}) | ANY


@given(text=ODD_TEXT | st.builds(lambda name, values: f"/{name}{json.dumps(values)}", st.text(max_size=12), ANY))
@fuzz(200)
def test_what_is_typed_or_pressed(text: str) -> None:
    prepared = prepare(text, {"vertellen", "wissen"})
    assert prepared and prepared.encode() and len(prepared) <= 2 * MAX_TEXT
    if prepared.strip().startswith("/"):
        assert prepared == UNKNOWN_BUTTON or prepared.strip() in {"/vertellen", "/wissen", "/vertellen{}", "/wissen{}"}


@given(data=st.data())
@fuzz(150)
def test_a_content_file(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A real item with a piece of it replaced, or fields that are anything."""
    path = tmp_path_factory.getbasetemp() / "evc.md"
    original = next(CONTENT.glob("*/evc.md")).read_text("utf-8")
    if data.draw(st.booleans()):
        start = data.draw(st.integers(0, len(original)))
        text = original[:start] + data.draw(ODD_TEXT) + original[start + data.draw(st.integers(0, 80)) :]
    else:
        text = f"---\n{yaml.safe_dump(data.draw(ANY), allow_unicode=True)}\n---\n{data.draw(ODD_TEXT)}"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    item, problems, _ = read_item(path, "evc.md")
    assert (item is None) == bool(problems)
    assert all(problem.line >= 1 and problem.what for problem in problems)


@pytest.mark.parametrize("name", ["links.yml", "teksten.yml", "taxonomie.yml", "scans.yml", "synoniemen.yml"])
@pytest.mark.parametrize(
    "text", ["[" * 3000, "a: " * 500, "&a {a: *a}", "- \x00", "!!python/object:os.system x", "1: {}"], ids="abcdef"
)
def test_a_settings_file_of_the_content(tmp_path: Path, name: str, text: str) -> None:
    for path in CONTENT.iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / name).unlink()
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(ContentError) as caught:
        load_knowledge(tmp_path)
    assert any(problem.file.endswith(name) for problem in caught.value.problems)


PERSON = like({"team_id": st.just("T1"), "id": st.just("U1")})
EVENT = like(
    {
        "type": st.sampled_from(["message", "app_mention", "app_home_opened"]),
        "channel_type": st.just("im"),
        "user": st.just("U1"),
        "channel": st.just("D1"),
        "text": ODD_TEXT,
        "tab": st.just("home"),
        "ts": st.just("1.1"),
    }
)
ACTION = like(
    {"type": st.just("button"), "value": ODD_TEXT, "text": like({"text": ODD_TEXT}), "block_id": st.text(max_size=9)}
)
INTERACTION = {
    "type": st.just("block_actions"),
    "actions": st.lists(ACTION, max_size=2),
    "user": PERSON,
    "message": like({"ts": st.just("1.1"), "blocks": st.lists(ANY, max_size=2)}),
    "channel": like({"id": st.just("C1")}),
}


@given(event=like({"event": EVENT, "team_id": st.just("T1"), "authorizations": ANY}), action=like(INTERACTION), raw=ANY)
@fuzz(200)
def test_what_slack_sends(event: Any, action: Any, raw: Any, monkeypatch_module: None) -> None:
    for read, sent in ((read_event, event), (read_interaction, action)):
        with contextlib.suppress(MalformedError):
            read(read_json(json.dumps(sent)))
    with contextlib.suppress(MalformedError):
        read_command(_form(str(raw).encode("utf-8", "replace")))


@pytest.fixture(scope="module")
def monkeypatch_module() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOT_SECRET", "geheim-voor-de-tests")
        yield


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b"\xff", b"", b"9" * 5000], ids="abcde")
def test_slack_json_that_is_no_event(body: bytes) -> None:
    with pytest.raises(MalformedError):
        read_json(body)


KEYS = st.sampled_from(["onderwerpen", "belemmeringen", "rol", "stap", "bij"]) | ODD_TEXT
VALUES = st.sampled_from(["evc", "evc,coaching", "weinig_tijd", "hr", "gesprek", "navragen", ","]) | ODD_TEXT


@given(
    kind=st.sampled_from(sorted(sheets.MAKERS)) | ODD_TEXT,
    key=st.sampled_from(["", "weinig_tijd"]) | ODD_TEXT,
    query=st.dictionaries(KEYS, VALUES, max_size=4),
)
@fuzz(200)
def test_the_address_of_a_page(knowledge: Knowledge, kind: str, key: str, query: dict[str, str]) -> None:
    with contextlib.suppress(sheets.UnknownSheetError):
        assert sheets.make(knowledge, kind, key, query).title


@pytest.fixture(scope="module")
def fuzzed(start_server: Callable[..., Server]) -> Server:
    return start_server(
        BOT_API_TOKEN="",
        SLACK_BOT_TOKEN=SLACK_TOKEN,
        SLACK_SIGNING_SECRET=SECRET,
        BOT_SECRET="geheim-voor-de-tests",
    )


def test_the_description_is_valid(described: Any) -> None:
    described.validate()
    with pytest.raises(Exception, match="responses"):
        schemathesis.openapi.from_dict({**BROKEN}).validate()


BROKEN = {"openapi": "3.0.3", "info": {"title": "x", "version": "1"}, "paths": {"/": {"get": {"responses": 5}}}}


@pytest.fixture(scope="module")
def described() -> Any:
    return schemathesis.openapi.from_path(DESCRIPTION)


# Without Teams, which asks Microsoft before it starts: tests/channels/test_teams.py.
api = schemathesis.pytest.from_fixture("described").exclude(path="/webhooks/teams/webhook")


@api.parametrize()
@fuzz(12)
def test_the_server_answers_as_described(case: Any, fuzzed: Server) -> None:
    """No 500, no status, form or header that the description does not name, no stack trace. Whether odd input is
    refused is for the tests of each address: the bot answers any text."""
    answer = case.call(base_url=fuzzed.url, timeout=20)
    case.validate_response(answer, excluded_checks=[negative_data_rejection, positive_data_acceptance])
    assert "Traceback" not in answer.text and answer.headers["x-content-type-options"] == ["nosniff"]


SAID = like(
    {
        "session_id": st.just("venster-van-de-test"),
        "message": st.sampled_from(["hoi", "/start", "ik heb geen tijd"]) | ODD_TEXT,
        "id": st.text("abcdef0123456789", min_size=8, max_size=12),
        "again": st.booleans(),
    }
)
EVENTS = st.sampled_from(["session_request", "user_uttered", "connect", "disconnect", "*"]) | st.text(max_size=9)
HEADS = st.sampled_from(["4", "42", "40", "43", "451-", "2", "5", "6", "b", "/"])
TAILS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def emitted(number: str, event: str, said: list[Any]) -> str:
    return f"42{number}{json.dumps([event, *said])}"


PACKETS = st.builds(emitted, st.sampled_from(["", "1", "77"]), EVENTS, st.lists(SAID, max_size=2)) | st.builds(
    str.__add__, HEADS, TAILS
)


@given(packets=st.lists(PACKETS, min_size=1, max_size=4))
@fuzz(60)
def test_packets_over_a_websocket(fuzzed: Server, packets: list[str]) -> None:
    """Whatever came before: another window gets its answer."""
    window = open_window(fuzzed)
    for packet in packets:
        with contextlib.suppress(OSError, websocket.WebSocketException):
            window.send(packet)
    window.close()
    other = open_window(fuzzed)
    other.send('421["user_uttered",{"session_id":"een-ander-venster","message":5}]')
    assert str(other.recv()).startswith('431[{"fout"')
    other.close()


def open_window(server: Server) -> websocket.WebSocket:
    address = server.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    window = websocket.create_connection(address, timeout=20)
    window.recv()
    window.send("40")
    window.recv()
    return window


@given(packets=st.lists(PACKETS | st.binary(max_size=60), min_size=1, max_size=3))
@fuzz(40)
def test_packets_over_polling(fuzzed: Server, packets: list[str | bytes]) -> None:
    address = fuzzed.url + "/socket.io/?EIO=4&transport=polling"
    sid = json.loads(requests.get(address, timeout=20).text[1:])["sid"]
    body = b"\x1e".join(one if isinstance(one, bytes) else one.encode() for one in packets)
    with contextlib.suppress(requests.ReadTimeout):  # who says goodbye is answered when it has read what is waiting
        answer = requests.post(f"{address}&sid={sid}", data=body, timeout=2)
        assert answer.status_code in {200, 400} and "Traceback" not in answer.text
    assert requests.get(fuzzed.url + "/health", timeout=10).ok


def test_nothing_went_wrong_inside(fuzzed: Server) -> None:
    """Comes last: what the server wrote while all this came in."""
    assert requests.get(fuzzed.url + "/health", timeout=10).ok
    log = fuzzed.log.read_text("utf-8")
    assert "Traceback" not in log and "could not be handled: KeyError" not in log
