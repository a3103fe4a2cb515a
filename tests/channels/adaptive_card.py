"""Says what Teams would refuse, or show wrongly, in a message: the published schema of Adaptive Cards 1.5, and the
rules of Teams that it does not hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft6Validator

from bot.paths import ROOT

CARD = "application/vnd.microsoft.card.adaptive"
MOST_BYTES = 28 * 1024  # of a message
MOST_ACTIONS = 6  # shown in a set
SCHEMA = Draft6Validator(json.loads((ROOT / "tests/schemas/adaptive-card-1.5.json").read_text("utf-8")))


def problems_of_message(activity: Any) -> list[str]:
    """`activity` has the type 'message'."""
    if not isinstance(activity, dict) or activity.get("type") != "message":
        return ["no message"]
    found = [*_by_size(activity)]
    attachments = activity.get("attachments", [])
    if not attachments and not str(activity.get("text") or "").strip():
        found.append("neither text nor attachment")
    for attachment in attachments:
        if attachment.get("contentType") != CARD:
            found.append(f"unknown attachment {attachment.get('contentType')}")
        else:
            found += problems_of_card(attachment.get("content"))
    return found


def problems_of_card(card: Any) -> list[str]:
    found = [f"{error.json_path}: {error.message[:200]}" for error in SCHEMA.iter_errors(card)]
    if found:
        return found
    if card.get("version") != "1.5" or not card.get("body"):
        found.append("no version 1.5 or no body")
    for element in elements(card):
        found += _by_rule(element)
    return found


def elements(card: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All of a card, those inside containers too, in the order in which they are seen."""
    for element in card["body"]:
        yield element
        yield from element.get("items", [])


def _by_size(activity: dict[str, Any]) -> Iterator[str]:
    text = json.dumps(activity, ensure_ascii=False)
    for encoding in ("utf-8", "utf-16-le"):
        size = len(text.encode(encoding))
        if size > MOST_BYTES:
            yield f"{size} bytes as {encoding}"


def _by_rule(element: dict[str, Any]) -> Iterator[str]:
    kind = element["type"]
    if kind == "TextBlock" and (not element["text"].strip() or element.get("wrap") is not True):
        yield "a text that is empty or is cut off at the end of the line"
    if kind == "FactSet" and not all(fact["title"] and fact["value"] for fact in element["facts"]):
        yield "an empty fact"
    if kind == "Container" and not element["items"]:
        yield "an empty container"
    if kind == "ActionSet":
        if not 0 < len(element["actions"]) <= MOST_ACTIONS:
            yield f"{len(element['actions'])} actions in a set"
        for action in element["actions"]:
            yield from _by_rule_of_action(action)


def _by_rule_of_action(action: dict[str, Any]) -> Iterator[str]:
    if not action.get("title", "").strip():
        yield "a button without a title"
    if action["type"] == "Action.OpenUrl":
        if not action["url"].startswith(("https://", "http://")):
            yield f"a link that Teams does not open: {action['url']}"
    elif action["type"] == "Action.Submit":
        back = action["data"].get("msteams") or {}
        if back.get("type") != "messageBack" or not back.get("displayText") or not isinstance(back.get("value"), dict):
            yield "a button that comes back as nothing"
    else:
        yield f"{action['type']} is not used"
