"""One action per thing the bot can do. Each hands a turn to plain functions and returns what they changed.

data/rules/ says which intent leads to which action; an action that serves several intents looks the function up
by intent.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.conversation import (
    care,
    case,
    closing,
    coaching,
    compare,
    dialogue,
    explain,
    facts,
    intake,
    opening,
    preparation,
    repair,
    scan,
    suggestions,
)
from bot.conversation.dialogue import Answer
from bot.conversation.heard import Heard
from bot.conversation.state import State
from bot.conversation.turn import Turn
from bot.knowledge import knowledge
from bot.rendering.message import to_rasa

logger = logging.getLogger(__name__)


class ConversationAction(Action):
    """Reads the state from the slots, lets the conversation reply, writes the changed slots back."""

    action_name: ClassVar[str] = ""
    answers: ClassVar[Mapping[str, Answer]] = {}  # by intent

    def name(self) -> str:
        return self.action_name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        slots = tracker.current_slot_values()
        heard = Heard.from_message(tracker.latest_message)
        turn = Turn(State.from_slots(slots), heard, knowledge(), now=time.time())
        for reply in dialogue.respond(turn, all_answers()):
            dispatcher.utter_message(**to_rasa(reply))
        changed = turn.state.to_slots()
        return [SlotSet(name, value) for name, value in changed.items() if slots.get(name) != value]


class Open(ConversationAction):
    action_name = "action_begroeten"
    answers: ClassVar = {
        "groeten": opening.greet,
        "start": opening.greet,
        "vraag_bot": opening.introduce,
        "opnieuw": opening.restart,
        "bedanken": opening.thanks,
        "afscheid": opening.goodbye,
        "praatje": opening.small_talk,
        "mens": opening.human,
        "privacy": opening.privacy,
        "wissen": opening.erase,
        "feedback_goed": closing.rate_good,
        "feedback_slecht": closing.rate_bad,
    }


class Intake(ConversationAction):
    action_name = "action_intake"
    answers: ClassVar = {
        "vertellen": intake.tell,
        "vraag_opties": intake.tell,
        "corrigeren": intake.correct,
        "overslaan": intake.skip,
        "bevestigen": intake.agree,
        "ontkennen": intake.refuse,
        "scan": scan.ask,
    }


class Suggest(ConversationAction):
    action_name = "action_suggesties"
    answers: ClassVar = {
        "anders": suggestions.other,
        "waarom": suggestions.why,
        "vergelijken": compare.compare,
    }


class Explain(ConversationAction):
    action_name = "action_uitleg"
    answers: ClassVar = {
        **dict.fromkeys(explain.INTENT_PARTS, explain.answer),
        "kiezen": explain.choose,
        "terug": explain.back,
        "herhalen": explain.repeat,
    }


class Fact(ConversationAction):
    action_name = "action_feit"
    answers: ClassVar = {"vraag_feit": facts.answer}


class Coach(ConversationAction):
    action_name = "action_gesprekshulp"
    answers: ClassVar = {
        "gesprekskaart": coaching.help_with_talk,
        "voorbereiding": preparation.prepare,
        "argumenten": case.make,
    }


class Close(ConversationAction):
    action_name = "action_afronden"
    answers: ClassVar = {"samenvatting": closing.summarise}


class Care(ConversationAction):
    action_name = "action_zorg"
    answers: ClassVar = dict.fromkeys(care.INTENTS, care.respond)


class Repair(ConversationAction):
    action_name = "action_herstel"
    answers: ClassVar = {
        "buiten_bereik": repair.out_of_scope,
        "andere_taal": repair.other_language,
        "schelden": repair.abuse,
    }


@cache
def all_answers() -> Mapping[str, Answer]:
    """What answers each intent. One message can be read as another intent than the one whose rule brought it here:
    the state of the talk decides."""
    return {intent: answer for kind in ConversationAction.__subclasses__() for intent, answer in kind.answers.items()}
