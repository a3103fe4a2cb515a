"""The conversation store: what is in memory and what is in the database always tell the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.paths import DOMAIN
from bot.rasa_speed import _ordered
from bot.storage import ConversationStore

Make = Callable[[int], ConversationStore]


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(DOMAIN))


@pytest.fixture
def store(tmp_path: Path, domain: Domain) -> Make:
    def make(remember: int) -> ConversationStore:
        return ConversationStore(domain, dialect="sqlite", db=str(tmp_path / "g.db"), remember=remember)

    return make


def say(store: ConversationStore, text: str, save: bool = True) -> None:
    async def turn() -> None:
        tracker = await store.get_or_create_tracker("iemand")
        tracker.update(UserUttered(text, intent={"name": "vertellen"}))
        tracker.update(SlotSet("rol", text))
        tracker.update(ActionExecuted("action_listen"))
        if save:
            await store.save(tracker)

    asyncio.run(turn())


def texts(tracker: DialogueStateTracker | None) -> list[str]:
    assert tracker is not None
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


@pytest.mark.parametrize("remember", [0, 10])
def test_what_is_saved_is_in_the_database_once(store: Make, remember: int) -> None:
    first = store(remember)
    for text in ("een", "twee", "drie"):
        say(first, text)
    elsewhere = store(0)  # another process
    tracker = asyncio.run(elsewhere.retrieve("iemand"))
    assert texts(tracker) == ["een", "twee", "drie"]
    assert tracker is not None and tracker.get_slot("rol") == "drie"


def test_a_message_that_fails_half_way_leaves_nothing_behind(store: Make) -> None:
    kept = store(10)
    say(kept, "een")
    say(kept, "mislukt", save=False)
    say(kept, "twee")
    assert texts(asyncio.run(kept.retrieve("iemand"))) == ["een", "twee"]
    assert texts(asyncio.run(store(0).retrieve("iemand"))) == ["een", "twee"]


def test_only_so_many_conversations_are_kept_in_memory(store: Make) -> None:
    kept = store(1)
    say(kept, "een")

    async def another() -> None:
        await kept.save(await kept.create_tracker("ander"))

    asyncio.run(another())
    assert list(kept._trackers) == ["ander"]
    assert texts(asyncio.run(kept.retrieve("iemand"))) == ["een"]


def test_nodes_are_ordered_after_what_they_need() -> None:
    order = [name for name, _ in _ordered({"c": ("b", "input"), "a": (), "b": ("a",)})]
    assert order.index("a") < order.index("b") < order.index("c")
