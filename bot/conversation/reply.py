"""The message model: what the bot says, before any channel renders it.

Texts hold light formatting only: **bold**, and lines that start with '- ' or '1. '.
"""

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
class PageLink:
    """A page to read, print or keep that this server makes; `path` starts with '/' and holds no personal data."""

    title: str
    path: str


@dataclass(frozen=True)
class Card:
    """One thing to look at beside others: an option, a column of a comparison, a part of a conversation card."""

    title: str
    text: str = ""
    facts: tuple[tuple[str, str], ...] = ()  # label and value
    buttons: tuple[Button, ...] = ()
    links: tuple[LinkButton, ...] = ()


@dataclass(frozen=True)
class Reply:
    """One message: text, cards below it, then links, pages and buttons.

    `wissen`: the conversation is erased after this message; a client forgets it too.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    links: tuple[LinkButton, ...] = ()
    cards: tuple[Card, ...] = ()
    pages: tuple[PageLink, ...] = ()
    wissen: bool = False

    @property
    def all_buttons(self) -> tuple[Button, ...]:
        """Those of the cards first, in the order in which they are seen."""
        return (*(button for card in self.cards for button in card.buttons), *self.buttons)


def payload(intent: str, **entities: str | list[str]) -> str:
    """The payload of a button: /intent{"entity": "value"}."""
    return f"/{intent}" + (json.dumps(entities, ensure_ascii=False) if entities else "")
