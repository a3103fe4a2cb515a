"""When a message is not understood, or is no question for this bot: always a way on, never the same twice."""

from __future__ import annotations

import re

from bot.conversation import explain, facts, intake, suggestions
from bot.conversation.reply import Button, Reply, payload
from bot.conversation.turn import Turn

TOO_LONG = 2000  # characters
_QUESTION = re.compile(
    r"^\W*(wat|wie|welke?|hoe|hoeveel|waar|waarom|wanneer|is|zijn|mag|kan|uit welke?)\b", re.IGNORECASE
)


def not_understood(turn: Turn) -> list[Reply]:
    """Asks between doubted readings, then shows the nearest items, then offers buttons, then a human."""
    state = turn.state
    text = turn.heard.text
    if turn.heard.button:
        return [Reply(turn.say("knop_onbekend"), ways_on(turn))]
    if not any(c.isalnum() for c in text):
        return [Reply(turn.say("leeg_bericht"), ways_on(turn))]
    if len(text) > TOO_LONG:
        return [Reply(turn.say("lang_bericht"), ways_on(turn))]
    state.misunderstood += 1
    if state.misunderstood == 1:
        doubted = [b for b in turn.heard.maybe_barriers(0.1) if b not in state.belemmeringen]
        if doubted:
            return [intake.confirm(turn, doubted)]
        near = [hit for hit in turn.knowledge.index.items(text, 3) if hit.coverage >= 0.5]
        if near and _QUESTION.search(text):
            return facts.answer(turn)
        if near:
            return [turn.reply("feit_onbekend", *(turn.item_button(hit.item) for hit in near))]
    key = turn.knowledge.phrases.list("niet_begrepen")
    step = min(state.misunderstood, len(key)) - 1
    if step == len(key) - 1:
        state.misunderstood = 0
        return [Reply(f"{key[step]}\n{explain.contact_text(turn)}", ways_on(turn))]
    return [Reply(key[step], ways_on(turn))]


def out_of_scope(turn: Turn) -> list[Reply]:
    return [Reply(turn.say("buiten_bereik"), ways_on(turn))]


def other_language(turn: Turn) -> list[Reply]:
    return [Reply(turn.say("andere_taal"), ways_on(turn))]


def abuse(turn: Turn) -> list[Reply]:
    return [turn.reply("schelden")]


def ways_on(turn: Turn) -> tuple[Button, ...]:
    """Buttons that always make sense: the options on the table, or the first question."""
    found = suggestions.buttons(turn)
    if found:
        return found
    question = intake.ask_barrier(turn)
    return (*question.buttons, Button(turn.say("vraag_contact"), payload("mens")))
