"""Erases conversations from the database so that nothing of them can be read back from its file."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import bindparam, event, text
from sqlalchemy.engine import Engine

logger = logging.getLogger(__name__)

_ONE = text("DELETE FROM events WHERE sender_id = :sender")
_OLD = text("SELECT sender_id FROM events GROUP BY sender_id HAVING max(timestamp) < :before")
_SOME = text(
    # Not one that somebody just went on with.
    "DELETE FROM events WHERE sender_id IN :senders AND sender_id NOT IN "
    "(SELECT sender_id FROM events WHERE sender_id IN :senders AND timestamp >= :before)"
).bindparams(bindparam("senders", expanding=True))
_AT_ONCE = 200  # conversations: messages wait no longer than that takes
_LOCK = 20_161  # of PostgreSQL; a number that nothing else locks


def erase_conversation(engine: Engine, sender_id: str) -> None:
    """Deletes all events of one conversation."""
    with engine.begin() as connection:
        connection.execute(_ONE, {"sender": sender_id})
    empty_log(engine)


def erase_older(engine: Engine, before: float) -> int:
    """Deletes the conversations whose last event is from before this time (seconds since 1970); returns how many.
    On PostgreSQL one process at a time does it; another one that comes meanwhile does nothing."""
    with _alone(engine) as alone:
        if not alone:
            return 0
        with engine.connect() as connection:
            senders = connection.execute(_OLD, {"before": before}).scalars().all()
        for first in range(0, len(senders), _AT_ONCE):
            with engine.begin() as connection:
                connection.execute(_SOME, {"senders": senders[first : first + _AT_ONCE], "before": before})
    if senders:
        empty_log(engine)
    return len(senders)


@contextmanager
def _alone(engine: Engine) -> Iterator[bool]:
    if engine.dialect.name != "postgresql":
        yield True
        return
    with engine.connect() as connection:  # the lock is of the connection, and goes with it when the process dies
        locked = bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}).scalar())
        try:
            yield locked
        finally:
            if locked:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})


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
