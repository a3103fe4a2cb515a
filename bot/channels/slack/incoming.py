"""What Slack sends, read as plain data: someone said something, pressed a button or opened the app."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.signed import START, MalformedError, mapping, text
from bot.privacy.pseudonym import pseudonym

_READABLE = (None, "file_share", "thread_broadcast")  # subtypes of a message that a person types
_MARKUP = re.compile(r"<(?P<kind>[@#!]?)(?P<target>[^<>|]*)(?:\|(?P<label>[^<>]*))?>")


@dataclass(frozen=True)
class Place:
    """Who is talking and where the answer goes. `channel` is that of Slack, or the id of a user: their direct
    messages. `thread` is the time stamp of its first message."""

    team: str
    user: str
    channel: str
    thread: str | None = None

    @property
    def private(self) -> bool:
        return self.channel[:1] in {"D", "U", "W"}

    @property
    def sender(self) -> str:
        """The id of the conversation: one per person in direct messages, one per person and thread in a channel."""
        where = () if self.private else (self.channel, self.thread or "")
        return pseudonym("slack", ":".join((self.team, self.user, *where)))


@dataclass(frozen=True)
class Said:
    """Text as typed, or the payload of a button."""

    place: Place
    text: str


@dataclass(frozen=True)
class Pressed:
    """A button in a message with time stamp `message` and these blocks."""

    place: Place
    value: str
    title: str
    block_id: str
    message: str
    blocks: list[dict[str, Any]]


@dataclass(frozen=True)
class Opened:
    """The app was opened at its `tab` home or messages."""

    place: Place
    tab: str


Incoming = Said | Pressed | Opened


def read_event(body: Mapping[str, Any]) -> Incoming | None:
    """From an `event_callback`; None for what the bot leaves alone: its own messages, those of other bots, changed
    and deleted messages. Raises MalformedError."""
    event = mapping(body, "event")
    kind = event.get("type")
    if kind not in ("message", "app_mention", "app_home_opened") or _of_a_bot(body, event):
        return None
    if kind == "message" and (event.get("channel_type") != "im" or event.get("subtype") not in _READABLE):
        return None
    team, user, channel = text(body, "team_id"), text(event, "user"), text(event, "channel")
    if kind == "app_home_opened":
        tab = text(event, "tab")
        return Opened(Place(team, user, channel), tab) if tab in {"home", "messages"} else None
    thread = _optional(event, "thread_ts") or (text(event, "ts") if kind == "app_mention" else None)
    return Said(Place(team, user, channel, thread), _said(event))


def read_interaction(payload: Mapping[str, Any]) -> Incoming | None:
    """From a `block_actions` payload; None for a link button, which the browser handles.
    Raises MalformedError."""
    actions = _mappings(payload, "actions")
    if payload.get("type") != "block_actions" or not actions:
        raise MalformedError("not a block_actions payload")
    action = actions[0]
    if action.get("type") != "button" or not action.get("value"):
        return None
    user = mapping(payload, "user")
    team, person, value = text(user, "team_id"), text(user, "id"), text(action, "value")
    if not payload.get("message"):
        return Said(Place(team, person, person), value)  # on the home tab: the answer goes to the direct messages
    message = mapping(payload, "message")
    place = Place(team, person, text(mapping(payload, "channel"), "id"), _optional(message, "thread_ts"))
    return Pressed(
        place,
        value,
        plain(text(mapping(action, "text"), "text")),
        text(action, "block_id"),
        text(message, "ts"),
        _mappings(message, "blocks"),
    )


def read_command(form: Mapping[str, str]) -> Said:
    """From a slash command; answered in the person's direct messages. Raises MalformedError."""
    user = text(form, "user_id")
    return Said(Place(text(form, "team_id"), user, user), _said(form))


def clean(typed: str) -> str:
    """What a person typed, without Slack's markup. Mentions of people and groups are left out: their ids are
    nobody's business."""
    return plain(re.sub(r" {2,}", " ", _MARKUP.sub(_unwrapped, typed))).strip()


def plain(escaped: str) -> str:
    """Undoes Slack's escaping of three characters."""
    return escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _unwrapped(match: re.Match[str]) -> str:
    label = match["label"] or ""
    if match["kind"] in {"@", "!"}:
        return ""
    if match["kind"] == "#":
        return f"#{label}" if label else ""
    return label or match["target"].removeprefix("mailto:").removeprefix("tel:")


def _of_a_bot(body: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    own = [part.get("user_id") for part in _mappings(body, "authorizations")]
    return bool(event.get("bot_id")) or event.get("user") in own


def _said(data: Mapping[str, Any]) -> str:
    return clean(_optional(data, "text") or "") or START


def _optional(data: Mapping[str, Any], key: str) -> str | None:
    return text(data, key) if data.get(key) else None


def _mappings(data: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    value = data.get(key) or []
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        raise MalformedError(f"odd {key}")
    return value
