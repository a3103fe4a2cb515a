"""Holds the conversations of tests/conversations/ with a real server over REST."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Server

FILES = sorted((Path(__file__).parent.parent / "conversations").glob("*.yml"))
MAX_WORDS = 110  # a message with three suggestions and their reasons; explanations are checked more tightly


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_conversation(server: Server, sender: str, path: Path) -> None:
    talk = yaml.safe_load(path.read_text("utf-8"))
    buttons: dict[str, str] = {}
    for number, turn in enumerate(talk["beurten"], 1):
        said = turn["zegt"]
        if said.startswith("#"):
            assert said[1:] in buttons, f"beurt {number}: er is geen knop '{said[1:]}', wel {list(buttons)}"
            replies = server.say(sender, buttons[said[1:]])
        else:
            replies = server.say(sender, said)
        check(server, sender, turn, replies, f"{path.stem}, beurt {number}: {said}")
        buttons = {b["title"]: b["payload"] for reply in replies for b in reply.get("buttons", [])}


def check(server: Server, sender: str, turn: dict[str, Any], replies: list[dict[str, Any]], where: str) -> None:
    text = "\n".join(reply.get("text", "") for reply in replies)
    assert text.strip(), f"{where}: geen antwoord"
    for part in (part for reply in replies for part in reply["text"].split("\n**")):  # a card starts with a bold title
        assert len(part.split()) <= MAX_WORDS, f"{where}: te lang: {part}"
    slots = server.slots(sender)
    for name, wanted in (turn.get("weet") or {}).items():
        found = slots[name]
        fits = set(wanted) <= set(found or []) if isinstance(wanted, list) else found == wanted
        assert fits, f"{where}: {name} is {found}, verwacht {wanted}\n{text}"
    missing = set(turn.get("toont") or []) - set(slots["suggesties"] or [])
    assert not missing, f"{where}: niet bij de suggesties {slots['suggesties']}: {missing}"
    if "over" in turn:
        assert slots["interventie"] == turn["over"], f"{where}: het gaat over {slots['interventie']}\n{text}"
    for words in turn.get("bevat") or []:
        assert words.lower() in text.lower(), f"{where}: '{words}' staat niet in:\n{text}"
    for words in turn.get("niet") or []:
        assert words.lower() not in text.lower(), f"{where}: '{words}' staat in:\n{text}"
