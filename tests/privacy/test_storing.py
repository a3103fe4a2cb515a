"""What is in the database after care words, erasure and retention: of SQLite the file byte for byte, of PostgreSQL
every value of every row."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered

from bot.cli import main
from bot.paths import DOMAIN
from bot.privacy.care_words import FOLLOWS, NOT_KEPT
from bot.privacy.erasing import empty_log
from bot.privacy.retention import erase_old, erase_old_daily
from bot.privacy.settings import RetentionError, retention_days
from bot.privacy.store import PrivateStore

DAY = 24 * 3600


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(DOMAIN))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "gesprekken.db")
    server = request.getfixturevalue("postgres")
    server.rows("DROP TABLE IF EXISTS events")
    return str(server.url)


@pytest.fixture
def store(database: str, domain: Domain) -> Iterator[PrivateStore]:
    store = PrivateStore(domain, db=database, remember=10)
    yield store
    store.engine.dispose()


def turn(
    store: PrivateStore,
    text: str,
    intent: str = "vertellen",
    sender: str = "afzender-1",
    answer: dict[str, Any] | None = None,
    when: float | None = None,
    **understood: Any,
) -> None:
    async def run() -> None:
        tracker = await store.retrieve(sender)
        if tracker is None:
            await store.create_tracker(sender, append_action_listen=False)
            tracker = await store.retrieve(sender)
        assert tracker is not None
        parse = {
            "text": text,
            "intent": {"name": intent, "confidence": 0.3},
            "entities": [{"entity": "rol", "value": "medewerker", "bron": text}],
            "text_tokens": [(0, len(text))],
            **understood,
        }
        metadata = {"user_name": "jandevries", "model_id": "m1"}
        uttered = UserUttered(
            text, parse["intent"], parse["entities"], parse, metadata=metadata, input_channel="rest", message_id="id-7"
        )
        events = [
            uttered,
            BotUttered("Antwoord", metadata=answer or {}),
            SlotSet("rol", "medewerker"),
            ActionExecuted("action_listen"),
        ]
        for event in events:
            event.timestamp = when or time.time()
            tracker.update(event)
        await store.save(tracker)

    asyncio.run(run())


def raw(store: PrivateStore) -> bytes:
    """SQLite: the file and its write-ahead log."""
    if store.engine.dialect.name == "sqlite":
        path = Path(store.engine.url.database)
        return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))
    with store.engine.connect() as connection:
        return "".join(connection.exec_driver_sql("SELECT events::text FROM events").scalars()).encode()


def texts(store: PrivateStore, sender: str = "afzender-1") -> list[str | None]:
    tracker = asyncio.run(store.retrieve(sender))
    return [event.text for event in tracker.events if isinstance(event, UserUttered)] if tracker else []


@pytest.mark.parametrize("intent", ["nood", "grensoverschrijding"])
def test_words_about_care_are_never_in_the_file(store: PrivateStore, intent: str) -> None:
    turn(store, "ik zie paarse krokodillen", intent)
    assert b"krokodillen" not in raw(store)
    empty_log(store.engine)
    assert b"krokodillen" not in raw(store)
    assert NOT_KEPT.encode() in raw(store)
    assert texts(store) == [NOT_KEPT]


def test_they_are_not_in_memory_either_and_the_message_id_stays(store: PrivateStore) -> None:
    turn(store, "ik zie paarse krokodillen", "nood")
    tracker = store._trackers["afzender-1"]
    assert "krokodillen" not in str([event.as_dict() for event in tracker.events])
    assert tracker.latest_message is not None and tracker.latest_message.message_id == "id-7"


def test_harassment_told_as_a_barrier_is_not_kept(store: PrivateStore) -> None:
    turn(store, "krokodillen op mijn werk", begrip={"belemmering": [("ongewenst_gedrag", 0.2)]})
    assert b"krokodillen" not in raw(store)


def test_the_message_after_it_is_not_kept_and_later_ones_are(store: PrivateStore) -> None:
    turn(store, "ik zie paarse krokodillen", "nood")
    turn(store, "elke dag neushoorns")
    turn(store, "over leren: olifanten")
    assert texts(store) == [NOT_KEPT, FOLLOWS, "over leren: olifanten"]
    assert b"neushoorns" not in raw(store)
    assert b"olifanten" in raw(store)


def test_a_button_stays(store: PrivateStore) -> None:
    turn(store, "/nood", "nood")
    turn(store, '/vertellen{"rol": "hr"}')
    assert texts(store) == ["/nood", '/vertellen{"rol": "hr"}']


def test_what_a_channel_knows_of_a_person_is_not_kept(store: PrivateStore) -> None:
    turn(store, "hallo", "groeten")
    assert b"jandevries" not in raw(store)
    assert b"m1" in raw(store)


def test_erasing_leaves_no_byte_of_the_conversation(store: PrivateStore) -> None:
    for number in range(50):
        turn(store, f"olifant {number} " + "lang verhaal " * 30)
    turn(store, "een ander", sender="afzender-2")
    assert b"olifant" in raw(store) and b"afzender-1" in raw(store)
    turn(store, "wis alles, giraf", "wissen", answer={"reply": {"wissen": True}})
    found = raw(store)
    assert not [word for word in (b"afzender-1", b"olifant", b"verhaal", b"giraf") if word in found]
    assert b"afzender-2" in found
    assert "afzender-1" not in store._trackers
    assert texts(store) == []


def test_without_the_promise_of_the_bot_nothing_is_erased(store: PrivateStore) -> None:
    turn(store, "olifant")
    turn(store, "moet ik wissen?", "wissen")
    turn(store, "verder")
    assert texts(store) == ["olifant", "moet ik wissen?", "verder"]


def test_old_conversations_are_erased_and_young_ones_stay(store: PrivateStore) -> None:
    now = time.time()
    turn(store, "oude olifant", sender="oud", when=now - 31 * DAY)
    turn(store, "lang bezig olifant", sender="lang", when=now - 31 * DAY)
    turn(store, "maar nog niet klaar", sender="lang", when=now - 29 * DAY)
    turn(store, "jonge olifant", sender="jong", when=now)
    assert asyncio.run(erase_old(store, 30, now=lambda: now)) == 1
    assert b"oude olifant" not in raw(store)
    assert texts(store, "oud") == []
    assert texts(store, "lang") == ["lang bezig olifant", "maar nog niet klaar"]
    assert texts(store, "jong") == ["jonge olifant"]
    assert asyncio.run(erase_old(store, 30, now=lambda: now)) == 0
    assert asyncio.run(erase_old(store, 30, now=lambda: now + 40 * DAY)) == 2


def test_the_daily_task_erases_at_once(store: PrivateStore) -> None:
    turn(store, "olifant", when=time.time() - 31 * DAY)

    async def a_moment() -> None:
        task = asyncio.ensure_future(erase_old_daily(store, 30))
        while "afzender-1" in store._trackers or await store.retrieve("afzender-1"):
            await asyncio.sleep(0.01)
        task.cancel()

    asyncio.run(asyncio.wait_for(a_moment(), 10))


def test_the_command_erases(
    store: PrivateStore, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    turn(store, "olifant", when=time.time() - 12 * DAY)
    monkeypatch.setenv("BOT_DATABASE", database)
    assert main(["wissen", "--ouder-dan", "30"]) == 0
    assert b"olifant" in raw(store)
    assert main(["wissen", "--ouder-dan", "10"]) == 0
    assert "1 gesprekken gewist" in capsys.readouterr().out
    assert b"olifant" not in raw(store)


@pytest.mark.parametrize("value", ["0", "-1", "x", "4000", "1.5"])
def test_a_wrong_term_is_named(value: str) -> None:
    with pytest.raises(RetentionError, match="BOT_BEWAARTERMIJN_DAGEN"):
        retention_days({"BOT_BEWAARTERMIJN_DAGEN": value})


def test_the_term_is_thirty_days_unless_set() -> None:
    assert (retention_days({}), retention_days({"BOT_BEWAARTERMIJN_DAGEN": "7"})) == (30, 7)


def test_a_broker_sees_what_the_database_sees(database: str, domain: Domain) -> None:
    class Broker:
        seen: list[dict[str, Any]] = []  # noqa: RUF012

        def publish(self, event: dict[str, Any]) -> None:
            self.seen.append(event)

    store = PrivateStore(domain, event_broker=Broker(), db=database, remember=10)
    turn(store, "ik zie paarse krokodillen", "nood")
    turn(store, "wis", "wissen", answer={"reply": {"wissen": True}})
    assert Broker.seen and "krokodillen" not in str(Broker.seen)
