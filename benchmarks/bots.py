"""The two bots that are measured beside each other: ours, and Rasa's own starter bot (`rasa init`)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests

from bot.paths import ROOT
from tests.services import free_port

START_SECONDS = 180
WEBHOOK = "/webhooks/rest/webhook"
# All messages come from one address, much faster than people.
NO_LIMITS = {f"BOT_LIMIT_{name}": "0" for name in ("SENDER", "ADDRESS", "WINDOWS")}


@dataclass(frozen=True)
class Bot:
    """How to start a bot's server; `greeting` is a message that it answers."""

    command: list[str]
    folder: Path
    environment: Mapping[str, str]
    greeting: str


@dataclass(frozen=True)
class Served:
    url: str
    process: psutil.Process
    seconds: float  # from the command to the first answer

    def memory(self) -> float:
        """MiB resident, of all its processes."""
        processes = [self.process, *self.process.children(recursive=True)]
        return float(sum(process.memory_info().rss for process in processes)) / 2**20


def our_bot(**settings: str) -> Bot:
    environment = {**os.environ, "BOT_API_TOKEN": "", **NO_LIMITS, **settings}
    return Bot([sys.executable, "-m", "bot", "run"], ROOT, environment, "/start")


def starter_bot(folder: Path) -> tuple[Bot, float]:
    """Made and trained in `folder`; with the seconds that training took."""
    folder.mkdir()
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}

    def run(*command: str) -> None:
        subprocess.run([sys.executable, *command], cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)

    # `rasa init --no-prompt` trains as well; its files are made first, so that training is timed alone.
    run("-c", "from rasa.cli.scaffold import create_initial_project as c; c('.')")
    begin = time.monotonic()
    run("-W", "ignore", "-m", "rasa", "train", "--quiet")
    training = time.monotonic() - begin
    (folder / "credentials.yml").write_text("rest:\n")
    return Bot([sys.executable, "-W", "ignore", "-m", "rasa", "run"], folder, environment, "hello"), training


@contextmanager
def serving(bot: Bot) -> Iterator[Served]:
    port = free_port()
    begin = time.monotonic()
    process = subprocess.Popen(
        [*bot.command, "--port", str(port)],
        cwd=bot.folder,
        env=bot.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        while not _answers(url, bot.greeting):
            if process.poll() is not None or time.monotonic() > begin + START_SECONDS:
                raise RuntimeError(f"{' '.join(bot.command)} does not answer")
            time.sleep(0.1)
        yield Served(url, psutil.Process(process.pid), time.monotonic() - begin)
    finally:
        process.terminate()
        process.wait(60)


def _answers(url: str, message: str) -> bool:
    try:
        return requests.post(f"{url}{WEBHOOK}", json={"sender": "first", "message": message}, timeout=20).ok
    except requests.ConnectionError:
        return False
