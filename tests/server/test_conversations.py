"""Holds the conversations of tests/conversations/ with a real server over REST."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from bot.transcript import read_talks
from tests.conftest import Server

FILES = sorted((Path(__file__).parent.parent / "conversations").glob("*.yml"))
TALKS = [pytest.param(talk, id=f"{path.stem}: {talk['naam']}") for path in FILES for talk in read_talks(path)]
LEAST = 120  # conversations
MAX_WORDS = 95  # about 60 in a message, and a title or source; a column of a comparison is the longest
KEYS = {
    *("zegt", "na", "weet", "vergeten", "toont", "toont_niet", "opties", "over", "bevat", "een_van", "niet", "knop"),
}
UNITS = {"minuten": 60, "uur": 3600, "dagen": 86_400}


def test_there_are_enough_conversations() -> None:
    assert len(TALKS) >= LEAST
    names = [param.id for param in TALKS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("talk", TALKS)
def test_conversation(server: Server, sender: str, talk: dict[str, Any]) -> None:
    try:
        hold(server, sender, talk)
    except AssertionError:
        if not talk.get("bekend_gat"):
            raise
        pytest.xfail(talk["bekend_gat"])


def hold(server: Server, sender: str, talk: dict[str, Any]) -> None:
    buttons: dict[str, str] = {}
    lists: list[list[str]] = []  # the options shown so far
    for number, turn in enumerate(talk["beurten"], 1):
        assert set(turn) <= KEYS, f"onbekend: {set(turn) - KEYS}"
        said = str(turn["zegt"])
        if "na" in turn:
            pause(server, sender, turn["na"])
        if said.startswith("#"):
            assert said[1:] in buttons, f"beurt {number}: er is geen knop '{said[1:]}', wel {list(buttons)}"
        replies = server.say(sender, buttons[said[1:]] if said.startswith("#") else said)
        buttons = {b["title"]: b["payload"] for reply in replies for b in reply.get("buttons", [])}
        text = "\n".join(reply.get("text", "") for reply in replies)
        slots = server.slots(sender)
        faults = check(turn, text, replies, slots, lists)
        assert not faults, f"beurt {number}, '{said}':\n- " + "\n- ".join(faults) + f"\nDe bot zei:\n{text}"
        if slots["suggesties"] and (not lists or lists[-1] != slots["suggesties"]):
            lists.append(slots["suggesties"])


def pause(server: Server, sender: str, length: str) -> None:
    """Makes the last message as old as said: '20 uur'."""
    count, unit = length.split()
    memory = server.slots(sender)["gesprek"]
    memory["last"] = time.time() - int(count) * UNITS[unit]
    server.set_slot(sender, "gesprek", memory)


def check(
    turn: dict[str, Any], text: str, replies: list[dict[str, Any]], slots: dict[str, Any], lists: list[list[str]]
) -> list[str]:
    """What is not as the conversation says it should be."""
    faults = [] if text.strip() else ["geen antwoord"]
    for part in (part for reply in replies for part in reply.get("text", "").split("\n**")):  # a card starts so
        if len(part.split()) > MAX_WORDS:
            faults.append(f"te lang ({len(part.split())} woorden): {part}")
    for name, wanted in (turn.get("weet") or {}).items():
        found = slots[name]
        fits = set(wanted) <= set(found or []) if isinstance(wanted, list) else found == wanted
        faults += [] if fits else [f"{name} is {found}, verwacht {wanted}"]
    wrong = set(turn.get("vergeten") or []) & set(slots["belemmeringen"] or [])
    faults += [f"denkt nog: {wrong}"] if wrong else []
    shown = set(slots["suggesties"] or [])
    missing, unwanted = set(turn.get("toont") or []) - shown, set(turn.get("toont_niet") or []) & shown
    faults += [f"niet bij de opties {sorted(shown)}: {missing}"] if missing else []
    faults += [f"bij de opties: {unwanted}"] if unwanted else []
    if "opties" in turn and bool(shown) != (turn["opties"] == "ja"):
        faults.append(f"opties: {sorted(shown)}")
    if "over" in turn and slots["interventie"] != (meant := _item(turn["over"], lists)):
        faults.append(f"het gaat over {slots['interventie']}, verwacht {meant}")
    titles = [button["title"] for reply in replies for button in reply.get("buttons", [])]
    said = "\n".join([text, *titles]).lower()
    faults += [f"'{words}' staat er niet in" for words in turn.get("bevat") or [] if str(words).lower() not in said]
    faults += [f"'{words}' staat erin" for words in turn.get("niet") or [] if str(words).lower() in said]
    some = turn.get("een_van") or []
    if some and not any(str(words).lower() in said for words in some):
        faults.append(f"geen van {some} staat erin")
    faults += [f"geen knop '{title}', wel {titles}" for title in turn.get("knop") or [] if title not in titles]
    return faults


def _item(meant: str | None, lists: list[list[str]]) -> str | None:
    """'{2}': the second of the list shown last, '{1-}': the first of the one before; otherwise an id, or none."""
    place = re.fullmatch(r"\{(\d)(-?)\}", meant or "")
    if not place:
        return meant
    shown = lists[-2 if place[2] else -1]
    return shown[int(place[1]) - 1] if int(place[1]) <= len(shown) else f"optie {place[1]} van {shown}"
