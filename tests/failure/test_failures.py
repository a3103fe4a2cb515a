"""What breaks in real life, done to real servers: no acknowledged message is lost, none is handled twice, and the bot
recovers by itself. docs/beheer.md tells an administrator what was seen."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from bot.paths import CONTENT
from tests.conftest import Server, needs
from tests.failure.client import ChatClient
from tests.failure.crowd import Crowd
from tests.failure.test_scale import wait_until
from tests.services import Postgres, RedisServer

Start = Callable[..., Server]
KIND = "Het lukt me nu even niet om je bericht te bewaren."


@pytest.fixture(scope="module")
def own_postgres(postgres: Postgres) -> Iterator[Postgres]:
    """Another one than the other tests use, because it is stopped."""
    server = Postgres().start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def own_redis(redis_server: RedisServer) -> Iterator[RedisServer]:
    server = RedisServer().start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def pair(start_server: Start, own_postgres: Postgres, own_redis: RedisServer) -> list[Server]:
    settings = {"BOT_DATABASE": own_postgres.url, "BOT_REDIS": own_redis.url, "BOT_GRACE": "10"}
    return [start_server(**settings), start_server(**settings)]


def urls(servers: list[Server]) -> list[str]:
    return [server.url for server in servers]


def test_a_process_is_killed_in_mid_conversation(pair: list[Server]) -> None:
    with Crowd(10, *urls(pair)) as crowd:
        wait_until(lambda: crowd.count > 50)
        pair[0].process.kill()
        pair[0].process.wait(10)
        seen = crowd.count
        wait_until(lambda: crowd.count > seen + 50)
        pair[0].start()
        pair[0].wait()
    assert sum(client.lost for client in crowd.clients) > 0
    crowd.check(pair[1].url)


def test_a_rolling_update_under_load(pair: list[Server]) -> None:
    with Crowd(10, *urls(pair)) as crowd:
        for server in pair:
            wait_until(lambda: crowd.count > 30)
            server.process.terminate()
            assert server.process.wait(30) == 0
            server.start()
            server.wait()
            seen = crowd.count
            wait_until(lambda seen=seen: crowd.count > seen + 30)  # type: ignore[misc]
    crowd.check(pair[0].url)


def test_sigterm_under_load_with_nowhere_to_go(start_server: Start, tmp_path: Path) -> None:
    server = start_server(tmp_path, BOT_GRACE="10")
    with Crowd(10, server.url) as crowd:
        wait_until(lambda: crowd.count > 30)
        server.process.terminate()
        assert server.process.wait(20) == 0
        server.start()
        server.wait()
    assert "Stopping: messages in hand are finished" in server.logged()
    assert "Traceback" not in server.logged()
    crowd.check(server.url)


def test_the_database_goes_away_and_comes_back(pair: list[Server], own_postgres: Postgres, sender: str) -> None:
    assert pair[0].say(sender, "ik heb geen tijd om te leren")
    with Crowd(6, *urls(pair)) as crowd:
        wait_until(lambda: crowd.count > 30)
        own_postgres.stop(signal.SIGQUIT)
        answer = pair[0].post(sender=sender, message="waarom deze?", id="tijdens")
        assert answer.status_code == 503 and answer.headers["Retry-After"]
        assert answer.json()["fout"].startswith(KIND) and answer.json()["reden"] == "storing"
        assert requests.get(f"{pair[0].url}/ready", timeout=10).json() == {"status": "database away"}
        assert requests.get(f"{pair[0].url}/health", timeout=10).ok
        wait_until(lambda: any(told["reden"] == "storing" for client in crowd.clients for told in client.refused))
        own_postgres.start()
        wait_until(lambda: requests.get(f"{pair[0].url}/ready", timeout=10).ok)
        seen = crowd.count
        wait_until(lambda: crowd.count > seen + 30)
    crowd.check(pair[0].url)
    assert pair[1].post(sender=sender, message="waarom deze?", id="tijdens").ok
    assert "weinig_tijd" in pair[1].slots(sender)["belemmeringen"]
    assert pair[0].logged().count("The database (BOT_DATABASE) is away") == 1
    assert "The database (BOT_DATABASE) is back after" in pair[0].logged()


def test_a_database_that_hangs(pair: list[Server], own_postgres: Postgres, sender: str) -> None:
    assert pair[0].say(sender, "ik heb geen tijd om te leren")
    own_postgres.pause(True)
    try:
        answer = pair[0].post(sender=sender, message="waarom deze?", id="tijdens")
        assert answer.status_code == 503 and answer.json()["fout"].startswith(KIND)
        assert requests.get(f"{pair[0].url}/health", timeout=2).ok
        assert requests.get(f"{pair[0].url}/ready", timeout=10).status_code == 503
    finally:
        own_postgres.pause(False)
    wait_until(lambda: pair[0].post(sender=sender, message="waarom deze?", id="tijdens").ok)
    with Crowd(4, *urls(pair)) as crowd:
        wait_until(lambda: crowd.count > 20)
    crowd.check(pair[0].url)


def test_redis_goes_away_and_comes_back(pair: list[Server], own_redis: RedisServer) -> None:
    with Crowd(6, *urls(pair)) as crowd:
        for change in (own_redis.stop, own_redis.start):
            wait_until(lambda: crowd.count > 30)
            change()
            for client in crowd.clients[:3]:
                client.addresses.reverse()
            seen = crowd.count
            wait_until(lambda seen=seen: crowd.count > seen + 30)  # type: ignore[misc]
        time.sleep(3)
        seen = crowd.count
        wait_until(lambda: crowd.count > seen + 10)
    crowd.check(pair[0].url)
    assert "Redis (BOT_REDIS) is away" in pair[0].logged()
    assert "Redis (BOT_REDIS) is back after" in pair[0].logged()


def test_without_redis_two_processes_still_do_not_mix_up_a_conversation(
    pair: list[Server], own_redis: RedisServer, sender: str
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from tests.failure.test_scale import said

    own_redis.stop()
    try:

        def send(number: int) -> requests.Response:
            end = time.monotonic() + 30
            while time.monotonic() < end:  # refused when the conversation changed under it again and again
                answer = pair[number % 2].post(sender=sender, message=f"bericht {number}", id=str(number))
                if answer.ok:
                    break
            return answer

        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(send, range(24)))
    finally:
        own_redis.start()
    assert all(answer.ok and answer.json() for answer in answers)
    assert sorted(said(pair[0], sender)) == sorted(str(number) for number in range(24))


def test_the_disk_is_full(start_server: Start, tmp_path: Path, sender: str) -> None:
    disk = tmp_path / "schijf"
    disk.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], check=False).returncode:
        needs("a small disk can only be mounted by root")
    try:
        server = start_server(tmp_path, BOT_DATABASE=str(disk / "gesprekken.db"))
        assert server.say(sender, "ik heb geen tijd om te leren")
        with contextlib.suppress(OSError), (disk / "vol").open("wb", buffering=0) as filler:
            while filler.write(b"x" * 1024):
                pass
        answers = [server.post(sender=f"{sender}{number}", message="hoi") for number in range(20)]
        refused = [answer for answer in answers if answer.status_code == 503]
        assert refused and refused[-1].json()["fout"].startswith(KIND)
        assert answers[-1].status_code == 503
        (disk / "vol").unlink()
        assert server.say(sender, "waarom deze?")
        assert "weinig_tijd" in server.slots(sender)["belemmeringen"]
        assert "The database (BOT_DATABASE) is away: database or disk is full" in server.logged()
        server.stop()
    finally:
        subprocess.run(["umount", "-l", disk], check=False)


def test_the_clock_jumps(start_server: Start, tmp_path: Path, sender: str) -> None:
    library = next(iter(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)
    if library is None:
        needs("faketime is not installed (apt-get install faketime)")
    clock = tmp_path / "klok"
    clock.write_text("+0", "utf-8")
    server = start_server(
        tmp_path,
        LD_PRELOAD=str(library),
        FAKETIME_TIMESTAMP_FILE=str(clock),
        FAKETIME_CACHE_DURATION="1",
        FAKETIME_DONT_FAKE_MONOTONIC="1",
    )
    client = ChatClient(server.url)
    assert client.say("ik heb geen tijd om te leren")
    for jump in ("-2h", "+3d", "-400d", "+0"):
        clock.write_text(jump, "utf-8")
        time.sleep(1.5)
        assert client.say("/vraag_opties")
        assert server.say(sender, "hoi")
    assert "weinig_tijd" in server.slots(client.session)["belemmeringen"]
    assert client.lost == 0 and not client.refused
    server.stop()
    server.start()
    server.wait()
    assert "weinig_tijd" in server.slots(client.session)["belemmeringen"]
    server.stop()


def test_content_is_broken_and_a_model_is_replaced_while_serving(
    start_server: Start, model: Path, tmp_path: Path, sender: str
) -> None:
    content, served = tmp_path / "content", tmp_path / "model.tar.gz"
    shutil.copytree(CONTENT, content)
    shutil.copy(model, served)
    server = start_server(tmp_path, BOT_CONTENT=str(content), BOT_MODEL=str(served))
    texts = content / "teksten.yml"
    good = texts.read_text("utf-8")

    texts.write_text(good + "\nkapot: [", "utf-8")
    wait_until(lambda: "De bot gaat door met de vorige inhoud" in server.logged())
    assert server.say(sender, "/start")
    shutil.move(content, tmp_path / "weg")
    time.sleep(5)
    assert server.say(sender, "ik heb geen tijd om te leren")
    shutil.move(tmp_path / "weg", content)
    texts.write_text(good.replace("Graag gedaan", "Tot je dienst"), "utf-8")
    wait_until(lambda: "Tot je dienst" in server.say(sender, "/bedanken")[0]["text"])

    served.write_bytes(b"half een model")
    assert server.say(sender, "waarom deze?")
    server.stop()
    server.start()
    assert server.process.wait(120) == 1
    assert "cannot be used" in server.logged() and "make train" in server.logged()
    shutil.copy(model, served)
    server.start()
    server.wait()
    assert "weinig_tijd" in server.slots(sender)["belemmeringen"]
    server.stop()
