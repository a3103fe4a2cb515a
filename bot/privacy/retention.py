"""Erases conversations that nobody went on with for a number of days: at start and every day after."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from bot.privacy.store import PrivateStore

logger = logging.getLogger(__name__)

_DAY = 24 * 3600.0  # seconds
_RETRY = 600.0  # seconds after a failure


async def erase_old(store: PrivateStore, days: int, now: Callable[[], float] = time.time) -> int:
    """Erases conversations without an event in the last `days` days; returns how many."""
    count = await store.erase_older(now() - days * _DAY)
    if count:
        logger.info("%d conversations without a message in %d days were erased.", count, days)
    return count


async def erase_old_daily(store: PrivateStore, days: int) -> None:
    """Until cancelled. A database that is away for a moment does not end it."""
    while True:
        pause = _DAY
        try:
            await erase_old(store, days)
        except Exception as error:  # whatever it is, tomorrow's erasure must not depend on it
            logger.warning("Old conversations could not be erased now (%s); tried again soon.", type(error).__name__)
            pause = _RETRY
        await asyncio.sleep(pause)
