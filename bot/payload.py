"""What a button may carry back. Anyone can send a payload by hand, so that only what the bot puts in its own buttons
counts: an intent for people, known names, and values of the vocabulary or of the content."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from bot.content.model import Section
from bot.conversation import case, closing, coaching, explain, preparation, scan
from bot.conversation.turn import Knowledge

# What the bot may only conclude from words: nobody presses these.
HEARD_ONLY = frozenset({"andere_taal", "buiten_bereik", "praatje", "schelden"})

# Values of `onderdeel`: parts of an item, of a conversation card, of the case; steps and answers.
PARTS = frozenset(
    {
        *(section.value for section in Section),
        *explain.PART_ORDER,
        "meer",
        *(case.GOALS, case.SPENDING, case.ASSUMPTION, case.OPTIONS),
        *(coaching.QUESTIONS, coaching.ARGUMENTS, coaching.OPTIONS, coaching.OTHER),
        *(closing.ASK_AFTER, *closing.STEPS),
        preparation.FILL_IN,
        scan.PHASES,
        *(*scan.POINTS, "ja", "overslaan", "stop", "anders"),
    }
)
_NUMBER = re.compile(r"[0-9]{1,2}")


def is_ours(intent: str, entities: str | None, intents: Collection[str], knowledge: Knowledge) -> bool:
    """Whether a button of this bot could have sent it. `entities` is JSON as it came, `intents` those of the model."""
    if intent not in intents or intent in HEARD_ONLY:
        return False
    try:
        values = json.loads(entities or "{}", object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return False
    known = _known(knowledge)
    return all(name in known and _fits(name, value, known[name]) for name, value in values.items())


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """No name twice: who reads after us might take the other value."""
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError
    return values


def _fits(name: str, value: Any, known: Callable[[str], bool]) -> bool:
    """Only barriers come in a list, each once."""
    if name == "belemmering" and isinstance(value, list):
        return 0 < len(value) == len(set(map(str, value))) and all(_fits("", one, known) for one in value)
    return isinstance(value, str) and known(value)


def _known(knowledge: Knowledge) -> Mapping[str, Callable[[str], bool]]:
    taxonomy = knowledge.library.taxonomy
    return {
        "rol": taxonomy.roles.__contains__,
        "belemmering": taxonomy.barriers.__contains__,
        "sector": taxonomy.sectors.__contains__,
        "interventie": lambda value: knowledge.library.find(value) is not None,
        "onderdeel": lambda value: value in PARTS or value in knowledge.guides.scans,
        "deel": lambda value: _NUMBER.fullmatch(value) is not None,
    }
