"""For someone who does not know what stands in the way: one question along weten, willen, kunnen, durven, mogen."""

from __future__ import annotations

from bot.conversation.reply import Button, Reply, payload
from bot.conversation.turn import Turn


def ask(turn: Turn) -> list[Reply]:
    """A few statements; each leads to the barrier it stands for."""
    turn.absorb()
    turn.state.question = "belemmering"
    statements = turn.knowledge.phrases.group("scan_uitspraken")
    buttons = [Button(text, payload("vertellen", belemmering=barrier)) for barrier, text in statements.items()]
    return [turn.reply("scan_vraag", *buttons)]
