"""The server as a whole: restart, separate action server, mistakes at the start."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import socketio

from bot.paths import CONTENT, ROOT
from tests.conftest import TOKEN, Server, run_bot
from tests.services import free_port


def test_a_conversation_survives_a_restart(start_server: Callable[..., Server], tmp_path: Path, sender: str) -> None:
    first = start_server(tmp_path)
    first.say(sender, "ik heb geen tijd om te leren")
    first.stop()
    second = start_server(tmp_path)
    assert "weinig_tijd" in second.slots(sender)["belemmeringen"]
    second.stop()


def test_custom_actions_can_run_in_a_server_of_their_own(
    start_server: Callable[..., Server], tmp_path: Path, sender: str
) -> None:
    port = free_port()
    actions = subprocess.Popen(
        [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/health")
        server = start_server(tmp_path, BOT_ACTION_SERVER=f"http://127.0.0.1:{port}/webhook")
        replies = server.say(sender, '/vertellen{"rol": "medewerker", "belemmering": "weinig_tijd"}')
        assert len(server.slots(sender)["suggesties"]) == 3
        assert replies
        server.stop()
    finally:
        actions.terminate()
        actions.wait(10)


def test_the_api_is_off_without_a_token(start_server: Callable[..., Server], tmp_path: Path) -> None:
    server = start_server(tmp_path, BOT_API_TOKEN="")
    for path in ("/status", "/conversations/x/tracker", "/model/parse", "/domain"):
        assert requests.get(server.url + path, timeout=10).status_code == 404
    assert requests.get(server.url, timeout=10).status_code == 200
    server.stop()


def test_the_socket_channel_answers_and_handles_a_repeated_message_once(server: Server, sender: str) -> None:
    client = socketio.Client()
    heard: list[dict[str, Any]] = []
    client.on("bot_uttered", heard.append)
    client.connect(server.url)
    client.emit("session_request", {"session_id": sender})
    message = {"message": "/start", "session_id": sender, "id": "bericht-1"}
    assert client.call("user_uttered", message, timeout=20) == {"ok": True}
    assert client.call("user_uttered", message, timeout=20) == {"ok": True}
    assert "fout" in client.call("user_uttered", {"message": "hoi"}, timeout=20)
    time.sleep(0.5)
    client.disconnect()
    assert [message["id"] for message in heard] == ["bericht-1-1"] * 2  # answered again, with the same id
    assert heard[0] == heard[1]
    assert "Interventiewijzer" in heard[0]["text"]
    tracker = requests.get(f"{server.url}/conversations/{sender}/tracker", params={"token": TOKEN}, timeout=10).json()
    assert sum(event["event"] == "user" for event in tracker["events"]) == 1


def test_a_message_sent_twice_over_rest_is_handled_once(server: Server, sender: str) -> None:
    first, second = (server.post(sender=sender, message="ik heb geen tijd", id="een").json() for _ in range(2))
    assert first == second
    assert server.post(sender=sender, message="nog iets", id="").status_code == 400


def test_a_message_repeated_after_a_restart_is_not_handled_again(
    start_server: Callable[..., Server], tmp_path: Path, sender: str
) -> None:
    """The client got no acknowledgement, so it says the same once more, to a server that remembers nothing of it."""
    message = {"message": "ik heb geen tijd om te leren", "session_id": sender, "id": "bericht-1"}
    server = start_server(tmp_path)
    answers = over_the_socket(server, message)
    server.stop()
    server = start_server(tmp_path)
    assert over_the_socket(server, {**message, "again": True}) == answers
    assert [answer["id"] for answer in answers] == [f"bericht-1-{n}" for n in range(1, len(answers) + 1)]
    assert answers[1]["cards"]
    events = requests.get(f"{server.url}/conversations/{sender}/tracker", params={"token": TOKEN}, timeout=30).json()[
        "events"
    ]
    assert len([event for event in events if event["event"] == "user"]) == 1
    unknown = {"message": "ik werk in de zorg", "session_id": sender, "id": "bericht-2", "again": True}
    assert over_the_socket(server, unknown)  # it never arrived the first time
    server.stop()


def over_the_socket(server: Server, message: dict[str, Any]) -> list[dict[str, Any]]:
    """What the bot says to it."""
    client = socketio.SimpleClient()
    client.connect(server.url)
    client.emit("session_request", {"session_id": message["session_id"]})
    assert client.receive(timeout=20)[0] == "session_confirm"
    assert client.call("user_uttered", message, timeout=20) == {"ok": True}
    heard = []
    with contextlib.suppress(socketio.exceptions.TimeoutError):
        while True:
            heard.append(client.receive(timeout=0.5)[1])
    client.disconnect()
    return heard


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://intranet.example.org"},
        {"Origin": "https://bot.example.org", "X-Forwarded-Host": "bot.example.org"},
    ],
)
def test_the_socket_is_open_to_programs_named_sites_and_its_own_pages(
    named_site: Server, headers: dict[str, str]
) -> None:
    client = socketio.Client()
    client.connect(named_site.url, headers=headers)
    client.disconnect()


@pytest.mark.parametrize("transport", ["polling", "websocket"])
@pytest.mark.parametrize("origin", ["https://example.org", "https://intranet.example.org.evil.example", "null"])
def test_the_socket_refuses_pages_of_other_sites(named_site: Server, origin: str, transport: str) -> None:
    client = socketio.Client()
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(named_site.url, headers={"Origin": origin}, transports=[transport])


@pytest.fixture(scope="module")
def named_site(start_server: Callable[..., Server]) -> Server:
    return start_server(BOT_ORIGINS="https://intranet.example.org/")


def test_ctrl_c_stops_the_server(start_server: Callable[..., Server], tmp_path: Path) -> None:
    server = start_server(tmp_path)
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(20) in (0, 130, -signal.SIGINT)
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url, timeout=2)


def test_a_taken_port_says_what_to_do(server: Server) -> None:
    done = run_bot(server.port)
    assert done.returncode == 1
    assert f"Port {server.port} is taken" in done.stderr
    assert "make run PORT=" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_model_says_what_to_do(tmp_path: Path) -> None:
    broken = tmp_path / "kapot.tar.gz"
    broken.write_bytes(b"dit is geen model")
    done = run_bot(free_port(), BOT_MODEL=str(broken), BOT_DATABASE=str(tmp_path / "g.db"))
    assert done.returncode == 1
    assert "cannot be used" in done.stdout + done.stderr
    assert "make train" in done.stdout + done.stderr


def test_a_missing_model_says_what_to_do(tmp_path: Path) -> None:
    done = run_bot(free_port(), BOT_MODEL=str(tmp_path / "weg.tar.gz"))
    assert done.returncode == 1
    assert "does not exist" in done.stderr


def test_unreadable_content_stops_the_start_with_every_mistake(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    shutil.copytree(CONTENT, folder)
    for path in sorted(folder.glob("*/*.md"))[:2]:
        path.write_text(path.read_text("utf-8").replace("gewicht:", "gewigt:"), "utf-8")
    done = run_bot(free_port(), BOT_CONTENT=str(folder))
    assert done.returncode == 1
    assert done.stderr.count("Onbekend veld: gewigt") == 2
    assert "Traceback" not in done.stderr


def wait_for(url: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if requests.get(url, timeout=2).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.2)
    raise RuntimeError(f"{url} does not answer")


def test_a_talk_in_the_terminal_with_choices_by_number(model: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat"],
        cwd=ROOT,
        env={**os.environ, "BOT_MODEL": str(model)},
        input="ik krijg geen tijd om te leren\n1\nstop\n",
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "[1] " in done.stdout  # choices have numbers
    assert "Zo werkt het" in done.stdout  # the first choice was explained
    assert "**" not in done.stdout
