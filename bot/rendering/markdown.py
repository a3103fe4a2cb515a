"""For channels that show text with light Markdown and buttons: links become Markdown links below the text."""

from __future__ import annotations

from typing import Any

from bot.conversation.reply import Reply


def to_rasa(reply: Reply) -> dict[str, Any]:
    """Keyword arguments for a Rasa dispatcher's `utter_message`."""
    text = "\n".join([reply.text, *(f"[{link.title}]({link.url})" for link in reply.links)])
    buttons = [{"title": button.title, "payload": button.payload} for button in reply.buttons]
    return {"text": text, "buttons": buttons} if buttons else {"text": text}
