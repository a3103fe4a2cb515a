"""Speed and memory of the bot beside Rasa's own starter bot (`rasa init`), on the same machine in the same run.

    make bench          prints a Markdown table

Both serve over REST. A user sends the messages of a short talk one after the other under a sender id of his own,
then starts again under a new one. The starter bot keeps talks in memory, the bot in SQLite: the defaults of both.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from benchmarks.bots import WEBHOOK, Bot, our_bot, serving, starter_bot
from bot.paths import ROOT
from bot.training import model_path

SINGLE_MESSAGES = 300
BUSY_USERS, BUSY_SECONDS = 50, 20

STARTER_TALK = ["hello", "I am very sad", "no", "good morning", "great", "are you a bot?", "bye"]
OUR_TALK = [
    "/start",
    "ik werk in ploegendienst en kom nergens aan toe",
    "de tweede",
    "wat heb ik daarvoor nodig?",
    '/vraag_uitleg{"interventie": "leerambassadeurs", "onderdeel": "werkwijze"}',
    "iets anders",
    "bedankt",
]


@dataclass
class Figures:
    training: float  # seconds
    start: float  # seconds from the command to the first answer
    median: float  # milliseconds per message, one user
    rate: float  # messages per second, BUSY_USERS users
    slowest: float  # milliseconds, 95th percentile with BUSY_USERS users
    memory: float  # MiB resident after the load


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        starter = measure_starter(folder / "starter")
        ours = measure_ours(folder)
    rows = [
        ("training (s)", starter.training, ours.training),
        ("start to first answer (s)", starter.start, ours.start),
        ("median time per message, 1 user (ms)", starter.median, ours.median),
        (f"messages per second, {BUSY_USERS} users", starter.rate, ours.rate),
        (f"95th percentile, {BUSY_USERS} users (ms)", starter.slowest, ours.slowest),
        ("resident memory (MiB)", starter.memory, ours.memory),
    ]
    print("\n| | starter bot | this bot | ratio |\n| --- | --- | --- | --- |")
    for label, theirs, mine in rows:
        print(f"| {label} | {theirs:.1f} | {mine:.1f} | {mine / theirs:.2f} |")


def measure_starter(folder: Path) -> Figures:
    bot, training = starter_bot(folder)
    return measure(bot, STARTER_TALK, training)


def measure_ours(folder: Path) -> Figures:
    model = model_path()
    aside = folder / "aside.tar.gz"
    if model.exists():
        shutil.move(model, aside)
    begin = time.monotonic()
    subprocess.run([sys.executable, "-m", "bot", "train"], cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
    training = time.monotonic() - begin
    return measure(our_bot(BOT_DATABASE=str(folder / "bench.db")), OUR_TALK, training)


def measure(bot: Bot, talk: Sequence[str], training: float) -> Figures:
    with serving(bot) as served:
        asyncio.run(_users(served.url, talk, 2, messages=20))  # warm-up
        single = asyncio.run(_users(served.url, talk, 1, messages=SINGLE_MESSAGES))
        begin = time.monotonic()
        busy = asyncio.run(_users(served.url, talk, BUSY_USERS, seconds=BUSY_SECONDS))
        seconds = time.monotonic() - begin
        return Figures(
            training,
            served.seconds,
            statistics.median(single) * 1000,
            len(busy) / seconds,
            statistics.quantiles(busy, n=20)[18] * 1000,
            served.memory(),
        )


async def _users(url: str, talk: Sequence[str], users: int, messages: int = 0, seconds: float = 0) -> list[float]:
    """Seconds each message took. Each user sends `messages` messages, or goes on for `seconds`."""
    end = time.monotonic() + seconds
    times: list[float] = []

    async def user(session: aiohttp.ClientSession) -> None:
        sent = 0
        while sent < messages or time.monotonic() < end:
            sender = uuid.uuid4().hex
            for text in talk:
                begin = time.monotonic()
                async with session.post(WEBHOOK, json={"sender": sender, "message": text}) as answer:
                    assert answer.status == 200, answer.status
                    assert await answer.json(), f"no answer to {text}"
                times.append(time.monotonic() - begin)
                sent += 1

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(url, connector=connector, timeout=aiohttp.ClientTimeout(total=120)) as session:
        await asyncio.gather(*(user(session) for _ in range(users)))
    return times


if __name__ == "__main__":
    main()
