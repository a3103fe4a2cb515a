"""Distress and unsafe situations: a fixed, careful answer with the right referral, before anything else."""

from __future__ import annotations

from bot.conversation.reply import Button, LinkButton, Reply, payload
from bot.conversation.turn import Turn

INTENTS = ("nood", "grensoverschrijding")


CERTAIN = 0.5  # an alarm less likely than this is asked about
SPEAKS_FOR_SELF = (None, "medewerker")


def check(turn: Turn) -> Reply:
    """For a message that may be a cry for help: the numbers at once, and one tap to go on if it was not."""
    barriers = list(turn.heard.barriers)
    on = payload("vertellen", belemmering=barriers) if barriers else payload("scan")
    return turn.reply(
        "zorg.check",
        Button(turn.say("zorg.check_ja"), payload(turn.heard.intent)),
        Button(turn.say("zorg.check_nee"), on),
    )


def comes_first(turn: Turn) -> bool:
    """Whether someone who tells about work met harassment himself: help comes before options, once."""
    state = turn.state
    said = "ongewenst_gedrag" in turn.heard.barriers and not turn.heard.button
    return said and state.rol in SPEAKS_FOR_SELF and "zorg" not in state.asked


def respond(turn: Turn) -> list[Reply]:
    """Nothing of the message is kept, and no course is offered."""
    if turn.heard.intent in INTENTS and not turn.heard.button and turn.heard.confidence < CERTAIN:
        return [check(turn)]
    kind = turn.heard.intent if turn.heard.intent in INTENTS else "grensoverschrijding"
    turn.state.asked.append("zorg")
    keys = turn.knowledge.phrases.list(f"zorg.links_{kind}")
    links = [turn.library.links[key] for key in keys]
    buttons = tuple(LinkButton(link.label, link.url) for link in links)
    return [Reply(turn.say(f"zorg.{kind}"), (), buttons), turn.reply("zorg.daarna")]
