"""Several processes that serve the same conversations: on one port, and on two as behind a load balancer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping

import psutil
import pytest
import requests
import socketio

from bot.paths import ROOT
from tests.conftest import Server
from tests.failure.client import ChatClient
from tests.services import Postgres, RedisServer, free_port

Start = Callable[..., Server]


@pytest.fixture(scope="module")
def pair(start_server: Start, shared: dict[str, str]) -> list[Server]:
    return [start_server(**shared), start_server(**shared)]


def test_a_client_that_switches_goes_on_where_it_was(pair: list[Server]) -> None:
    client = ChatClient(*(server.url for server in pair))
    for number in range(6):
        assert client.say("ik heb geen tijd om te leren" if number == 0 else "/vraag_opties")
        client.move()
    for server in pair:
        slots = server.slots(client.session)
        assert "weinig_tijd" in slots["belemmeringen"] and slots["suggesties"]
    client.close()


def test_a_message_sent_again_to_another_process_is_handled_once(pair: list[Server], sender: str) -> None:
    answers = [server.post(sender=sender, message="ik heb geen tijd", id="een").json() for server in pair * 2]
    assert all(answer == answers[0] and answer for answer in answers)
    assert said(pair[0], sender) == ["een"]


def test_an_answer_reaches_the_client_at_the_other_process(pair: list[Server], sender: str) -> None:
    heard: list[str] = []
    listener = socketio.Client()
    listener.on("bot_uttered", lambda message: heard.append(message["text"]))
    listener.connect(pair[1].url, transports=["websocket"])
    listener.call("session_request", {"session_id": sender})
    talker = socketio.Client()
    talker.connect(pair[0].url, transports=["websocket"])
    message = {"session_id": sender, "message": "/start", "id": "een"}
    assert talker.call("user_uttered", message) == {"ok": True}
    wait_until(lambda: bool(heard))
    talker.disconnect()
    listener.disconnect()
    assert "Interventiewijzer" in heard[0]


def test_long_polling_is_not_offered_to_several_processes(pair: list[Server]) -> None:
    answer = requests.get(f"{pair[0].url}/socket.io/", params={"transport": "polling", "EIO": "4"}, timeout=10)
    assert answer.status_code == 400


def test_messages_of_one_conversation_are_handled_one_by_one_in_all_processes(pair: list[Server], sender: str) -> None:
    sending = [
        subprocess.Popen(
            [sys.executable, "-c", SEND, server.url, sender, str(place)], stdout=subprocess.PIPE, text=True
        )
        for place, server in enumerate(pair * 2)
    ]
    for process in sending:
        assert process.wait(60) == 0
    ids = said(pair[0], sender)
    assert sorted(ids) == sorted(f"{place}-{number}" for place in range(4) for number in range(8))
    for place in range(4):  # what one client sent stays in its order
        assert [one for one in ids if one.startswith(f"{place}-")] == [f"{place}-{number}" for number in range(8)]
    events = tracker(pair[0], sender)["events"]
    names = [event["event"] for event in events if event["event"] in {"user", "bot"}]
    turns = "".join(name[0] for name in names).split("u")[1:]
    assert len(turns) == 32 and all(turns), "a message without an answer of its own"


SEND = """
import sys, requests
url, sender, place = sys.argv[1:]
for number in range(8):
    body = {"sender": sender, "message": f"bericht {place} {number}", "id": f"{place}-{number}"}
    answer = requests.post(url + "/webhooks/rest/webhook", json=body, timeout=60)
    assert answer.ok and answer.json(), answer.text
"""


def test_processes_share_a_port_and_are_replaced_and_revived(
    start_server: Start, shared: dict[str, str], sender: str
) -> None:
    server = start_server(BOT_PROCESSES="2", **shared)
    supervisor = psutil.Process(server.process.pid)
    wait_until(lambda: len(serving(supervisor)) == 2)
    assert server.say(sender, "ik heb geen tijd om te leren")

    first = serving(supervisor)
    first[0].kill()
    for _ in range(10):  # the other one serves
        assert persist(server, sender, "waarom deze?")
    wait_until(lambda: len(serving(supervisor)) == 2 and first[0].pid not in pids(supervisor))
    assert "another takes its place" in server.logged()

    before = pids(supervisor)
    server.process.send_signal(signal.SIGHUP)
    while pids(supervisor) & before or len(serving(supervisor)) != 2:
        assert persist(server, sender, "waarom deze?")
        assert server.process.poll() is None
    assert "was replaced by" in server.logged()

    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(30) == 0
    assert not psutil.pid_exists(next(iter(before)))


def test_processes_stop_when_their_supervisor_is_killed(start_server: Start, shared: dict[str, str]) -> None:
    server = start_server(BOT_PROCESSES="2", **shared)
    children = psutil.Process(server.process.pid).children()
    server.process.kill()
    server.process.wait(10)
    _, alive = psutil.wait_procs(children, timeout=30)
    assert not alive


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"BOT_PROCESSES": "2"}, "Set BOT_DATABASE (a postgresql:// address) and BOT_REDIS"),
        ({"BOT_PROCESSES": "twee"}, "BOT_PROCESSES is 'twee'"),
        ({"BOT_PROCESSES": "2", "BOT_DATABASE": "postgresql://bot@localhost/bot"}, "Set BOT_REDIS"),
        ({"BOT_REDIS": "redis://localhost"}, "BOT_DATABASE is an SQLite file"),
        ({"BOT_DATABASE": "mysql://bot:geheim@localhost/bot"}, "BOT_DATABASE is not an address"),
        ({"BOT_DATABASE": "postgresql://bot@localhost/bot", "BOT_REDIS": "localhost:6379"}, "BOT_REDIS is not"),
        ({"BOT_QUEUE": "0"}, "BOT_QUEUE is '0'"),
        ({"BOT_GRACE": "-1"}, "BOT_GRACE is '-1'"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(settings: Mapping[str, str], words: str) -> None:
    done = run(settings)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr and "geheim" not in done.stderr


def test_a_wrong_password_or_database_stops_the_start(
    postgres: Postgres, redis_server: RedisServer, tmp_path: str
) -> None:
    for address in (postgres.url.replace("geheim", "mis-raden"), postgres.url.replace("/postgres", "/bestaat-niet")):
        done = run({"BOT_DATABASE": address})
        assert done.returncode == 1
        assert "BOT_DATABASE cannot be used" in done.stderr
        assert "Traceback" not in done.stderr and "mis-raden" not in done.stderr
    done = run({"BOT_DATABASE": postgres.url, "BOT_REDIS": redis_server.url.replace("//", "//:fout@")})
    assert done.returncode == 1
    assert "BOT_REDIS cannot be used" in done.stderr and "Traceback" not in done.stderr
    done = run({"BOT_DATABASE": f"{tmp_path}/geen-map/gesprekken.db"})
    assert done.returncode == 1
    assert "BOT_DATABASE cannot be used" in done.stderr and "Traceback" not in done.stderr


def run(settings: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", "run", "--port", str(free_port())]
    environment = {**os.environ, **settings}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


def tracker(server: Server, sender: str) -> dict[str, list[dict[str, str]]]:
    address = f"{server.url}/conversations/{sender}/tracker"
    from tests.conftest import TOKEN

    return requests.get(address, params={"token": TOKEN, "include_events": "ALL"}, timeout=30).json()  # type: ignore[no-any-return]


def said(server: Server, sender: str) -> list[str]:
    """The ids of the messages that were handled; their words may be masked."""
    return [event["message_id"] for event in tracker(server, sender)["events"] if event["event"] == "user"]


def persist(server: Server, sender: str, text: str) -> object:
    """As a REST client should: no answer, or 503, means the same message again."""
    message_id = uuid.uuid4().hex
    seen: list[str] = []
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            answer = server.post(sender=sender, message=text, id=message_id)
        except requests.ConnectionError as error:
            seen.append(str(error))
        else:
            if answer.status_code != 503:
                answer.raise_for_status()
                return answer.json()
            seen.append(answer.text)
        time.sleep(0.3)
    raise AssertionError(f"no answer: {seen}")


def serving(supervisor: psutil.Process) -> list[psutil.Process]:
    """The server processes that listen."""
    return [
        child
        for child in supervisor.children()
        if child.is_running() and child.status() != psutil.STATUS_ZOMBIE and "--line" in " ".join(child.cmdline())
    ]


def pids(supervisor: psutil.Process) -> set[int]:
    return {child.pid for child in serving(supervisor)}


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)
