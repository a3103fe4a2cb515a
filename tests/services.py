"""Real PostgreSQL and Redis servers for the tests, each with data of its own, that can be stopped and started."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg2
import redis


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Postgres:
    """PostgreSQL refuses to run as root, so root runs it as the user postgres."""

    user = "postgres" if os.geteuid() == 0 else None

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"postgresql://bot:geheim@127.0.0.1:{self.port}/postgres"
        self._folder = Path(tempfile.mkdtemp(prefix="bot-postgresql-"))
        if self.user:
            shutil.chown(self._folder, self.user)
        secret = self._folder / "wachtwoord"
        secret.write_text("geheim", "utf-8")
        secret.chmod(0o644)
        self._run("initdb", "-D", "data", "-U", "bot", "-A", "scram-sha-256", "--pwfile", "wachtwoord", "-N")
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def program(cls, name: str) -> str | None:
        """Debian keeps the server's programs out of PATH."""
        found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
        return shutil.which(name) or (str(found[-1]) if found else None)

    def start(self) -> Postgres:
        self._process = self._popen("postgres", "-D", "data", "-p", str(self.port), "-k", str(self._folder))
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                psycopg2.connect(self.url).close()
                return self
            except psycopg2.OperationalError:
                time.sleep(0.1)
        raise RuntimeError("PostgreSQL did not start")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT cuts off the clients, SIGQUIT stops like a crash."""
        if self._process:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    def pause(self, on: bool) -> None:
        """A database that is there but does not answer."""
        pids = subprocess.run(
            ["pgrep", "-P", str(self._server())], capture_output=True, text=True, check=False
        ).stdout.split()
        for pid in (str(self._server()), *pids):
            os.kill(int(pid), signal.SIGSTOP if on else signal.SIGCONT)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg2.connect(self.url) as connection, connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def remove(self) -> None:
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _server(self) -> int:
        assert self._process
        return self._process.pid

    def _popen(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        program = self.program(name)
        assert program
        settings: dict[str, Any] = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        out = (self._folder / "log").open("ab")
        return subprocess.Popen([program, *arguments], cwd=self._folder, stdout=out, stderr=out, **settings)

    def _run(self, name: str, *arguments: str) -> None:
        if self._popen(name, *arguments).wait(60) != 0:
            raise RuntimeError((self._folder / "log").read_text("utf-8"))


class RedisServer:
    """Keeps nothing on disk: after a restart it is empty, the worst case for locks."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def program(cls) -> str | None:
        return shutil.which("redis-server")

    def start(self) -> RedisServer:
        program = self.program()
        assert program
        self._process = subprocess.Popen(
            [program, "--port", str(self.port), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"],
            stdout=subprocess.DEVNULL,
        )
        client = redis.Redis.from_url(self.url)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                client.ping()
                return self
            except redis.ConnectionError:
                time.sleep(0.05)
        raise RuntimeError("Redis did not start")

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait(10)
            self._process = None
