"""What the bot does faster than Rasa gives the same as Rasa's own way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.agent import Agent
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import rasa_speed
from bot.paths import DOMAIN

LISTEN = "action_listen"


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(DOMAIN))


def talk(domain: Domain, *turns: tuple[str, str]) -> DialogueStateTracker:
    """Of intents and the actions that answered them; the last turn waits for its action when that is ''."""
    events: list[Event] = [ActionExecuted("action_session_start"), ActionExecuted(LISTEN)]
    for number, (intent, action) in enumerate(turns):
        events.append(UserUttered("iets", {"name": intent, "confidence": 1.0}))
        if action:
            events += [ActionExecuted(action), SlotSet("sector", f"sector{number}"), BotUttered("ja")]
            events.append(ActionExecuted(LISTEN))
    return DialogueStateTracker.from_events("iemand", events, domain.slots)  # type: ignore[no-any-return]


def test_nodes_are_ordered_after_what_they_need() -> None:
    order = [name for name, _ in rasa_speed._ordered({"c": ("b", "input"), "a": (), "b": ("a",)})]
    assert order.index("a") < order.index("b") < order.index("c")


def test_a_copy_is_the_same_and_stands_apart(domain: Domain) -> None:
    tracker = talk(domain, ("vertellen", "action_intake"), ("kiezen", "action_uitleg"), ("waarom", ""))
    copied, replayed = rasa_speed._copied(tracker), tracker.travel_back_in_time(float("inf"))
    assert copied == replayed == tracker
    before = tracker.current_state(), len(tracker.events)
    assert copied.current_state() == replayed.current_state() == before[0]
    copied.update(SlotSet("sector", "horeca"))
    assert (tracker.current_state(), len(tracker.events)) == before


def test_what_rules_say_is_found_once_and_is_what_rasa_finds(model: Path, domain: Domain) -> None:
    agent = Agent()
    agent.load_model(model)
    runner: Any = agent.processor.graph_runner  # type: ignore[union-attr]
    (policy,) = (
        node._component for node in runner._instantiated_nodes.values() if isinstance(node._component, RulePolicy)
    )
    asked: list[str] = []

    def find(self: RulePolicy, tracker: DialogueStateTracker, domain: Domain, use_text: bool) -> Any:
        asked.append(tracker.sender_id)
        return rasa_speed._FIND_ACTION(self, tracker, domain, use_text)

    remembered = rasa_speed._rules_remembered(find)
    intents = [next(iter(intent)) for intent in yaml.safe_load(DOMAIN.read_text("utf-8"))["intents"]]
    for _ in range(2):
        for intent in intents:
            for before in ([], [("vertellen", "action_intake"), ("anders", "action_suggesties")]):
                tracker = talk(domain, *before, (intent, ""))
                for text in (True, False):
                    found = remembered(policy, tracker, domain, text)
                    assert found[0] == rasa_speed._FIND_ACTION(policy, tracker, domain, text)[0], (before, intent)
            assert found[0] is not None, intent
            tracker.update(ActionExecuted(found[0]))
            assert remembered(policy, tracker, domain, False)[0] == LISTEN, intent
    assert len(asked) == 2 * len(intents)  # after listening and after the action, of either talk
