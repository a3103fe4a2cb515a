"""Does once what Rasa does anew for every message. Behaviour stays the same; measured with `make bench`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.core.policies.policy import Policy
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import DialogueStateTracker

from bot.inprocess import InProcessActions


def speed_up_rasa() -> None:
    """Replaces four of Rasa's functions, once per process."""
    if RulePolicy._prediction_states is not _states_of_last_turn:
        RulePolicy._prediction_states = _states_of_last_turn
    RemoteAction._validate_action_result = _result_validator()
    DaskGraphRunner.run = _run_in_order
    if not hasattr(Event.resolve_by_type, "cache_info"):
        # Rasa finds an event's class by walking all subclasses of Event.
        Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))


def _states_of_last_turn(
    self: RulePolicy, tracker: DialogueStateTracker, domain: Domain, *arguments: Any, **settings: Any
) -> Any:
    """RulePolicy replays the whole conversation for every prediction, so that a long talk gets slower with every
    message. Each rule of data/rules/ is one intent and one action: the last turn decides."""
    last_turn: list[Event] = []
    for event in reversed(tracker.events):
        last_turn.append(event)
        if isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME and len(last_turn) > 1:
            break
    short = tracker.init_copy()
    for event in reversed(last_turn):
        short.update(event)
    return Policy._prediction_states(self, short, domain, *arguments, **settings)


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
