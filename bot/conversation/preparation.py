"""For an employee: a sheet to prepare the talk with one's manager, on the way to a personal development plan.

Filled in step by step in the chat, or printed empty. What someone fills in stays in the conversation: it is in
`State.task` until the last question, comes back once as a message to copy, and is never part of an address. The page
to print is therefore the empty sheet, with the hints that fit.
"""

from __future__ import annotations

from typing import Any

from bot.content.guides import SheetPart
from bot.conversation import answers
from bot.conversation.reply import Button, Card, PageLink, Reply, payload
from bot.conversation.turn import Turn
from bot.pages.address import sheet_path

TASK = "voorbereiding"
PLAN = "persoonlijk_ontwikkelplan"
LONGEST = 300  # characters kept of an answer
FILL_IN = "invullen"
_BUTTONS = ("overslaan", "stop")


def prepare(turn: Turn) -> list[Reply]:
    """Offers to fill the sheet in together, or to print it empty."""
    wanted = turn.heard.entities.get("onderdeel")
    if turn.heard.button and wanted:
        return start(turn)  # also for a button of a sheet that is finished
    turn.absorb()
    turn.state.rol = turn.state.rol or "medewerker"
    together = Button(turn.say("voorbereiding_samen"), payload("voorbereiding", onderdeel=FILL_IN))
    plan = Button(turn.say("voorbereiding_pop"), payload("vraag_uitleg", interventie=PLAN))
    lines = [turn.say("gesprek_voorbereiden"), *_tips(turn)]
    return [Reply("\n".join(lines), (together, plan), pages=(_page(turn),))]


def start(turn: Turn) -> list[Reply]:
    turn.state.task = {"name": TASK, "answers": []}
    turn.state.question = None
    return [Reply(turn.say("voorbereiding_begin")), *resume(turn)]


def resume(turn: Turn) -> list[Reply]:
    """The question that waits for an answer."""
    task, parts = _under_way(turn)
    number = len(task["answers"])
    lead = turn.say("voorbereiding_terug") + "\n" if task.get("aside") else ""
    place = turn.say("scan_plaats", nummer=str(number + 1), aantal=str(len(parts)))
    buttons = [
        Button(turn.say(f"voorbereiding_{key}"), payload("voorbereiding", onderdeel=key, deel=str(number)))
        for key in _BUTTONS
    ]
    return [Reply(f"{lead}{place} **{parts[number].heading}**\n{parts[number].question}", tuple(buttons))]


def answer(turn: Turn) -> list[Reply] | None:
    """Any words are an answer, but for a question to the bot."""
    heard = turn.heard
    task, _ = _under_way(turn)
    if heard.button:
        pressed = heard.entities.get("onderdeel")
        if heard.intent != "voorbereiding" or pressed not in _BUTTONS:
            return None
        current = heard.entities.get("deel") == str(len(task["answers"]))
        return _finish(turn) if pressed == "stop" else _record(turn, "") if current else resume(turn)
    read = answers.read(turn, ("stop", "overslaan", "weet_niet"))
    if read == "stop":
        return _finish(turn)
    if read:
        return _record(turn, "")
    return None if answers.is_question(turn) else _record(turn, heard.text.strip()[:LONGEST])


def _record(turn: Turn, text: str) -> list[Reply]:
    task, parts = _under_way(turn)
    task["answers"].append(text)
    if len(task["answers"]) < len(parts):
        task["aside"] = 0
        return resume(turn)
    return _finish(turn)


def _finish(turn: Turn) -> list[Reply]:
    task, parts = _under_way(turn)
    turn.state.task = None
    filled = [(part, text) for part, text in zip(parts, task["answers"], strict=False) if text]
    close = Button(turn.say("afronden"), payload("samenvatting"))
    again = Button(turn.say("voorbereiding_opnieuw"), payload("voorbereiding", onderdeel=FILL_IN))
    if not filled:
        return [Reply(turn.say("voorbereiding_leeg"), (again, close), pages=(_page(turn),))]
    cards = tuple(Card(part.heading, text) for part, text in filled)
    return [Reply(turn.say("voorbereiding_klaar"), (close, again), cards=cards, pages=(_page(turn),))]


def _under_way(turn: Turn) -> tuple[dict[str, Any], tuple[SheetPart, ...]]:
    assert turn.state.task is not None
    return turn.state.task, turn.knowledge.guides.sheet


def _tips(turn: Turn) -> list[str]:
    return [turn.knowledge.guides.tips[barrier] for barrier in turn.state.belemmeringen[:1]]


def _page(turn: Turn) -> PageLink:
    path = sheet_path("voorbereiding", belemmeringen=turn.state.belemmeringen)
    return PageLink(turn.say("voorbereiding_leeg_blad"), path)
