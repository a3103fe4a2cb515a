"""Erases conversations from the database so that nothing of them can be read back from its file."""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import Connection, Engine

logger = logging.getLogger(__name__)

_ONE = text("DELETE FROM events WHERE sender_id = :sender")
_OLD = text(
    "DELETE FROM events WHERE sender_id IN "
    "(SELECT sender_id FROM events GROUP BY sender_id HAVING max(timestamp) < :before)"
)
_COUNT_OLD = text(
    "SELECT count(*) FROM (SELECT sender_id FROM events GROUP BY sender_id HAVING max(timestamp) < :before) AS old"
)
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(20161)")  # a number that nothing else locks


def erase_conversation(engine: Engine, sender_id: str) -> None:
    """Deletes all events of one conversation."""
    with engine.begin() as connection:
        connection.execute(_ONE, {"sender": sender_id})
    empty_log(engine)


def erase_older(engine: Engine, before: float) -> int:
    """Deletes the conversations whose last event is from before this time (seconds since 1970); returns how many.
    One process at a time does it; another one that comes meanwhile does nothing."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # a real transaction, whatever messages use: the lock is part of it
            connection = connection.execution_options(isolation_level="READ COMMITTED")
        with connection.begin():
            count = _erase_older(connection, before)
    if count:
        empty_log(engine)
    return count


def _erase_older(connection: Connection, before: float) -> int:
    if connection.dialect.name == "postgresql":  # SQLite lets one process write at a time
        if not connection.execute(_TRY_LOCK).scalar():
            return 0
        connection.execute(text("SET LOCAL statement_timeout = 0"))  # the first time there may be very much
    count = connection.execute(_COUNT_OLD, {"before": before}).scalar()
    if count:
        connection.execute(_OLD, {"before": before})
    return int(count or 0)


def empty_log(engine: Engine) -> None:
    """SQLite: moves the write-ahead log into the file and empties it; until then it holds the old pages."""
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        busy, *_ = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()
    if busy:
        logger.info("The write-ahead log could not be emptied now; the next erasure or a restart does it.")


@event.listens_for(Engine, "connect")
def _erase_for_real(connection: Any, _: Any) -> None:
    """SQLite leaves deleted rows readable in its file unless it is told to overwrite them."""
    if type(connection).__module__.startswith("sqlite3"):
        cursor = connection.cursor()
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()
