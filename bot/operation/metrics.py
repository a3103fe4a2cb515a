"""Metrics for Prometheus, off unless BOT_METRICS_TOKEN is set. No label holds anything that a person said or is.

Labels come from short fixed lists: names of channels, intents, ids of content items, kinds of errors. Intents about
care are one label, and roles, barriers and sectors are not counted here at all: a dashboard shows when something
happened, and the report (bot/insight) is made for that question.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.insight.turns import OUT_OF_SCOPE, read_turns
from bot.knowledge import store
from bot.operation.metrics_folder import FOLDER, TOKEN

ENABLED = bool(os.environ.get(TOKEN))
ACTIVE_SECONDS = 600.0  # after its last message a conversation counts as active
CARE = "zorg"  # the label of all intents about care
ACTION_FAILED, MISTAKE = "actie", "fout"
REFUSALS = ("druk", "stopt", "storing", MISTAKE)  # `reason` of an exception that sends a message away

_PREFIX = "interventiewijzer"
_registry = CollectorRegistry()


def _counter(name: str, help_text: str, *labels: str) -> Counter:
    return Counter(name, help_text, labels, namespace=_PREFIX, registry=_registry)


MESSAGES = _counter("messages", "Messages that came in", "channel")
SECONDS = Histogram(
    "message_seconds",
    "Time from a message to its answer",
    ["channel"],
    namespace=_PREFIX,
    registry=_registry,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
ERRORS = _counter("errors", "Messages not answered as they should be", "kind")
INTENTS = _counter("intents", "What messages were taken for", "intent")
NOT_UNDERSTOOD = _counter("not_understood", "Messages that the bot did not understand")
OUTSIDE = _counter("out_of_scope", "Messages about something else than the bot is for")
DOUBTS = _counter("doubts", "Times the bot asked which barrier was meant")
SUGGESTED = _counter("suggested", "Times an item was suggested", "item")
EXPLAINED = _counter("explained", "Times an item was explained", "item")
RELOADS = _counter("content_reloads", "Times changed content was read", "result")
ACTIVE = Gauge(
    "active_conversations",
    f"Conversations with a message in the last {ACTIVE_SECONDS:.0f} s",
    namespace=_PREFIX,
    registry=_registry,
    multiprocess_mode="livesum",
)
_INFO = Gauge(
    "info",
    "Processes that serve this model, language model and content",
    ["model", "language_model", "content"],
    namespace=_PREFIX,
    registry=_registry,
    multiprocess_mode="livesum",
)
_facts: dict[str, str] = {}
_active: dict[str, float] = {}  # conversation -> time of its last message

Handle = Callable[[Any], Awaitable[None]]


def measured(handle: Handle, channel: str) -> Handle:
    """The handler of a channel's messages, measured."""
    if not ENABLED:
        return handle

    async def measure(message: Any) -> None:
        start = time.perf_counter()
        MESSAGES.labels(channel).inc()
        _seen(message.sender_id)
        try:
            await handle(message)
        except Exception as error:
            reason = getattr(error, "reason", None)
            ERRORS.labels(reason if reason in REFUSALS else MISTAKE).inc()
            raise
        SECONDS.labels(channel).observe(time.perf_counter() - start)

    return measure


def count_turn(tracker: DialogueStateTracker) -> None:
    """What the last message of a conversation came to. For a conversation that was just saved."""
    if not ENABLED:
        return
    last_two = []
    messages = 0
    for event in reversed(tracker.events):
        last_two.append(event.as_dict())
        messages += isinstance(event, UserUttered)
        if messages == 2:
            break
    if not messages:
        return
    *_, turn = read_turns(reversed(last_two))
    INTENTS.labels(CARE if turn.care else turn.intent).inc()
    NOT_UNDERSTOOD.inc(turn.not_understood)
    OUTSIDE.inc(turn.intent == OUT_OF_SCOPE)
    DOUBTS.inc(turn.doubted)
    for item in turn.offered:
        SUGGESTED.labels(item).inc()
    if turn.opened:
        EXPLAINED.labels(turn.opened).inc()


def tell(**facts: str) -> None:
    """What this process serves now: `model`, `language_model`, `content`; shown when all are known."""
    if len(_facts) == 3:
        _INFO.labels(**_facts).set(0)
    _facts.update(facts)
    if len(_facts) == 3:
        _INFO.labels(**_facts).set(1)


def content_read(succeeded: bool) -> None:
    """Changed content was read; when it has mistakes, the earlier one stays."""
    RELOADS.labels("ok" if succeeded else "fout").inc()
    tell(content=store().version)


def exposition() -> bytes:
    """The metrics of all processes of this server, in Prometheus' text format."""
    _forget_dead_processes(Path(os.environ[FOLDER]))
    registry = CollectorRegistry()
    registry.register(_Shown(MultiProcessCollector(None)))  # type: ignore[no-untyped-call]
    return generate_latest(registry)


class _Shown:
    """Leaves out versions that no process serves any more."""

    def __init__(self, collector: MultiProcessCollector) -> None:
        self._collector = collector

    def collect(self) -> Any:
        for metric in self._collector.collect():  # type: ignore[no-untyped-call]
            if metric.name == f"{_PREFIX}_info":
                metric.samples = [sample for sample in metric.samples if sample.value]
            yield metric


def _forget_dead_processes(folder: Path) -> None:
    """A process that was killed leaves its gauges behind. Its counters stay: they never go down."""
    for path in folder.glob("gauge_live*_*.db"):
        process = int(path.stem.rsplit("_", 1)[1])
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            mark_process_dead(process, str(folder))  # type: ignore[no-untyped-call]


def _seen(conversation: str) -> None:
    if conversation not in _active:
        ACTIVE.inc()
        asyncio.get_running_loop().call_later(ACTIVE_SECONDS, _look, conversation)
    _active[conversation] = time.monotonic()


def _look(conversation: str) -> None:
    """Ends a conversation that was silent long enough, or looks again later."""
    left = _active[conversation] + ACTIVE_SECONDS - time.monotonic()
    if left > 0:
        asyncio.get_running_loop().call_later(left, _look, conversation)
    else:
        del _active[conversation]
        ACTIVE.dec()
