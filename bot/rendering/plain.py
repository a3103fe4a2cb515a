"""For places that show text with light Markdown and buttons, like REST and the terminal: all of a reply as text."""

from __future__ import annotations

from bot.address import public
from bot.conversation.reply import Card, Reply


def text(reply: Reply) -> str:
    """Everything but the buttons; links and pages become Markdown links."""
    lines = [reply.text, *(_card(card) for card in reply.cards)]
    lines += [f"[{link.title}]({link.url})" for link in reply.links]
    lines += [f"[{page.title}]({public(page.path)})" for page in reply.pages]
    return "\n".join(line for line in lines if line)


def _card(card: Card) -> str:
    lines = [f"**{card.title}**", card.text, *(f"- {label}: {value}" for label, value in card.facts)]
    lines += [f"[{link.title}]({link.url})" for link in card.links]
    return "\n".join(line for line in lines if line)
