"""Measures what the Teams channel adds to a message, with a simulated Bot Framework service on this machine.

python -m benchmarks.teams

Of each message three times: until Teams has its 200, until the first and until the last answer has come in at Teams.
The last row is the same message over REST, without Teams.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

from bot.cli import quiet_start

quiet_start()

from bot.training import ensure_model  # noqa: E402
from tests.channels.teams_service import TeamsService, personal  # noqa: E402
from tests.conftest import Server  # noqa: E402

MESSAGES = 200
TEXT = "ik heb geen tijd om te leren"


def measure(service: TeamsService, server: Server) -> dict[str, list[float]]:
    """Milliseconds of every message, by what was timed."""
    service.say("eerste", TEXT)
    answers = len(service.answers(personal("eerste")["id"]))
    times: dict[str, list[float]] = {name: [] for name in ("Teams' 200", "first answer", "last answer", "over REST")}
    for number in range(MESSAGES):
        user = f"gebruiker{number}"
        chat = personal(user)["id"]
        start = time.perf_counter()
        service.say(user, TEXT)
        times["Teams' 200"].append(1000 * (time.perf_counter() - start))
        for name, least in (("first answer", 1), ("last answer", answers)):
            service.wait(partial(service.said, chat), least)
            times[name].append(1000 * (time.perf_counter() - start))
        start = time.perf_counter()
        server.say(user, TEXT)
        times["over REST"].append(1000 * (time.perf_counter() - start))
    return times


def main() -> None:
    service = TeamsService()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(
            Path(folder), BOT_MODEL=str(ensure_model()), BOT_SECRET="geheim-van-de-meting", **service.settings
        )
        try:
            service.bot = server.wait().url
            for name, times in measure(service, server).items():
                p95 = statistics.quantiles(times, n=20)[-1]
                print(f"{name:12} median {statistics.median(times):6.1f} ms, 95th percentile {p95:6.1f} ms")
        finally:
            server.stop()
            service.close()


if __name__ == "__main__":
    main()
