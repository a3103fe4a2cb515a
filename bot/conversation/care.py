"""Distress and unsafe situations: a fixed, careful answer with the right referral, before anything else."""

from __future__ import annotations

from bot.conversation.reply import LinkButton, Reply
from bot.conversation.turn import Turn

INTENTS = ("nood", "grensoverschrijding")


def respond(turn: Turn) -> list[Reply]:
    """Nothing of the message is kept, and no course is offered."""
    kind = turn.heard.intent if turn.heard.intent in INTENTS else "nood"
    keys = turn.knowledge.phrases.list(f"zorg.links_{kind}")
    links = [turn.library.links[key] for key in keys]
    buttons = tuple(LinkButton(link.label, link.url) for link in links)
    return [Reply(turn.say(f"zorg.{kind}"), (), buttons), turn.reply("zorg.daarna")]
