"""Shared fixtures: the real content, one trained model, one real server for all tests that talk to it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")

from bot.content.library import Library
from bot.conversation.turn import Knowledge
from bot.paths import ROOT
from tests.services import Postgres, RedisServer, free_port

TOKEN = "sleutel-voor-de-tests"
START_SECONDS = 120


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    from bot.knowledge import knowledge

    return knowledge()


@pytest.fixture(scope="session")
def library(knowledge: Knowledge) -> Library:
    return knowledge.library


@pytest.fixture(scope="session")
def model() -> Path:
    """The trained model; trained now when there is none for these data."""
    from bot.training import ensure_model

    return ensure_model()


class Server:
    """A bot server in a process of its own."""

    def __init__(self, folder: Path, port: int | None = None, **settings: str) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"server-{self.port}.log"
        self.database = folder / "gesprekken.db"
        environment = {
            **os.environ,
            "BOT_API_TOKEN": TOKEN,
            "BOT_DATABASE": str(self.database),
            "PYTHONUNBUFFERED": "1",
            # All tests come from one address, much faster than people.
            "BOT_LIMIT_SENDER": "0",
            "BOT_LIMIT_ADDRESS": "0",
            "BOT_LIMIT_WINDOWS": "0",
            **settings,
        }
        self._out = self.log.open("wb")
        self._command = [sys.executable, "-m", "bot", "run", "--port", str(self.port)]
        self._environment = environment
        self.start()

    def start(self) -> None:
        """Also after a stop, at the same port."""
        self.process = subprocess.Popen(
            self._command, cwd=ROOT, env=self._environment, stdout=self._out, stderr=subprocess.STDOUT
        )

    def wait(self) -> Server:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if requests.get(f"{self.url}/ready", timeout=2).ok:
                    return self
            except (requests.ConnectionError, requests.Timeout):
                pass
            time.sleep(0.2)
        raise RuntimeError(f"the server did not start:\n{self.log.read_text('utf-8')}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def logged(self) -> str:
        return self.log.read_text("utf-8")

    def post(self, **body: Any) -> requests.Response:
        return requests.post(f"{self.url}/webhooks/rest/webhook", json=body, timeout=30)

    def say(self, sender: str, message: str) -> list[dict[str, Any]]:
        answer = self.post(sender=sender, message=message)
        answer.raise_for_status()
        return answer.json()  # type: ignore[no-any-return]

    def slots(self, sender: str) -> dict[str, Any]:
        address = f"{self.url}/conversations/{sender}/tracker"
        return requests.get(address, params={"token": TOKEN}, timeout=30).json()["slots"]  # type: ignore[no-any-return]

    def set_slot(self, sender: str, name: str, value: Any) -> None:
        address = f"{self.url}/conversations/{sender}/tracker/events"
        event = {"event": "slot", "name": name, "value": value, "timestamp": time.time()}
        requests.post(address, params={"token": TOKEN}, json=event, timeout=30).raise_for_status()


def run_bot(port: int, **settings: str) -> subprocess.CompletedProcess[str]:
    """A server that should not start."""
    return subprocess.run(
        [sys.executable, "-m", "bot", "run", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="session")
def start_server(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts further servers; all are stopped at the end."""
    running: list[Server] = []

    def start(folder: Path | None = None, port: int | None = None, wait: bool = True, **settings: str) -> Server:
        folder = folder or tmp_path_factory.mktemp("server")
        running.append(Server(folder, port, **{"BOT_MODEL": str(model), **settings}))
        return running[-1].wait() if wait else running[-1]

    yield start
    for server in running:
        if server.process.poll() is None:
            server.stop()


@pytest.fixture(scope="session")
def server(start_server: Callable[..., Server]) -> Server:
    return start_server()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    if not Postgres.program("initdb"):
        needs("PostgreSQL is not installed (apt-get install postgresql)")
    server = Postgres().start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    if not RedisServer.program():
        needs("Redis is not installed (apt-get install redis-server)")
    server = RedisServer().start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def shared(postgres: Postgres, redis_server: RedisServer) -> dict[str, str]:
    """Settings of servers that serve the same conversations."""
    return {"BOT_DATABASE": postgres.url, "BOT_REDIS": redis_server.url}


@pytest.fixture
def sender() -> str:
    return uuid.uuid4().hex


def needs(reason: str) -> None:
    """Skips, except in CI, where something missing is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"missing in CI: {reason}")
    pytest.skip(reason)
