"""The message model: what the bot says, before any channel renders it."""

from __future__ import annotations

import json
from dataclasses import dataclass

MAX_BUTTONS = 7


@dataclass(frozen=True)
class Button:
    """A choice that comes back as a Rasa payload."""

    title: str
    payload: str


@dataclass(frozen=True)
class LinkButton:
    """A choice that opens a web address."""

    title: str
    url: str


@dataclass(frozen=True)
class Reply:
    """One message: light formatting (**bold**, lines starting with '- ' or '1. '), buttons and links below it."""

    text: str
    buttons: tuple[Button, ...] = ()
    links: tuple[LinkButton, ...] = ()


def payload(intent: str, **entities: str | list[str]) -> str:
    """The payload of a button: /intent{"entity": "value"}."""
    return f"/{intent}" + (json.dumps(entities, ensure_ascii=False) if entities else "")
