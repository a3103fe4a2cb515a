"""How a reply travels through Rasa to the output channels.

A Rasa message holds text and buttons; what else a reply has rides along as `reply`, which Rasa keeps as metadata of
the message and hands to `OutputChannel.send_response`. A channel that does not know `reply` still shows everything,
as text.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bot.conversation.reply import Button, Card, LinkButton, PageLink, Reply
from bot.rendering import plain


def to_rasa(reply: Reply) -> dict[str, Any]:
    """Keyword arguments for a Rasa dispatcher's `utter_message`."""
    message: dict[str, Any] = {"text": plain.text(reply)}
    if reply.all_buttons:
        message["buttons"] = [asdict(button) for button in reply.all_buttons]
    if reply.cards or reply.links or reply.pages or reply.wissen:
        message["reply"] = asdict(reply)
    return message


def from_rasa(message: dict[str, Any]) -> Reply:
    """The reply in a message that an output channel was given to send; also for a message that is no reply of ours."""
    data = message.get("reply") or {"text": message.get("text") or "", "buttons": message.get("buttons") or []}
    return Reply(
        text=data["text"],
        buttons=_buttons(data),
        links=_links(data),
        cards=tuple(
            Card(
                card["title"],
                card["text"],
                tuple((label, value) for label, value in card["facts"]),
                _buttons(card),
                _links(card),
            )
            for card in data.get("cards", ())
        ),
        pages=tuple(PageLink(page["title"], page["path"]) for page in data.get("pages", ())),
        wissen=bool(data.get("wissen")),
    )


def _buttons(data: dict[str, Any]) -> tuple[Button, ...]:
    return tuple(Button(button["title"], button["payload"]) for button in data.get("buttons", ()))


def _links(data: dict[str, Any]) -> tuple[LinkButton, ...]:
    return tuple(LinkButton(link["title"], link["url"]) for link in data.get("links", ()))
