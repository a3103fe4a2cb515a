"""What Teams sends (activities of the Bot Framework), read as plain data: someone said something, or has the bot
now."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.signed import START, MalformedError, mapping, text
from bot.privacy.pseudonym import pseudonym

_MENTION = re.compile(r"<at\b[^>]*>.*?</at>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """Who is talking and where the answer goes. `activity` is the message to answer; None: the conversation itself.
    `bot` is the bot's account as Teams names it."""

    service_url: str
    conversation: str
    user: str
    bot: Mapping[str, Any]
    activity: str | None = None

    @property
    def sender(self) -> str:
        """The id of the conversation: one per person in a personal chat, one per person and thread in a group."""
        return pseudonym("teams", f"{self.conversation}\0{self.user}")


@dataclass(frozen=True)
class Said:
    """Text as typed, or the payload of a button."""

    place: Place
    text: str


@dataclass(frozen=True)
class Installed:
    """The bot was added to a chat, or removed from it."""

    place: Place
    added: bool = True


Incoming = Said | Installed


def read(activity: Mapping[str, Any]) -> Incoming | None:
    """None for what the bot leaves alone. Raises MalformedError."""
    kind = text(activity, "type")
    if kind not in {"message", "invoke", "installationUpdate", "conversationUpdate"}:
        return None
    place = _place(activity)
    if kind == "message":
        return _said(activity, place)
    if kind == "invoke":
        payload = _payload(activity.get("value"))
        return Said(place, payload) if activity.get("name") == "adaptiveCard/action" and payload else None
    if kind == "installationUpdate":
        action = activity.get("action")
        if action in {"add", "remove"}:
            return Installed(place, added=action == "add")
    if kind == "conversationUpdate" and _has(activity.get("membersAdded"), place.bot["id"]):
        return Installed(place)
    return None


def clean(typed: str) -> str:
    """What a person typed, without Teams' markup. Who is mentioned is nobody's business."""
    plain = html.unescape(_MENTION.sub(" ", typed)).replace("\xa0", " ")
    return re.sub(r" {2,}", " ", plain).strip()


def _said(activity: Mapping[str, Any], place: Place) -> Said | None:
    payload = _payload(activity.get("value"))
    if payload:
        return Said(place, payload)
    typed = activity.get("text") or ""
    if not isinstance(typed, str):
        raise MalformedError("text is no text")
    if mapping(activity, "conversation").get("conversationType", "personal") == "personal":
        return Said(place, clean(typed))
    return Said(place, clean(typed) or START) if _mentioned(activity, place.bot["id"]) else None


def _mentioned(activity: Mapping[str, Any], bot: str) -> bool:
    """A group's talk is not the bot's business unless it is spoken to."""
    entities = activity.get("entities")
    mentions = [e.get("mentioned") for e in entities if isinstance(e, dict)] if isinstance(entities, list) else []
    return _has(mentions, bot)


def _payload(value: Any) -> str | None:
    """Of a button: `value` is what the card gave it, or what a client made of that."""
    for _ in range(4):
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                return None
        if not isinstance(value, dict):
            return None
        if isinstance(value.get("payload"), str):
            return value["payload"] or None
        value = next((value[key] for key in ("action", "data", "msteams", "value") if key in value), None)
    return None


def _place(activity: Mapping[str, Any]) -> Place:
    bot = mapping(activity, "recipient")
    text(bot, "id")
    return Place(
        text(activity, "serviceUrl"),
        text(mapping(activity, "conversation"), "id"),
        text(mapping(activity, "from"), "id"),
        {name: bot[name] for name in ("id", "name") if isinstance(bot.get(name), str)},
        text(activity, "id") if activity.get("type") == "message" else None,
    )


def _has(accounts: Any, account_id: str) -> bool:
    return isinstance(accounts, list) and any(isinstance(a, dict) and a.get("id") == account_id for a in accounts)
