"""Locks: the messages of one conversation are handled one after the other, in all processes together.

Rasa's own lock stores are not used: both make a second message wait a whole second at least, expire with the clock on
the wall, and the one for Redis reads and writes its tickets in separate steps, so that two processes can draw the
same ticket. Here messages queue in order inside a process, and processes take turns with one key in Redis. A lock is
a courtesy, not the last word: bot/storage.py refuses to save what was built on an older state, so that conversations
stay whole when Redis is away or a lock expires.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.lock_store import LockStore
from rasa.utils.endpoints import EndpointConfig
from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import LockError, RedisError

from bot.outage import Outage

logger = logging.getLogger(__name__)

LIFETIME = 10.0  # seconds until the lock of a process that died is free
POLL = 0.02  # seconds between looks at a lock that another process holds
TIMEOUT = 1.0  # seconds for Redis to answer


def connect(address: str) -> Redis:
    """A client for the address in BOT_REDIS that gives up quickly."""
    return Redis.from_url(address, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)


class ConversationLocks(LockStore):
    """Locks inside this process, and between processes when the endpoint names Redis."""

    def __init__(self, endpoint_config: EndpointConfig | None = None) -> None:
        self._here: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        address = endpoint_config.url if endpoint_config else None
        self._redis = connect(address) if address else None
        self._outage = Outage(logger, "Redis (BOT_REDIS)", "Conversations go on; the database guards their order.")

    @asynccontextmanager
    async def lock(self, conversation_id: str, *_: Any, **__: Any) -> AsyncIterator[None]:
        """Waits for the messages of this conversation that came before."""
        here = self._here.setdefault(conversation_id, asyncio.Lock())
        async with here:
            held = await self._take(conversation_id)
            try:
                yield
            finally:
                await self._give_back(held)

    async def _take(self, conversation_id: str) -> Lock | None:
        if self._redis is None or self._outage.resting:
            return None
        lock = self._redis.lock(f"bot:lock:{conversation_id}", timeout=LIFETIME, sleep=POLL, thread_local=False)
        try:
            taken = await lock.acquire(blocking_timeout=LIFETIME)
        except (RedisError, OSError) as error:
            self._outage.failed(error)
            return None
        self._outage.worked()
        return lock if taken else None

    async def _give_back(self, held: Lock | None) -> None:
        if held is None:
            return
        try:
            with suppress(LockError):  # expired meanwhile
                await held.release()
        except (RedisError, OSError) as error:
            self._outage.failed(error)
