"""Prints conversations for people to read, as text or as a page: stored ones, and those of tests/conversations/."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.events import BotUttered, UserUttered

from bot.handling import user_intents
from bot.incoming import prepare
from bot.inprocess import InProcessActions
from bot.knowledge import knowledge
from bot.server import load_agent, read_endpoints

TEMPLATES = Path(__file__).parent / "rendering"


@dataclass
class Line:
    """What one side said: the text, and the titles of the buttons offered with it."""

    who: str  # 'mens' or 'bot'
    text: str
    buttons: Sequence[str] = ()
    time: str = ""


@dataclass
class Talk:
    """A conversation to print."""

    name: str
    lines: list[Line] = field(default_factory=list)


class UnknownTalkError(Exception):
    """There is no such conversation; the message says which there are."""


def read_talks(path: Path) -> list[dict[str, Any]]:
    """The conversations of one file of tests/conversations/ (its README says how they are written)."""
    return [talk for talk in yaml.safe_load_all(path.read_text("utf-8")) if talk]


async def play(model: Path, paths: Sequence[Path]) -> list[Talk]:
    """Holds the conversations of these files with the model. Nothing is stored."""
    agent = await load_agent(model, AvailableEndpoints(action=InProcessActions()))
    return [await _hold(agent, talk) for path in paths for talk in read_talks(path)]


async def _hold(agent: Agent, talk: dict[str, Any]) -> Talk:
    sender, held = uuid.uuid4().hex, Talk(talk["naam"])
    payloads: dict[str, str] = {}
    for turn in talk["beurten"]:
        said = str(turn["zegt"])
        held.lines.append(Line("mens", said))
        output = CollectingOutputChannel()
        text = payloads.get(said[1:], said) if said.startswith("#") else said
        await agent.handle_message(UserMessage(prepare(text, user_intents(agent)), output, sender))
        payloads = {b["title"]: b["payload"] for m in output.messages for b in m.get("buttons") or []}
        held.lines += [_line(message) for message in output.messages]
    return held


async def stored(sender: str | None) -> list[Talk]:
    """The stored conversation of this sender; without one the names of all. Raises UnknownTalkError."""
    store = TrackerStore.create(read_endpoints().tracker_store)
    known = list(await store.keys())
    if sender is None or sender not in known:
        listed = "\n".join(sorted(known)) or "(geen)"
        problem = f"Er is geen gesprek '{sender}'.\n" if sender else ""
        raise UnknownTalkError(f"{problem}Bewaarde gesprekken:\n{listed}")
    tracker = await store.retrieve_full_tracker(sender)
    return [Talk(sender, list(_lines(tracker.events if tracker else [])))]


def _lines(events: Any) -> Iterator[Line]:
    for event in events:
        moment = datetime.fromtimestamp(event.timestamp).strftime("%d-%m-%Y %H:%M:%S") if event.timestamp else ""
        if isinstance(event, UserUttered):
            yield Line("mens", event.text or "", time=moment)
        elif isinstance(event, BotUttered):
            line = _line({"text": event.text, "buttons": event.data.get("buttons")})
            yield Line(line.who, line.text, line.buttons, moment)


def _line(message: dict[str, Any]) -> Line:
    return Line("bot", message.get("text") or "", [b["title"] for b in message.get("buttons") or []])


def as_text(talks: Sequence[Talk]) -> str:
    """All talks, one line per thing said; a bot's further lines are indented."""
    parts = []
    for talk in talks:
        parts.append(f"== {talk.name}")
        for line in talk.lines:
            start = "> " if line.who == "mens" else "  "
            parts.append(start + line.text.replace("\n", "\n  "))
            parts += [f"  [{' | '.join(line.buttons)}]"] if line.buttons else []
    return "\n".join(parts)


def as_page(talks: Sequence[Talk]) -> str:
    """All talks as one HTML page."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    return environment.get_template("gesprek.html").render(talks=talks)


def show(source: str | None, html: bool) -> None:
    """Prints a file (or folder) of tests/conversations/ held with the model, or a stored conversation.

    Raises UnknownTalkError.
    """
    path = Path(source) if source else None
    if path is not None and path.exists():
        from bot.training import ensure_model

        knowledge()  # unreadable content stops here, not in the middle of a talk
        files = sorted(path.glob("*.yml")) if path.is_dir() else [path]
        talks = asyncio.run(play(ensure_model(), files))
    else:
        talks = asyncio.run(stored(source))
    print(as_page(talks) if html else as_text(talks))
