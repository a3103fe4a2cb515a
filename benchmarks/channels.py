"""Measures what Slack and Teams add to a message, with a simulated service of each on this machine.

python -m benchmarks.channels

Of each message three times: until the service has its 200, until the first and until the last answer has come in
there. Beside it the same message over REST.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bot.cli import quiet_start

quiet_start()

from bot.training import ensure_model  # noqa: E402
from tests.channels.slack_workspace import SECRET, TOKEN, SlackWorkspace, direct  # noqa: E402
from tests.channels.teams_service import TeamsService, personal  # noqa: E402
from tests.conftest import Server  # noqa: E402

MESSAGES = 200
TEXT = "ik heb geen tijd om te leren"
MOMENTS = ("200", "first answer", "last answer", "over REST")


@dataclass(frozen=True)
class Service:
    """Each function takes a user; `arrived` also the number of answers to wait for."""

    name: str
    server: Server
    say: Callable[[str], Any]
    all_answers: Callable[[str], int]
    arrived: Callable[[str, int], Any]


def measure(service: Service) -> dict[str, list[float]]:
    """Milliseconds of every message, by moment."""
    service.say("EERSTE")
    answers = service.all_answers("EERSTE")
    times: dict[str, list[float]] = {moment: [] for moment in MOMENTS}

    def passed(moment: str, since: float) -> None:
        times[moment].append(1000 * (time.perf_counter() - since))

    for number in range(MESSAGES):
        user = f"GEBRUIKER{number}"
        start = time.perf_counter()
        service.say(user)
        passed("200", start)
        service.arrived(user, 1)
        passed("first answer", start)
        service.arrived(user, answers)
        passed("last answer", start)
        start = time.perf_counter()
        service.server.say(user, TEXT)
        passed("over REST", start)
    return times


@contextmanager
def slack(folder: Path) -> Iterator[Service]:
    workspace = SlackWorkspace()
    settings = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": workspace.api}
    try:
        with serving(folder, settings) as server:
            workspace.bot = server.url
            yield Service(
                "Slack",
                server,
                lambda user: workspace.say(f"U{user}", TEXT),
                lambda user: len(workspace.talk(direct(f"U{user}"))),
                lambda user, number: workspace.answers(number, direct(f"U{user}")),
            )
    finally:
        workspace.close()


@contextmanager
def teams(folder: Path) -> Iterator[Service]:
    service = TeamsService()

    def chat(user: str) -> str:
        return str(personal(user)["id"])

    try:
        with serving(folder, service.settings) as server:
            service.bot = server.url
            yield Service(
                "Teams",
                server,
                lambda user: service.say(user, TEXT),
                lambda user: len(service.answers(chat(user))),
                lambda user, number: service.wait(partial(service.said, chat(user)), number),
            )
    finally:
        service.close()


@contextmanager
def serving(folder: Path, settings: dict[str, str]) -> Iterator[Server]:
    server = Server(folder, None, BOT_MODEL=str(ensure_model()), BOT_SECRET="geheim-van-de-meting", **settings)
    try:
        yield server.wait()
    finally:
        server.stop()


def main() -> None:
    print(f"| median / 95th percentile (ms) | {' | '.join(MOMENTS)} |\n|{' --- |' * (len(MOMENTS) + 1)}")
    for channel in (slack, teams):
        with tempfile.TemporaryDirectory() as name, channel(Path(name)) as service:
            times = measure(service).values()
            figures = [f"{statistics.median(t):.1f} / {statistics.quantiles(t, n=20)[-1]:.1f}" for t in times]
            print(f"| {service.name} | {' | '.join(figures)} |", flush=True)


if __name__ == "__main__":
    main()
