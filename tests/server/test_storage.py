"""The conversation store: what is in memory and what is in the database always tell the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Restarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.paths import DOMAIN
from bot.storage import LONG, READ_TURNS, ConversationMovedOn, ConversationStore, DatabaseAway

Make = Callable[[int], ConversationStore]


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(DOMAIN))


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, domain: Domain) -> Iterator[Make]:
    """Makes stores on one database: each is another process."""
    if request.param == "sqlite":
        address = str(tmp_path / "g.db")
    else:
        server = request.getfixturevalue("postgres")
        address = server.url
        server.rows("DROP TABLE IF EXISTS events")
    made: list[ConversationStore] = []

    def make(remember: int) -> ConversationStore:
        made.append(ConversationStore(domain, db=address, remember=remember))
        return made[-1]

    yield make
    for one in made:
        one.engine.dispose()


async def turn(store: ConversationStore, words: str, save: bool = True) -> DialogueStateTracker:
    tracker = await store.get_or_create_tracker("iemand")
    tracker.update(UserUttered(words, intent={"name": "vertellen"}, message_id=f"id-{words}"))
    tracker.update(SlotSet("rol", words))
    tracker.update(BotUttered(f"antwoord op {words}"))
    tracker.update(ActionExecuted("action_listen"))
    if save:
        await store.save(tracker)
    return tracker


def say(store: ConversationStore, words: str, save: bool = True) -> None:
    asyncio.run(turn(store, words, save))


def texts(tracker: DialogueStateTracker | None) -> list[str]:
    assert tracker is not None
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


@pytest.mark.parametrize("remember", [0, 10])
def test_what_is_saved_is_in_the_database_once(store: Make, remember: int) -> None:
    first = store(remember)
    for words in ("een", "twee", "drie"):
        say(first, words)
    tracker = asyncio.run(store(0).retrieve("iemand"))
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


def test_what_another_process_saved_meanwhile_is_never_overwritten(store: Make) -> None:
    here, elsewhere = store(10), store(10)
    say(here, "een")
    say(elsewhere, "twee")
    with pytest.raises(ConversationMovedOn):  # the memory of `here` is stale
        say(here, "drie")
    say(here, "drie")  # again, as the message handler does
    assert texts(asyncio.run(store(0).retrieve("iemand"))) == ["een", "twee", "drie"]


def test_what_was_erased_meanwhile_does_not_come_back(store: Make) -> None:
    kept = store(10)
    say(kept, "geheim")
    with kept.engine.begin() as connection:
        connection.execute(kept.SQLEvent.__table__.delete())
    with pytest.raises(ConversationMovedOn):
        say(kept, "twee")
    say(kept, "twee")
    assert texts(asyncio.run(store(0).retrieve("iemand"))) == ["twee"]


def test_of_many_processes_that_save_at_once_one_wins(store: Make) -> None:
    say(store(0), "begin")

    async def race() -> list[object]:
        stores = [store(0) for _ in range(6)]
        trackers = [await turn(one, f"w{number}", save=False) for number, one in enumerate(stores)]
        saving = [one.save(tracker) for one, tracker in zip(stores, trackers, strict=True)]
        return list(await asyncio.gather(*saving, return_exceptions=True))

    results = asyncio.run(race())
    assert results.count(None) == 1
    assert sum(isinstance(result, ConversationMovedOn) for result in results) == 5
    assert len(texts(asyncio.run(store(0).retrieve("iemand")))) == 2


def test_of_a_long_conversation_only_the_end_and_the_slots_are_read(store: Make) -> None:
    kept = store(0)
    say(kept, "eerste")

    async def set_early() -> None:
        tracker = await kept.get_or_create_tracker("iemand")
        tracker.update(SlotSet("sector", "zorg"))
        await kept.save(tracker)

    asyncio.run(set_early())
    for number in range(READ_TURNS + 5):
        say(kept, f"nummer {number}")
    fresh = store(0)
    tracker = asyncio.run(fresh.retrieve("iemand"))
    assert texts(tracker) == [f"nummer {number}" for number in range(5, READ_TURNS + 5)]
    assert tracker is not None and tracker.get_slot("sector") == "zorg"
    assert len(texts(asyncio.run(fresh.retrieve_full_tracker("iemand")))) == READ_TURNS + 6
    say(store(0), "verder")
    assert texts(asyncio.run(store(0).retrieve("iemand")))[-1] == "verder"


def test_slots_that_were_forgotten_are_not_read_back(store: Make) -> None:
    kept = store(0)
    say(kept, "eerste")

    async def restart() -> None:
        tracker = await kept.get_or_create_tracker("iemand")
        tracker.update(Restarted())
        tracker.update(ActionExecuted("action_listen"))
        await kept.save(tracker)

    asyncio.run(restart())
    tracker = asyncio.run(store(0).retrieve("iemand"))
    assert tracker is not None and tracker.get_slot("rol") is None


def test_a_very_long_conversation_does_not_stay_in_memory(store: Make) -> None:
    kept = store(10)

    async def long() -> None:
        tracker = await kept.get_or_create_tracker("iemand")
        for _ in range(LONG):
            tracker.update(ActionExecuted("action_listen"))
        await kept.save(tracker)

    asyncio.run(long())
    assert not kept._trackers
    say(kept, "verder")
    assert texts(asyncio.run(store(0).retrieve("iemand"))) == ["verder"]


def test_the_answers_to_a_message_can_be_had_again(store: Make) -> None:
    kept = store(0)
    for words in ("een", "twee"):
        say(kept, words)
    elsewhere = store(0)
    found = asyncio.run(elsewhere.answers_to("iemand", "id-een"))
    assert found is not None and [message["text"] for message in found] == ["antwoord op een"]
    assert asyncio.run(elsewhere.answers_to("iemand", "id-drie")) is None
    assert asyncio.run(elsewhere.answers_to("niemand", "id-een")) is None


def test_odd_characters_are_kept(store: Make) -> None:
    say(store(0), "né\u0000 😀 \ud800 'quote' %s {}")
    assert texts(asyncio.run(store(0).retrieve("iemand"))) == ["né\u0000 😀 \ud800 'quote' %s {}"]


def test_a_file_that_cannot_be_written_is_told_apart(tmp_path: Path, domain: Domain) -> None:
    kept = ConversationStore(domain, db=str(tmp_path / "g.db"))
    say(kept, "een")
    with kept.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(DatabaseAway):
        say(kept, "twee")
