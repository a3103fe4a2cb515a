"""Sixty made-up talks, held with the real agent in this process, with sentences of tests/conversations/."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import yaml
from sqlalchemy import text as sql

from bot.insight.turns import read_turns
from bot.storage import open_database

FILES = sorted((Path(__file__).parent.parent / "conversations").glob("*.yml"))
NAME = "Fleur van Wieringen"
# Of these the first two that the bot has no answer to are said, one often and one once.
GIBBERISH = (
    "zeven",
    "gisteren",
    "asdf qwer zxcv",
    "hjkl poiu mnbv",
    "paars",
    "xyz",
    "krokodil tandenborstel",
    "donderdag",
)
LAST_DAY = datetime(2026, 11, 20, 12)


def sentences() -> list[list[str]]:
    """The first sentences of ten of the conversations, spread over the files, without choices of buttons by name."""
    told = [talk["beurten"] for path in FILES for talk in yaml.safe_load_all(path.read_text("utf-8"))]
    typed = [[turn["zegt"] for turn in turns if not turn["zegt"].startswith("#")][:4] for turns in told]
    found = [said for said in typed if said]
    return found[:: len(found) // 10][:10]


def talks(often: str, once: str, count: int = 60) -> Iterator[tuple[str, list[str]]]:
    """Sender and messages: the sentences of each file, then what people do with what is offered. `often` and `once`
    are sentences that the bot has no answer to."""
    told = sentences()
    roles = ["medewerker"] * 6 + ["leidinggevende"] * 3 + ["hr", "leerambassadeur"]
    for number in range(count):
        said = list(told[number % len(told)])
        if "wis" not in " ".join(said):
            said.append(f'/vertellen{{"rol": "{roles[number % len(roles)]}"}}')
        if number % 2:
            said += ['/vertellen{"belemmering": "weinig_tijd"}', "de eerste", "heb je een link?"]
        if number % 3 == 0:
            said += ["iets anders", "/feedback_goed" if number % 2 else "/feedback_slecht"]
        if number % 6 == 1:
            said.insert(0, often)
        if number in (7, 18):
            said.append('/vertellen{"rol": "vakbond"}')  # what few people are
        if number == 4:
            said = [once, *said, f"ik ben {NAME} en mijn mail is fleur@voorbeeld.nl"]
        yield f"proefpersoon-{number:03}-x", said


async def hold(database: str) -> list[tuple[str, list[str]]]:
    """Holds them over four weeks before LAST_DAY, in this database (an SQLite file or a postgresql:// address).
    Returns them; the first message of number 1 is the one without an answer said often, that of number 4 the one said
    once."""
    from rasa.core.channels.channel import UserMessage

    from bot.handling import user_intents
    from bot.incoming import prepare
    from bot.server import load_agent, read_endpoints
    from bot.training import ensure_model

    os.environ["BOT_DATABASE"] = database
    agent = await load_agent(ensure_model(), read_endpoints())

    async def say(message: str, sender: str) -> None:
        known = prepare(message, user_intents(agent))
        await agent.handle_message(UserMessage(known, None, sender, input_channel="rest"))

    unheard = []
    for text in GIBBERISH:
        await say(text, text)
        tracker = await agent.tracker_store.retrieve(text)
        assert tracker
        unheard += [text for turn in read_turns(event.as_dict() for event in tracker.events) if turn.unanswered]
        await agent.tracker_store.erase(text)  # type: ignore[attr-defined]
    assert len(unheard) >= 2, "the bot has an answer to everything; think of other gibberish"
    held = list(talks(unheard[0], unheard[1]))
    for sender, messages in held:
        for message in messages:
            await say(message, sender)
    _spread(database, held)
    return held


def _spread(database: str, held: list[tuple[str, list[str]]]) -> None:
    """Moves the talks to days in the past."""
    engine = open_database(database)
    days = {sender: number % 28 for number, (sender, _) in enumerate(held)}
    now = datetime.now()
    with engine.begin() as connection:
        for key, sender, data in connection.execute(sql("SELECT id, sender_id, data FROM events")).all():
            event = json.loads(data)
            event["timestamp"] += (LAST_DAY - timedelta(days=days[sender]) - now).total_seconds()
            moved = {"id": key, "when": event["timestamp"], "data": json.dumps(event)}
            connection.execute(sql("UPDATE events SET timestamp = :when, data = :data WHERE id = :id"), moved)
    engine.dispose()
