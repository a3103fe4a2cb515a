"""People in conversation, ever more of them, with Rasa's starter bot and with ours in one and in two processes.

    python -m benchmarks.load                     the table: every load, every bot, in turn (about 25 minutes)
    python -m benchmarks.load soak [MINUTES]      memory of our bot during an hour of talk

Locust plays the people on the same machine: it needs most of a core itself with busy people, which is then missing for
a second process. The starter bot keeps conversations in memory. One process of ours keeps them in SQLite, two in
PostgreSQL with locks in Redis. Errors are answers other than 200, empty ones, and none within a minute.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.cli import quiet_start

quiet_start()

from benchmarks.bots import Served, our_bot, serving, starter_bot  # noqa: E402
from bot.training import ensure_model  # noqa: E402
from tests.services import Postgres, RedisServer  # noqa: E402

SECONDS = 60
PAUSE = 15  # seconds at most between an answer and the next message: about 8 on average
LOADS = [(10, PAUSE), (100, PAUSE), (500, PAUSE), (2000, PAUSE), (100, 0)]  # people, their longest pause
SOAK_PEOPLE, SOAK_PAUSE = 100, 3


@dataclass
class Seen:
    """What the people saw: messages per second, milliseconds, number of errors."""

    rate: float
    median: float
    p95: float
    p99: float
    refused: int  # with the word to send it again later, which the people do
    errors: int


def main() -> None:
    model = ensure_model()
    if sys.argv[1:2] == ["soak"]:
        soak(model, int(sys.argv[2]) if len(sys.argv) > 2 else 60)
    else:
        table(model)


def table(model: Path) -> None:
    print("| bot | people | pause (s) | messages/s | median (ms) | p95 | p99 | refused | errors | memory (MiB) |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for label, server in (
            ("starter", _starter(folder)),
            ("ours", _ours(folder, model)),
            ("ours, 2 processes", _ours_twice(model)),
        ):
            with server as served:
                talk = label.split(",")[0]
                load(served, talk, 10, 1, seconds=10)  # warm-up
                for people, pause in LOADS:
                    seen = load(served, talk, people, pause)
                    pauses = f"{pause / 10:g}-{pause}" if pause else "0"
                    figures = [f"{seen.rate:.1f}", *(f"{ms:.0f}" for ms in (seen.median, seen.p95, seen.p99))]
                    counts = [str(seen.refused), str(seen.errors), f"{served.memory():.0f}"]
                    print(f"| {' | '.join([label, str(people), pauses, *figures, *counts])} |", flush=True)


def soak(model: Path, minutes: int) -> None:
    """Prints the memory of every minute."""
    with tempfile.TemporaryDirectory() as name, _ours(Path(name), model) as served:
        ended = threading.Event()

        def watch() -> None:
            for minute in range(1, minutes + 1):
                if ended.wait(60):
                    return
                print(f"{minute} min: {served.memory():.1f} MiB", flush=True)

        watching = threading.Thread(target=watch)
        watching.start()
        seen = load(served, "ours", SOAK_PEOPLE, SOAK_PAUSE, seconds=60 * minutes)
        ended.set()
        watching.join()
        print(f"{seen.rate:.1f} messages/s, median {seen.median:.0f} ms, p99 {seen.p99:.0f} ms, {seen.errors} errors")


def load(served: Served, bot: str, people: int, pause: float, seconds: int = SECONDS) -> Seen:
    """Everyone comes in the first ten seconds: a burst, as after a mail to all staff."""
    command = [sys.executable, "-m", "locust", "--locustfile", str(Path(__file__).with_name("people.py"))]
    command += ["--headless", "--host", served.url, "--users", str(people), "--spawn-rate", str(max(people / 10, 1))]
    command += ["--run-time", f"{seconds}s", "--json", "--exit-code-on-error", "0"]
    environment = {**os.environ, "LOAD_BOT": bot, "LOAD_PAUSE": str(pause)}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    by_name = {stats["name"]: stats for stats in json.loads(done.stdout)}
    stats = by_name["message"]
    times = [float(ms) for ms, number in stats["response_times"].items() for _ in range(number)]
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    rate = stats["num_requests"] / (stats["last_request_timestamp"] - stats["start_time"])
    refused = by_name.get("refused", {}).get("num_requests", 0)
    return Seen(rate, cuts[49], cuts[94], cuts[98], refused, stats["num_failures"])


@contextmanager
def _starter(folder: Path) -> Iterator[Served]:
    with serving(starter_bot(folder / "starter")[0]) as served:
        yield served


def _ours(folder: Path, model: Path) -> AbstractContextManager[Served]:
    return serving(our_bot(BOT_DATABASE=str(folder / "load.db"), BOT_MODEL=str(model)))


@contextmanager
def _ours_twice(model: Path) -> Iterator[Served]:
    database, redis = Postgres().start(), RedisServer().start()
    shared = {"BOT_DATABASE": database.url, "BOT_REDIS": redis.url, "BOT_PROCESSES": "2"}
    try:
        with serving(our_bot(BOT_MODEL=str(model), **shared)) as served:
            time.sleep(10)  # until the second process is there as well
            yield served
    finally:
        redis.stop()
        database.remove()


if __name__ == "__main__":
    main()
