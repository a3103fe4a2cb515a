"""Where conversations are kept: Rasa's event table in an SQLite file or in PostgreSQL."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import QueuePool

from bot.outage import Outage

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
Read = tuple[list[str], int | None]  # events as JSON, and the id of the last one

CONNECTIONS = 8  # to PostgreSQL, each used by a thread of its own
PATIENCE = 5.0  # seconds for PostgreSQL to answer
READ_TURNS = 10  # messages of the person that are read back: what was said before lives on in the slots
LONG = 400  # events: a longer conversation is read back, shortened, instead of kept in memory

# Rasa forgets the slots at these events.
_FORGETTING = "('session_started', 'restart', 'reset_slots')"

# The last turns, with the value that each slot had before them.
_RECENT = text(
    f"""
    SELECT id, data FROM events WHERE sender_id = :sender
    AND id >= coalesce((SELECT max(id) FROM events WHERE sender_id = :sender AND type_name IN {_FORGETTING}), 0)
    AND (
        id >= coalesce((SELECT id FROM events WHERE sender_id = :sender AND type_name = 'user'
                        ORDER BY id DESC LIMIT 1 OFFSET :turns), 0)
        OR id IN (SELECT max(id) FROM events WHERE sender_id = :sender AND type_name = 'slot' GROUP BY action_name)
    )
    ORDER BY id
    """
)
_ALL = text("SELECT id, data FROM events WHERE sender_id = :sender ORDER BY id")
_LAST_SQLITE = "SELECT max(id) FROM events WHERE sender_id = :sender"
_SAVE_SQLITE = """
INSERT INTO events (sender_id, type_name, timestamp, intent_name, action_name, data)
VALUES (:sender, :type_name, :timestamp, :intent_name, :action_name, :data)
"""

# One round trip and one transaction. The lock makes the check certain, also when two processes save at once.
_SAVE_POSTGRESQL = """
SELECT pg_advisory_xact_lock(hashtext(%(sender)s));
INSERT INTO events (sender_id, type_name, timestamp, intent_name, action_name, data)
SELECT %(sender)s, row.type_name, row.timestamp, row.intent_name, row.action_name, row.data
FROM unnest(%(type_names)s::text[], %(timestamps)s::float8[], %(intent_names)s::text[], %(action_names)s::text[],
            %(datas)s::text[]) WITH ORDINALITY AS row(type_name, timestamp, intent_name, action_name, data, place)
WHERE (SELECT max(id) FROM events WHERE sender_id = %(sender)s) IS NOT DISTINCT FROM %(known)s
ORDER BY row.place
RETURNING id
"""


class DatabaseAway(Exception):  # noqa: N818 (a state of the world)
    """The database cannot be reached or cannot write now; nothing that can be relied on was saved."""


class ConversationMovedOn(Exception):  # noqa: N818
    """Another process saved events of this conversation meanwhile, or erased it: handle the message anew."""


class ConversationStore(SQLTrackerStore):
    """Keeps the trackers of recent conversations in memory, beside the database that every message is written to.

    A tracker is lent: taken out of memory when a message arrives, put back when it is saved. A message that fails
    half-way therefore leaves nothing behind in memory, and the next one reads the database again.

    Each tracker remembers the id of the last event that it shares with the database. Saving checks that it still is
    the last one and raises ConversationMovedOn when it is not. A tracker in memory that went stale because another
    process served the conversation can therefore do no harm.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: Any = None,
        db: str = "",
        remember: int = 0,
        **_: Any,
    ) -> None:
        """`db`: path of an SQLite file, or a postgresql:// address. `remember`: conversations kept in memory.
        Raises SQLAlchemyError when the database cannot be opened."""
        TrackerStore.__init__(self, domain, event_broker)
        self._remember = remember
        self._trackers: OrderedDict[str, DialogueStateTracker] = OrderedDict()
        self._outage = Outage(logger, "The database (BOT_DATABASE)", "Messages are refused until it is back.")
        self.engine: Any = open_database(db)
        self.sessionmaker = sessionmaker(bind=self.engine)  # for Rasa's own commands
        self._threads: ThreadPoolExecutor | None = None
        if self._postgresql:
            self._threads = ThreadPoolExecutor(CONNECTIONS, "database")
        with self.engine.connect() as connection:
            if self._postgresql:  # processes that start together create the table once
                connection.execute(text("SELECT pg_advisory_lock(5005)"))
            self.Base.metadata.create_all(connection)
            if self._postgresql:
                connection.execute(text("SELECT pg_advisory_unlock(5005)"))

    @property
    def _postgresql(self) -> bool:
        return bool(self.engine.dialect.name == "postgresql")

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        tracker = self._trackers.pop(sender_id, None)
        if tracker is None:
            tracker = self._tracker(sender_id, await self._run(self._read, sender_id, _RECENT))
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        return self._tracker(conversation_id, await self._run(self._read, conversation_id, _ALL))

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Raises ConversationMovedOn, DatabaseAway."""
        await self.stream_events(tracker)
        _, known = _in_database(tracker)
        rows = [_row(event) for event in unsaved(tracker)]
        if rows:
            save = self._save_in_postgresql if self._postgresql else self._save_in_sqlite
            known = await self._run(save, tracker.sender_id, rows, known)
        tracker.in_database = (len(tracker.events), known)
        if len(tracker.events) <= LONG:
            self._keep(tracker)
        else:
            self.forget(tracker.sender_id)

    async def answers_to(self, sender_id: str, message_id: str) -> list[dict[str, Any]] | None:
        """What was answered to a message that was saved before, as output channels take it; None for a new message."""
        tracker = await self.retrieve(sender_id)
        if tracker is None:
            return None
        self._keep(tracker)
        return _answers(tracker, message_id)

    def forget(self, sender_id: str) -> None:
        """Out of memory, for a message that failed half-way; what was saved stays in the database."""
        self._trackers.pop(sender_id, None)

    async def check(self) -> None:
        """Raises DatabaseAway when the database does not answer."""
        await self._run(self._ping)

    def _keep(self, tracker: DialogueStateTracker) -> None:
        self._trackers[tracker.sender_id] = tracker
        # The one just kept stays also without a memory: it is lent to the message that is being handled.
        while len(self._trackers) > max(self._remember, 1):
            self._trackers.popitem(last=False)

    def _tracker(self, sender_id: str, read: Read) -> DialogueStateTracker | None:
        events, last = read
        if not events:
            return None
        tracker = DialogueStateTracker.from_dict(sender_id, [json.loads(data) for data in events], self.domain.slots)
        tracker.in_database = (len(tracker.events), last)
        return tracker  # type: ignore[no-any-return]

    async def _run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """SQLite at once; PostgreSQL in a thread, so that waiting for it holds up nobody else."""
        try:
            if self._threads is None:
                result = work(*arguments)
            else:
                again = _again_on_a_new_connection
                future = asyncio.get_running_loop().run_in_executor(self._threads, again, work, *arguments)
                result = await asyncio.wait_for(future, PATIENCE * 2)
        except (DBAPIError, PoolTimeout, asyncio.TimeoutError) as error:
            if isinstance(error, DBAPIError) and not isinstance(error, OperationalError) and not _lost(error):
                raise  # a mistake of ours
            self._outage.failed(getattr(error, "orig", None) or error)
            raise DatabaseAway from error
        self._outage.worked()
        return result

    def _read(self, sender_id: str, query: Any) -> Read:
        with self.engine.connect() as connection:
            rows = connection.execute(query, {"sender": sender_id, "turns": READ_TURNS - 1}).all()
        return [data for _, data in rows], rows[-1][0] if rows else None

    def _save_in_sqlite(self, sender_id: str, rows: Sequence[dict[str, Any]], known: int | None) -> int:
        with self.engine.begin() as connection:
            sender = {"sender": sender_id}
            if connection.exec_driver_sql(_LAST_SQLITE, sender).scalar() != known:
                raise ConversationMovedOn
            # One statement for all, where Rasa has an object and an INSERT for each.
            connection.exec_driver_sql(_SAVE_SQLITE, [{**sender, **row} for row in rows])
            return int(connection.exec_driver_sql(_LAST_SQLITE, sender).scalar())

    def _save_in_postgresql(self, sender_id: str, rows: Sequence[dict[str, Any]], known: int | None) -> int:
        columns = {f"{name}s": [row[name] for row in rows] for name in rows[0]}
        with self.engine.connect() as connection:
            values = {"sender": sender_id, "known": known, **columns}
            ids = connection.exec_driver_sql(_SAVE_POSTGRESQL, values).scalars().all()
        if not ids:
            raise ConversationMovedOn
        return int(max(ids))

    def _ping(self) -> None:
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))


def open_database(address: str) -> Engine:
    """An engine for an SQLite file or a postgresql:// address. Does not connect yet."""
    if "://" not in address:
        # Rasa opens and closes the file for each message; a pool keeps it open.
        return create_engine(f"sqlite:///{address}", poolclass=QueuePool, connect_args={"check_same_thread": False})
    return create_engine(
        address,
        isolation_level="AUTOCOMMIT",  # a statement is a transaction: no round trips for BEGIN and COMMIT
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=PATIENCE,
        connect_args={
            "connect_timeout": int(PATIENCE),
            "tcp_user_timeout": int(PATIENCE * 1000),
        },
    )


def _again_on_a_new_connection(work: Callable[..., Result], *arguments: Any) -> Result:
    """The connections of the pool die with a database that restarts; the first failure makes the pool let go of them.
    Harmless for a save that did succeed: the second one finds that the conversation moved on."""
    try:
        return work(*arguments)
    except DBAPIError as error:
        if not _lost(error):
            raise
        return work(*arguments)


def _lost(error: SQLAlchemyError) -> bool:
    return isinstance(error, DBAPIError) and bool(error.connection_invalidated)


def unsaved(tracker: DialogueStateTracker) -> list[Event]:
    return list(itertools.islice(tracker.events, _in_database(tracker)[0], None))


def _in_database(tracker: DialogueStateTracker) -> tuple[int, int | None]:
    """How many of the tracker's events are in the database, and the id of the last one there."""
    known: tuple[int, int | None] = getattr(tracker, "in_database", (0, None))
    return known


def _answers(tracker: DialogueStateTracker, message_id: str) -> list[dict[str, Any]] | None:
    answers: list[dict[str, Any]] = []
    for said in reversed(tracker.events):
        if isinstance(said, BotUttered):
            answers.append(said.message())
        elif isinstance(said, UserUttered):
            if said.message_id == message_id:
                return answers[::-1]
            answers.clear()
    return None


def _row(event: Event) -> dict[str, Any]:
    data = event.as_dict()
    return {
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


@event.listens_for(Engine, "connect")
def _tune_sqlite(connection: Any, _: Any) -> None:
    """Write-ahead logging: a message costs no wait for the disk, and a crash loses no committed message."""
    if type(connection).__module__.startswith("sqlite3"):
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.close()
