"""Whole conversations between people in a simulated Slack workspace and the real server."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.channels.slack.settings import Settings
from bot.settings import StartError
from tests.channels.slack_workspace import (
    BOT,
    BOT_USER,
    CHANNEL,
    SECRET,
    TEAM,
    TOKEN,
    Message,
    SlackWorkspace,
    direct,
    sign,
)
from tests.conftest import Server

BOT_SECRET = "geheim-voor-de-tests-van-slack"
users = iter(f"U{number:08}" for number in range(1, 10_000))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("slack")


@pytest.fixture(scope="module")
def connected(start_server: Callable[..., Server], folder: Path) -> Iterator[tuple[SlackWorkspace, Server]]:
    workspace = SlackWorkspace()
    server = start_server(
        folder,
        SLACK_BOT_TOKEN=TOKEN,
        SLACK_SIGNING_SECRET=SECRET,
        SLACK_API_URL=workspace.api,
        BOT_SECRET=BOT_SECRET,
    )
    workspace.bot = server.url
    yield workspace, server
    server.stop()
    workspace.close()


@pytest.fixture
def slack(connected: tuple[SlackWorkspace, Server]) -> Iterator[SlackWorkspace]:
    workspace = connected[0]
    yield workspace
    assert workspace.refused == [], "the simulated Slack refused something"
    assert not any(workspace.failures.values())


@pytest.fixture
def user() -> str:
    return next(users)


def settle() -> None:
    """Long enough for what must not happen to happen."""
    time.sleep(1)


def choices(messages: list[Message]) -> list[tuple[Message, str]]:
    """Every button that says something, with its message; the latest message first."""
    return [(m, b["text"]["text"]) for m in reversed(messages) for b in m.buttons if "value" in b]


def test_a_talk_in_direct_messages(slack: SlackWorkspace, user: str) -> None:
    place = direct(user)
    slack.say(user, "ik werk in de zorg & heb geen tijd om te leren")
    answers = slack.talk(place)
    message, title = choices(answers)[0]
    assert slack.press(user, message, title).status_code == 200
    slack.talk(place, least=len(answers) + 1)
    assert message.former, "the message with the pressed button was not changed"
    assert not any("value" in button for button in message.buttons)
    assert f"✓ Je koos: {title}" in str(message.blocks)


def test_a_talk_from_the_greeting_to_a_link(slack: SlackWorkspace, user: str) -> None:
    place = direct(user)
    slack.open(user, "messages")
    answers = slack.talk(place)
    assert "Interventiewijzer" in answers[0].text
    slack.press(user, answers[0], "Ik heb geen tijd om te leren")
    answers = slack.talk(place, least=len(answers) + 1)
    if "Dit past bij" not in "".join(m.text for m in answers):
        slack.press(user, *choices(answers)[0])
        answers = slack.talk(place, least=len(answers) + 1)
    assert "Dit past bij" in "".join(m.text for m in answers)
    item = next(b for m in reversed(answers) for b in m.buttons if "interventie" in b.get("value", ""))
    slack.press(user, next(m for m in answers if item in m.buttons), item["text"]["text"])
    answers = slack.talk(place, least=len(answers) + 1)
    slack.say(user, "heb je een link?")
    answers = slack.talk(place, least=len(answers) + 1)
    assert any("url" in b for b in answers[-1].buttons) or "adres" in answers[-1].text


def test_a_mention_is_answered_in_its_thread(slack: SlackWorkspace, user: str) -> None:
    thread = slack.mention(user, "ik heb geen tijd om te leren")
    answers = slack.talk(CHANNEL, thread)
    slack.press(user, *choices(answers)[0])
    slack.answers(len(answers) + 1, CHANNEL, thread)
    more = slack.talk(CHANNEL, thread)
    slack.mention(user, "wat kost de eerste?", thread=thread)
    slack.answers(len(more) + 1, CHANNEL, thread)


def test_two_people_in_a_thread_have_a_talk_each(slack: SlackWorkspace, folder: Path) -> None:
    one, two = next(users), next(users)
    thread = slack.mention(one, "ik heb geen tijd om te leren")
    answers = slack.talk(CHANNEL, thread)
    before = conversations(folder)
    message, title = choices(answers)[0]
    slack.press(two, message, title)
    slack.wait(lambda: slack.ephemeral and slack.ephemeral[-1]["user"] == two, "a private note")
    settle()
    assert not message.former and len(slack.answers(1, CHANNEL, thread)) == len(answers)
    slack.mention(two, "hallo", thread=thread)
    slack.talk(CHANNEL, thread, least=len(answers) + 1)
    assert len(conversations(folder)) == len(before) + 1


@pytest.fixture
def server_of(connected: tuple[SlackWorkspace, Server]) -> Server:
    return connected[1]


def test_the_home_tab_starts_a_talk(slack: SlackWorkspace, user: str) -> None:
    slack.open(user, "home")
    slack.wait(lambda: user in slack.homes, "the home tab")
    assert slack.press_at_home(user, "Ik heb geen tijd om te leren").status_code == 200
    assert slack.answers(1, direct(user))


def test_a_conversation_is_opened_once(slack: SlackWorkspace, user: str) -> None:
    for _ in range(3):
        slack.open(user, "messages")
    slack.answers(1, direct(user))
    settle()
    assert len(slack.answers(1, direct(user))) == 1


def test_no_greeting_for_someone_who_talked_before(slack: SlackWorkspace, user: str) -> None:
    slack.say(user, "hallo")
    slack.answers(1, direct(user))
    slack.open(user, "messages")
    settle()
    assert len(slack.answers(1, direct(user))) == 1


@pytest.mark.parametrize("text", ["", "ik heb geen geld voor een cursus"])
def test_the_slash_command_is_answered_in_private(slack: SlackWorkspace, user: str, text: str) -> None:
    answer = slack.command(user, text)
    assert answer.json()["response_type"] == "ephemeral"
    assert slack.answers(1, direct(user))


def test_a_button_works_once(slack: SlackWorkspace, user: str) -> None:
    slack.open(user, "messages")
    greeting = slack.answers(1, direct(user))[0]
    as_seen = deepcopy(greeting)  # on a slow phone the buttons are still there
    slack.press(user, as_seen, "Mijn baan verdwijnt")
    answers = slack.talk(direct(user), least=2)
    for title in ("Mijn baan verdwijnt", "School is niks voor mij"):
        assert slack.press(user, as_seen, title).status_code == 200
    assert len(slack.talk(direct(user))) == len(answers)
    assert len(greeting.former) == 1


def test_a_link_button_says_nothing(slack: SlackWorkspace, user: str) -> None:
    slack.open(user, "messages")
    greeting = slack.answers(1, direct(user))[0]
    greeting.blocks[-1]["elements"].append(
        {"type": "button", "action_id": "l", "text": {"type": "plain_text", "text": "Site"}, "url": "https://x.nl"}
    )
    assert slack.press(user, greeting, "Site").status_code == 200
    settle()
    assert len(slack.answers(1, direct(user))) == 1 and not greeting.former


def test_an_event_that_comes_again_is_handled_once(slack: SlackWorkspace, user: str) -> None:
    event = {"type": "message", "channel": direct(user), "channel_type": "im", "user": user, "text": "hoi", "ts": "1.1"}
    body = slack.envelope(event, "Ev-dubbel")
    for attempt in range(4):
        again = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_timeout"} if attempt else {}
        assert slack.send("events", body, headers=again).status_code == 200
    slack.answers(1, direct(user))
    settle()
    assert len(slack.answers(1, direct(user))) == 1


def test_a_retry_of_something_that_never_arrived_is_handled(slack: SlackWorkspace, user: str) -> None:
    event = {"type": "message", "channel": direct(user), "channel_type": "im", "user": user, "text": "hoi", "ts": "1.1"}
    assert slack.send("events", slack.envelope(event), headers={"X-Slack-Retry-Num": "2"}).status_code == 200
    assert slack.answers(1, direct(user))


@pytest.mark.parametrize(
    "event",
    [
        {"bot_id": BOT, "user": BOT_USER},
        {"user": BOT_USER},
        {"bot_id": "B0ANDERS", "subtype": "bot_message"},
        {"subtype": "message_changed", "message": {"text": "hoi"}},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"channel_type": "channel", "channel": CHANNEL},
        {"type": "reaction_added"},
        {"type": "team_join", "user": {"id": "U1"}},
    ],
)
def test_what_is_not_said_to_the_bot_is_left_alone(slack: SlackWorkspace, user: str, event: dict[str, Any]) -> None:
    before = len(slack.calls)
    whole = {"type": "message", "channel": direct(user), "channel_type": "im", "user": user, "text": "hoi", "ts": "1.1"}
    assert slack.event(**{**whole, **event}) == [200]
    settle()
    assert len(slack.calls) == before


def test_the_address_is_confirmed(slack: SlackWorkspace) -> None:
    answer = slack.send("events", b'{"type": "url_verification", "challenge": "abc123"}')
    assert answer.json() == {"challenge": "abc123"}


@pytest.mark.parametrize("failures", [[429], [429, 429], [500], [503, 500], ["hang up"], ["silence"]])
def test_slack_is_asked_again(slack: SlackWorkspace, user: str, failures: list[int | str]) -> None:
    slack.failures["chat.postMessage"].extend(failures)
    before = len(slack.calls)
    start = time.monotonic()
    slack.say(user, "hallo")
    slack.answers(1, direct(user))
    settle()
    assert len([m for m, _ in slack.calls[before:] if m == "chat.postMessage"]) == 1 + len(failures)
    if 429 in failures:
        assert time.monotonic() - start > len(failures)  # Retry-After says one second


def test_after_enough_attempts_it_is_logged_without_what_was_said(
    slack: SlackWorkspace, server_of: Server, user: str
) -> None:
    slack.failures["chat.postMessage"].extend([500] * 4)
    slack.say(user, "mijn geheime woord is pindakaas")
    slack.wait(lambda: not slack.failures["chat.postMessage"], "four attempts")
    settle()
    log = server_of.log.read_text("utf-8")
    assert "chat.postMessage" in log
    assert "pindakaas" not in log
    slack.say(user, "hallo")
    assert slack.answers(1, direct(user))


def test_answers_come_while_another_waits(slack: SlackWorkspace, user: str) -> None:
    """A call that gets no answer holds up nobody else, and requests are answered at once."""
    slack.failures["chat.postMessage"].append("silence")
    slack.say(user, "hallo")
    slack.wait(lambda: not slack.failures["chat.postMessage"], "the call")
    other = next(users)
    slack.say(other, "hallo")
    assert slack.answers(1, direct(other))
    assert not [m for m in slack.messages.values() if m.channel == direct(user)]
    assert slack.answers(1, direct(user))


def test_many_people_at_once(slack: SlackWorkspace) -> None:
    people = [next(users) for _ in range(40)]
    threads = [threading.Thread(target=slack.say, args=(person, "ik heb geen tijd om te leren")) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for person in people:
        assert slack.answers(1, direct(person))


def test_nothing_kept_or_logged_names_a_person(slack: SlackWorkspace, server_of: Server, folder: Path) -> None:
    user = "U0PERSOON"
    slack.say(user, "hallo <@U0ANDER> en <https://voorbeeld.nl/x|voorbeeld.nl> &amp; zo")
    slack.answers(1, direct(user))
    slack.command(user, "opnieuw")
    slack.answers(2, direct(user))
    settle()
    kept = everything(folder)
    assert "hallo en voorbeeld.nl & zo" in kept
    for personal in (user, "U0ANDER", "jan.jansen", direct(user), TEAM):
        assert personal not in kept
        assert personal not in server_of.log.read_text("utf-8")
    assert TOKEN not in kept + server_of.log.read_text("utf-8")


def conversations(folder: Path) -> set[str]:
    with sqlite3.connect(folder / "gesprekken.db") as database:
        return {row[0] for row in database.execute("SELECT DISTINCT sender_id FROM events")}


def everything(folder: Path) -> str:
    with sqlite3.connect(folder / "gesprekken.db") as database:
        rows = database.execute("SELECT sender_id, data FROM events").fetchall()
    return "\n".join(f"{sender} {data}" for sender, data in rows)


# Refused requests

MESSAGE = {"type": "message", "channel": "D0X", "channel_type": "im", "user": "U0X", "text": "hoi", "ts": "1.1"}
FORM = "application/x-www-form-urlencoded"


def body(slack: SlackWorkspace) -> bytes:
    return slack.envelope(MESSAGE)


def refusals(slack: SlackWorkspace) -> dict[str, tuple[int, Callable[[], requests.Response]]]:
    """What is sent, and the status code it must get."""
    good, now = body(slack), time.time()

    def send(data: bytes, headers: dict[str, str], path: str = "events") -> Callable[[], requests.Response]:
        address = f"{slack.bot}/webhooks/slack/{path}"
        kind = "application/json" if path == "events" else FORM
        return lambda: requests.post(address, data, headers={"Content-Type": kind, **headers}, timeout=10)

    def signed(data: bytes, path: str = "events") -> Callable[[], requests.Response]:
        return send(data, sign(data), path)

    def without(name: str) -> dict[str, str]:
        return {key: value for key, value in sign(good).items() if key != name}

    signature = sign(good)["X-Slack-Signature"]
    big = slack.envelope({**MESSAGE, "text": "x" * 300_000})
    return {
        "forged signature": (401, send(good, {**sign(good), "X-Slack-Signature": "v0=" + "0" * 64})),
        "signature of another body": (401, send(good.replace(b"hoi", b"hai"), sign(good))),
        "signature of another time": (401, send(good, {**sign(good), "X-Slack-Request-Timestamp": str(int(now) - 5)})),
        "wrong secret": (401, send(good, sign(good, "f" * 32))),
        "replayed after six minutes": (401, send(good, sign(good, at=now - 360))),
        "dated six minutes ahead": (401, send(good, sign(good, at=now + 360))),
        "no headers": (401, send(good, {})),
        "no signature": (401, send(good, without("X-Slack-Signature"))),
        "no timestamp": (401, send(good, without("X-Slack-Request-Timestamp"))),
        "timestamp that is no number": (401, send(good, {**sign(good), "X-Slack-Request-Timestamp": "gisteren"})),
        "empty signature": (401, send(good, {**sign(good), "X-Slack-Signature": ""})),
        "signature without version": (401, send(good, {**sign(good), "X-Slack-Signature": signature[3:]})),
        "signature with odd characters": (401, send(good, {**sign(good), "X-Slack-Signature": "v0=\xe9\xe9"})),
        "unsigned url_verification": (401, send(b'{"type": "url_verification", "challenge": "x"}', {})),
        "unsigned button press": (401, send(b"payload=%7B%7D", {}, "interactive")),
        "unsigned command": (401, send(b"text=hoi&user_id=U1&team_id=T1&trigger_id=1", {}, "command")),
        "body that is no text, signed": (401, send(b"\xff\xfe\x00", {**sign(b"\xff\xfe\x00")})),
        "oversized body": (413, send(big, sign(big))),
        "malformed JSON": (400, signed(b'{"type": "event_callback", ')),
        "JSON that is no object": (400, signed(b"[1, 2]")),
        "empty body": (400, signed(b"")),
        "unknown payload type": (400, signed(b'{"type": "iets_anders"}')),
        "event without event": (400, signed(b'{"type": "event_callback", "event_id": "Ev1", "team_id": "T1"}')),
        "event without user": (400, signed(slack.envelope({k: v for k, v in MESSAGE.items() if k != "user"}))),
        "event with a user that is no text": (400, signed(slack.envelope({**MESSAGE, "user": {"id": "U1"}}))),
        "event without event_id": (400, signed(good.replace(b"event_id", b"iets"))),
        "button press that is no JSON": (400, signed(b"payload=%7Bkapot", "interactive")),
        "button press without payload": (400, signed(b"iets=anders", "interactive")),
        "unknown interaction": (400, signed(b"payload=%7B%22type%22%3A%22view_submission%22%7D", "interactive")),
        "command without user": (400, signed(b"text=hoi&team_id=T1&trigger_id=1", "command")),
        "command that is no form": (400, signed(b"{}", "command")),
        "GET": (405, lambda: requests.get(f"{slack.bot}/webhooks/slack/events", headers=sign(b""), timeout=10)),
        "unknown address": (404, signed(good, "anders")),
    }


def test_what_slack_would_not_send_is_refused_with_nothing_done(
    slack: SlackWorkspace, server_of: Server, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Prints the table (pytest -s)."""
    kept, calls = everything(folder), len(slack.calls)
    lines, wrong = [], []
    for name, (expected, send) in refusals(slack).items():
        answer = send()
        lines.append(
            f"| {name} | {answer.status_code} | {answer.text[:60].strip() if answer.status_code < 404 else ''} |"
        )
        if answer.status_code != expected:
            wrong.append((name, expected, answer.status_code, answer.text[:200]))
    settle()
    with capsys.disabled():
        print("\n| request | status | answer |\n| --- | --- | --- |", *lines, sep="\n")
    assert wrong == []
    assert len(slack.calls) == calls, "Slack was called"
    assert everything(folder) == kept, "something was stored"


def test_a_replayed_button_press_or_command_does_nothing(slack: SlackWorkspace, user: str) -> None:
    """Within five minutes a copy is signed rightly, but it was seen before."""
    data = f"command=%2Fleren&text=hoi&team_id={TEAM}&user_id={user}&trigger_id=kopie".encode()
    headers = {"Content-Type": FORM, **sign(data)}
    for _ in range(3):
        answer = requests.post(f"{slack.bot}/webhooks/slack/command", data, headers=headers, timeout=10)
        assert answer.status_code == 200
    slack.answers(1, direct(user))
    settle()
    assert len(slack.answers(1, direct(user))) == 1


# Settings


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"SLACK_BOT_TOKEN": TOKEN}, "SLACK_SIGNING_SECRET is missing"),
        ({"SLACK_SIGNING_SECRET": SECRET}, "SLACK_BOT_TOKEN is missing"),
        ({"SLACK_BOT_TOKEN": "xoxp-van-een-mens", "SLACK_SIGNING_SECRET": SECRET}, "SLACK_BOT_TOKEN is not right"),
        ({"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": "kort"}, "SLACK_SIGNING_SECRET is not right"),
        (
            {"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": "http://elders.nl/api/"},
            "SLACK_API_URL is not right",
        ),
        ({"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SECRET, "BOT_SECRET": ""}, "BOT_SECRET"),
    ],
)
def test_a_mistake_in_the_settings_is_named(monkeypatch: pytest.MonkeyPatch, given: dict[str, str], words: str) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"BOT_SECRET": BOT_SECRET, **given}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(StartError) as error:
        Settings.read(None)
    assert words in str(error.value)
    assert TOKEN not in str(error.value) and SECRET not in str(error.value)


def test_settings_may_stand_in_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_SECRET", BOT_SECRET)
    settings = Settings.read({"slack_bot_token": TOKEN, "slack_signing_secret": SECRET})
    assert settings and (settings.token, settings.signing_secret) == (TOKEN, SECRET)
    assert settings.api == "https://slack.com/api/"
    assert TOKEN not in repr(settings) and SECRET not in repr(settings)
    assert Settings.read(None) is None


def test_a_mistake_in_the_settings_stops_the_start(start_server: Callable[..., Server]) -> None:
    with pytest.raises(RuntimeError) as error:
        start_server(SLACK_BOT_TOKEN=TOKEN)
    assert "SLACK_SIGNING_SECRET is missing" in str(error.value)
    assert "Traceback" not in str(error.value) and TOKEN not in str(error.value)


def test_slack_is_off_until_it_is_configured(server: Server) -> None:
    data = b'{"type": "url_verification", "challenge": "x"}'
    for path in ("events", "interactive", "command"):
        address = f"{server.url}/webhooks/slack/{path}"
        assert requests.post(address, data, headers=sign(data), timeout=10).status_code == 404
