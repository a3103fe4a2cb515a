"""Measures what the Slack channel adds to a message, with a simulated Slack workspace on this machine.

python -m benchmarks.slack

Of each message three times: until Slack has its 200, until the first and until the last answer has come in at Slack.
The last row is the same message over REST, without Slack.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from bot.cli import quiet_start

quiet_start()

from bot.training import ensure_model  # noqa: E402
from tests.channels.slack_workspace import SECRET, TOKEN, SlackWorkspace, direct  # noqa: E402
from tests.conftest import Server  # noqa: E402

MESSAGES = 200
TEXT = "ik heb geen tijd om te leren"


def measure(workspace: SlackWorkspace, server: Server) -> dict[str, list[float]]:
    """Milliseconds of every message, by what was timed."""
    workspace.say("U0EERSTE", TEXT)
    answers = len(workspace.talk(direct("U0EERSTE")))
    times: dict[str, list[float]] = {name: [] for name in ("Slack's 200", "first answer", "last answer", "over REST")}
    for number in range(MESSAGES):
        user = f"U{number:06}"
        start = time.perf_counter()
        workspace.say(user, TEXT)
        times["Slack's 200"].append(1000 * (time.perf_counter() - start))
        workspace.answers(1, direct(user))
        times["first answer"].append(1000 * (time.perf_counter() - start))
        workspace.answers(answers, direct(user))
        times["last answer"].append(1000 * (time.perf_counter() - start))
        start = time.perf_counter()
        server.say(user, TEXT)
        times["over REST"].append(1000 * (time.perf_counter() - start))
    return times


def main() -> None:
    workspace = SlackWorkspace()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(
            Path(folder),
            BOT_MODEL=str(ensure_model()),
            SLACK_BOT_TOKEN=TOKEN,
            SLACK_SIGNING_SECRET=SECRET,
            SLACK_API_URL=workspace.api,
            BOT_SECRET="geheim-van-de-meting",
        )
        try:
            workspace.bot = server.wait().url
            for name, times in measure(workspace, server).items():
                p95 = statistics.quantiles(times, n=20)[-1]
                print(f"{name:12} median {statistics.median(times):6.1f} ms, 95th percentile {p95:6.1f} ms")
        finally:
            server.stop()
            workspace.close()


if __name__ == "__main__":
    main()
