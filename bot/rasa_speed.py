"""Does once what Rasa does anew for every message. Behaviour stays the same; measured with `make bench`."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from jsonschema.validators import validator_for
from rasa.core import processor
from rasa.core.actions.action import RemoteAction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

from bot.inprocess import InProcessActions

RuleFound = tuple[str | None, str | None, bool]  # the action, the rule, back in a form
FindAction = Callable[[RulePolicy, DialogueStateTracker, Domain, bool], RuleFound]

_FIND_ACTION: FindAction = RulePolicy._find_action_from_rules
_IS_EMPTY: Callable[[Domain], bool] = Domain.is_empty


def speed_up_rasa() -> None:
    """Replaces some of Rasa's functions. Call it when a model is loaded: what the rules say may have changed."""
    RulePolicy._find_action_from_rules = _rules_remembered(_FIND_ACTION)
    RemoteAction._validate_action_result = _result_validator()
    DaskGraphRunner.run = _run_in_order
    DialogueStateTracker.copy = _copied
    Domain.is_empty = _is_empty
    # Rasa copies events and slots deeply for its debug log, also when that is off. The log changes nothing.
    processor.copy = SimpleNamespace(deepcopy=lambda logged: logged)
    if not hasattr(Event.resolve_by_type, "cache_info"):
        # Rasa finds an event's class by walking all subclasses of Event.
        Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))


def _rules_remembered(find: FindAction) -> FindAction:
    """RulePolicy replays the whole conversation for every prediction, so that a long talk gets slower with every
    message. Each rule of data/rules/ is one intent and one action, and no slot or entity counts: the intent and the
    last action decide, and what follows from them is found once."""
    found: dict[tuple[str | None, str | None], RuleFound] = {}

    def remembered(
        self: RulePolicy, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> RuleFound:
        if use_text_for_last_user_input:
            return None, None, False  # no rule is about the words of a message
        intent = tracker.latest_message.intent_name if tracker.latest_message else None
        key = (intent, tracker.latest_action_name)
        if key not in found:
            found[key] = find(self, tracker, domain, use_text_for_last_user_input)
        return found[key]

    return remembered


def _copied(self: DialogueStateTracker) -> DialogueStateTracker:
    """Rasa copies a conversation by replaying all of it, once for every action."""
    copied = copy.copy(self)
    copied.events = copy.copy(self.events)
    copied.slots = {name: copy.copy(slot) for name, slot in self.slots.items()}
    return copied


def _is_empty(self: Domain) -> bool:
    """Rasa writes out the whole domain to see whether it is empty, once for every message. It never changes."""
    if not hasattr(self, "known_empty"):
        self.known_empty = _IS_EMPTY(self)
    return bool(self.known_empty)


def _result_validator() -> Any:
    """Rasa checks each action's result with `jsonschema.validate`, which first checks the schema itself: three
    quarters of the time of a message. The schema never changes, so its validator is built once; what our own
    actions return inside the process is built by rasa-sdk and needs no check."""
    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def validate(self: RemoteAction, result: dict[str, Any]) -> bool:
        if not isinstance(self.action_endpoint, InProcessActions):
            validator.validate(result)
        return True

    return validate


def _run_in_order(
    self: DaskGraphRunner, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
) -> dict[str, Any]:
    """Runs the graph node by node in an order found once. Rasa has Dask plan and schedule the same small graph for
    every message."""
    wanted = tuple(targets or self._graph_schema.target_names)
    plans: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = self.__dict__.setdefault("_plans", {})
    if wanted not in plans:
        nodes = self._graph_schema.minimal_graph_schema(list(wanted)).nodes
        plans[wanted] = _ordered({name: tuple(node.needs.values()) for name, node in nodes.items()})
    done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
    for name, needs in plans[wanted]:
        done[name] = self._instantiated_nodes[name](*(done[need] for need in needs))
    return {name: done[name][1] for name in wanted}


def _ordered(needs: dict[str, tuple[str, ...]]) -> list[tuple[str, tuple[str, ...]]]:
    """The nodes, each after the nodes it needs; needs that are no nodes are inputs."""
    order: list[tuple[str, tuple[str, ...]]] = []
    placed: set[str] = set()

    def place(name: str) -> None:
        if name in placed or name not in needs:
            return
        placed.add(name)
        for need in needs[name]:
            place(need)
        order.append((name, needs[name]))

    for name in needs:
        place(name)
    return order
