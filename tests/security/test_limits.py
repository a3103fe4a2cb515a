"""Too much of one sender or address is refused politely; all others go on, and nothing of an address is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import requests
import socketio

from bot.protection import limits
from bot.protection.limits import Buckets, LimitError, Limits, Settings, Windows
from tests.conftest import Server, run_bot
from tests.services import free_port

Start = Callable[..., Server]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_a_minutes_worth_and_then_as_many_as_come_in() -> None:
    clock = Clock()
    bucket = Buckets(30, clock)
    assert [bucket.take("a") for _ in range(31)] == [0] * 30 + [2]
    assert bucket.take("b") == 0, "another one has a bucket of its own"
    clock.now += 2
    assert (bucket.take("a"), bucket.take("a")) == (0, 2)
    clock.now += 3600
    assert [bucket.take("a") for _ in range(31)].count(0) == 30, "no more than a minute's worth is saved up"


def test_no_limit() -> None:
    assert not any(Buckets(0).take("a") for _ in range(1000))


def test_memory_is_bounded_and_holds_no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REMEMBERED", 100)
    bucket = Buckets(60)
    for number in range(1000):
        bucket.take(f"203.0.113.{number}")
    assert len(bucket) == 100
    assert "203.0.113" not in repr(vars(bucket))


def test_windows_of_one_address() -> None:
    windows = Windows(2)
    assert windows.opened("1", "a") and windows.opened("2", "a") and windows.opened("3", "b")
    assert not windows.opened("4", "a")
    windows.closed("4")  # was never open
    assert not windows.opened("4", "a")
    windows.closed("1")
    assert windows.opened("4", "a")
    for window in "234":
        windows.closed(window)
    assert vars(windows)["_open"] == {} and vars(windows)["_of"] == {}


@pytest.mark.parametrize(
    ("seen", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:ffff::]", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("_hidden", "_hidden"),
    ],
)
def test_what_counts_as_one_address(seen: str, counted: str) -> None:
    class Request:
        remote_addr, ip = seen, "198.51.100.1"

    assert limits.address_of(Request()) == counted  # type: ignore[arg-type]


def test_defaults_let_a_person_and_an_organisation_talk() -> None:
    settings = Settings.read({})
    assert (settings.sender, settings.address, settings.proxies) == (60, 3000, 0)
    assert Limits(settings).sender.take("a") == 0


@pytest.mark.parametrize("value", ["-1", "veel", "1.5", "²", "9" * 12])
def test_a_wrong_setting_is_named(value: str) -> None:
    with pytest.raises(LimitError, match="BOT_LIMIT_SENDER"):
        Settings.read({"BOT_LIMIT_SENDER": value})


def test_a_wrong_setting_stops_the_start(model: Path, tmp_path: Path) -> None:
    done = run_bot(free_port(), BOT_PROXIES="een", BOT_MODEL=str(model), BOT_DATABASE=str(tmp_path / "g.db"))
    assert done.returncode == 1
    assert "BOT_PROXIES is 'een'" in done.stderr and "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def strict(start_server: Start) -> Server:
    return start_server(BOT_LIMIT_SENDER="3", BOT_LIMIT_ADDRESS="8", BOT_LIMIT_WINDOWS="2", BOT_PROXIES="1")


def post(server: Server, sender: str, address: str) -> requests.Response:
    return requests.post(
        f"{server.url}/webhooks/rest/webhook",
        json={"sender": sender, "message": "hoi"},
        headers={"X-Forwarded-For": address},
        timeout=30,
    )


def test_a_sender_who_sends_too_much_over_rest_is_told_when_to_go_on(strict: Server, sender: str) -> None:
    answers = [post(strict, sender, "203.0.113.1") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 20
    assert answers[-1].json()["fout"].startswith("Je stuurt veel berichten")
    assert post(strict, sender + "-ander", "203.0.113.1").status_code == 200


def test_an_address_cannot_go_on_under_other_names(strict: Server, sender: str) -> None:
    codes = [post(strict, f"{sender}{number}", "203.0.113.2").status_code for number in range(9)]
    assert codes == [200] * 8 + [429]
    refused = post(strict, sender, "203.0.113.2")
    assert refused.json()["fout"] and int(refused.headers["Retry-After"]) > 0
    assert post(strict, sender, "203.0.113.3").status_code == 200, "another address goes on"
    spoofed = post(strict, sender, "198.51.100.9, 203.0.113.2")
    assert spoofed.status_code == 429, "only what the last proxy saw counts"
    page = requests.get(f"{strict.url}/blad/argumenten", headers={"X-Forwarded-For": "203.0.113.2"}, timeout=10)
    assert page.status_code == 429
    for free in ("/health", "/widget/chat.css"):
        assert requests.get(strict.url + free, headers={"X-Forwarded-For": "203.0.113.2"}, timeout=10).ok


def test_without_proxies_nobody_chooses_his_own_address(start_server: Start, sender: str) -> None:
    server = start_server(BOT_LIMIT_ADDRESS="2")
    codes = [post(server, f"{sender}{number}", f"203.0.113.{number}").status_code for number in range(4)]
    assert codes == [200, 200, 429, 429]
    server.stop()


def test_the_socket_acknowledges_with_the_seconds_to_wait(strict: Server, sender: str) -> None:
    client = socketio.SimpleClient()
    client.connect(strict.url, headers={"X-Forwarded-For": "203.0.113.4"}, transports=["websocket"])
    message = {"message": "hoi", "session_id": sender}
    answers = [client.call("user_uttered", message, timeout=20) for _ in range(4)]
    client.disconnect()
    assert answers[:3] == [{"ok": True}] * 3
    assert answers[3]["fout"].startswith("Je stuurt veel berichten") and 0 < answers[3]["opnieuw"] <= 20


def test_no_more_windows_of_one_address_than_allowed(strict: Server) -> None:
    def connect(address: str) -> socketio.Client:
        client = socketio.Client(reconnection=False)
        client.connect(strict.url, headers={"X-Forwarded-For": address}, transports=["websocket"], wait_timeout=5)
        return client

    clients = [connect("203.0.113.5"), connect("203.0.113.5"), connect("203.0.113.6")]
    with pytest.raises(socketio.exceptions.ConnectionError):
        connect("203.0.113.5")
    clients.pop(0).disconnect()
    clients.append(connect("203.0.113.5"))
    for client in clients:
        client.disconnect()


def test_no_address_is_logged_or_stored(strict: Server) -> None:
    kept = [path for path in strict.log.parent.iterdir() if path.is_file()]
    assert len(kept) >= 2
    for path in kept:
        assert b"203.0.113" not in path.read_bytes() and b"198.51.100" not in path.read_bytes()
