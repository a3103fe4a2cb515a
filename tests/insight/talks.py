"""Sixty made-up talks, held with the real agent in this process, with sentences of tests/conversations/."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import yaml
from sqlalchemy import create_engine, text

FILES = sorted((Path(__file__).parent.parent / "conversations").glob("*.yml"))
NAME = "Fleur van Wieringen"
UNHEARD = "asdf qwer zxcv"  # nothing the bot understands
ONCE = "hjkl poiu mnbv"
LAST_DAY = datetime(2026, 11, 20, 12)


def sentences() -> list[list[str]]:
    """What is said in each conversation file, without the choices of buttons by name."""
    talks = []
    for path in FILES:
        turns = yaml.safe_load(path.read_text("utf-8"))["beurten"]
        talks.append([turn["zegt"] for turn in turns if not turn["zegt"].startswith("#")])
    return [talk for talk in talks if talk]


def talks(count: int = 60) -> Iterator[tuple[str, list[str]]]:
    """Sender and messages. The first sentences of each file, then what people do with what is offered."""
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
            said += [UNHEARD]
        if number == 4:
            said += [ONCE, f"ik ben {NAME} en mijn mail is fleur@voorbeeld.nl"]
        yield f"proefpersoon-{number:03}-x", said


async def hold(database: Path) -> None:
    """Holds them over four weeks before LAST_DAY, in this database."""
    from rasa.core.channels.channel import UserMessage

    from bot.incoming import prepare
    from bot.server import load_agent, read_endpoints, user_intents
    from bot.training import ensure_model

    os.environ["BOT_DATABASE"] = str(database)
    agent = await load_agent(ensure_model(), read_endpoints())
    for sender, messages in talks():
        for message in messages:
            known = prepare(message, user_intents(agent))
            await agent.handle_message(UserMessage(known, None, sender, input_channel="rest"))
    _spread(database)


def _spread(database: Path) -> None:
    """Moves the talks to days in the past."""
    engine = create_engine(f"sqlite:///{database}")
    with engine.begin() as connection:
        now = datetime.now().timestamp()
        for number, (sender, _) in enumerate(talks()):
            shift = (LAST_DAY - timedelta(days=number % 28)).timestamp() - now
            moved = {"shift": shift, "sender": sender}
            connection.execute(
                text(
                    "UPDATE events SET timestamp = timestamp + :shift, "
                    "data = json_set(data, '$.timestamp', json_extract(data, '$.timestamp') + :shift) "
                    "WHERE sender_id = :sender"
                ),
                moved,
            )
