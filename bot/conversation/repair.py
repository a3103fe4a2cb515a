"""When a message is not understood, or is no question for this bot: always a way on, never the same twice."""

from __future__ import annotations

import re

from bot.content.library import normalise
from bot.conversation import explain, facts, intake, suggestions
from bot.conversation.reply import Button, Reply, payload
from bot.conversation.turn import Turn, join

TOO_LONG = 2000  # characters
LEAST_TEXT = 3  # letters of a message that is looked up
HUMAN_AFTER = 3  # messages in a row that were not understood: two other ways are tried first
_QUESTION = re.compile(
    r"^\W*(wat|wie|welke?|hoe|hoeveel|waar|waarom|wanneer|is|zijn|mag|kan|uit welke?)\b", re.IGNORECASE
)


def not_understood(turn: Turn) -> list[Reply]:
    """Asks between doubted readings, then shows the nearest items, then offers buttons, then a human."""
    state = turn.state
    text = turn.heard.text
    if turn.heard.button:
        return [Reply(turn.say("knop_onbekend"), ways_on(turn))]
    if len(text) > TOO_LONG:
        return _too_long(turn)
    plain = normalise(text)
    if not plain:
        return [Reply(turn.say("leeg_bericht"), ways_on(turn))]
    state.misunderstood += 1
    state.missed = True
    if plain.isdigit():
        return [Reply(turn.say("los_getal"), ways_on(turn))]
    if state.misunderstood < HUMAN_AFTER and len(plain) >= LEAST_TEXT:
        doubted = [b for b in turn.heard.maybe_barriers(0.1) if b not in state.belemmeringen]
        if doubted and state.misunderstood == 1:
            return [intake.confirm(turn, doubted)]
        near = [hit.item for hit in turn.knowledge.index.items(text, 3) if hit.coverage >= 0.5]
        if near and _QUESTION.search(text):
            return facts.answer(turn)
        if near and state.misunderstood == 1:
            return [turn.reply("feit_onbekend", *map(turn.item_button, near), _none_of_these(turn))]
    key = turn.knowledge.phrases.list("niet_begrepen")
    step = min(state.misunderstood, HUMAN_AFTER) - 1
    if step == HUMAN_AFTER - 1:
        state.misunderstood = 0
        return [Reply(f"{key[-1]}\n{explain.contact_text(turn)}", ways_on(turn))]
    return [Reply(key[step], ways_on(turn))]


def _too_long(turn: Turn) -> list[Reply]:
    """What a long paste seems to be about, or a question to say it in short."""
    turn.absorb()
    if not turn.heard.barriers:
        return [Reply(turn.say("lang_bericht"), ways_on(turn))]
    topic = join([turn.barrier_name(b) for b in turn.state.belemmeringen[:2]])
    return [turn.reply("lang_bericht_over", onderwerp=topic), *intake.advance(turn)]


def _none_of_these(turn: Turn) -> Button:
    return Button(turn.say("geen_van_deze"), payload("ontkennen"))


def same_again(turn: Turn) -> list[Reply]:
    """Instead of saying the same thing for the third time."""
    return [Reply(turn.say("zelfde_antwoord"), ways_on(turn))]


def out_of_scope(turn: Turn) -> list[Reply]:
    """Not something for this bot; when that happens again and again, a human."""
    turn.state.misunderstood += 1
    if turn.state.misunderstood >= HUMAN_AFTER:
        turn.state.misunderstood = 0
        return [Reply(f"{turn.say('buiten_bereik')}\n{explain.contact_text(turn)}", ways_on(turn))]
    return [Reply(turn.say("buiten_bereik"), ways_on(turn))]


def other_language(turn: Turn) -> list[Reply]:
    return [Reply(turn.say("andere_taal"), ways_on(turn))]


def abuse(turn: Turn) -> list[Reply]:
    return [Reply(turn.say("schelden"), ways_on(turn))]


def ways_on(turn: Turn) -> tuple[Button, ...]:
    """Buttons that always make sense: the options on the table, or the first question."""
    found = suggestions.buttons(turn)
    if found:
        return found
    question = intake.ask_barrier(turn)
    return (*question.buttons, Button(turn.say("vraag_contact"), payload("mens")))
