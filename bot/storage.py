"""Where conversations are kept: Rasa's SQL store, made fast for one server process on SQLite."""

from __future__ import annotations

import itertools
import json
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool


class ConversationStore(SQLTrackerStore):
    """Keeps the trackers of recent conversations in memory, beside the database that every message is written to.

    A tracker is lent: taken out of memory when a message arrives, put back when it is saved. A message that fails
    half-way therefore leaves nothing behind in memory, and the next one reads the database again. `remember` must
    be 0 when several processes serve the same conversations.
    """

    def __init__(self, *arguments: Any, remember: int = 0, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.engine: Any = self.engine
        self._remember = remember
        self._trackers: OrderedDict[str, DialogueStateTracker] = OrderedDict()
        self._saved: dict[str, int] = {}  # events of a lent tracker that are in the database
        if self.engine.dialect.name == "sqlite":
            # Rasa opens and closes the file for each message; a pool keeps it open.
            url = self.engine.url
            self.engine = create_engine(url, poolclass=QueuePool, connect_args={"check_same_thread": False})
            self.sessionmaker = sessionmaker(bind=self.engine)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        tracker = self._trackers.pop(sender_id, None)
        if tracker is None:
            tracker = await super().retrieve(sender_id)
        if self._remember:
            self._saved[sender_id] = len(tracker.events) if tracker else 0
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        await self.stream_events(tracker)
        with self.session_scope() as session:
            rows = [_row(tracker.sender_id, event) for event in self._additional_events(session, tracker)]
            if rows:  # one statement for all, where Rasa has an object and an INSERT for each
                session.execute(self.SQLEvent.__table__.insert(), rows)
            session.commit()
        self._saved.pop(tracker.sender_id, None)
        if self._remember:
            self._trackers[tracker.sender_id] = tracker
            while len(self._trackers) > self._remember:
                self._trackers.popitem(last=False)

    def _additional_events(self, session: Session, tracker: DialogueStateTracker) -> Iterator[Any]:
        """The events that are not in the database yet; known without asking it for a tracker that was lent."""
        saved = self._saved.get(tracker.sender_id)
        if saved is None:
            return super()._additional_events(session, tracker)  # type: ignore[no-any-return]
        return itertools.islice(tracker.events, saved, len(tracker.events))


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    data = event.as_dict()
    return {
        "sender_id": sender_id,
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
