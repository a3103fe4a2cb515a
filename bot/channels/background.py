"""Work that goes on after a request is answered: services such as Slack and Teams want an answer within seconds."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections import deque
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]

WAITING = 1000  # jobs
WAITING_EACH = 20  # jobs of one conversation
GRACE = 10  # seconds for what is under way when the server stops


class Background:
    """Jobs of one conversation are done one after another, those of different ones side by side: a slow one keeps
    nobody else waiting."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Job]] = {}  # the first of each is under way
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, conversation: str, job: Job) -> bool:
        """False when too much is waiting already."""
        jobs = self._waiting.get(conversation)
        if sum(map(len, self._waiting.values())) >= WAITING or (jobs and len(jobs) >= WAITING_EACH):
            logger.warning("Too many messages are waiting; one is refused.")
            return False
        if jobs:
            jobs.append(job)
        else:
            self._waiting[conversation] = deque([job])
            task = asyncio.ensure_future(self._work(conversation))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return True

    async def stop(self) -> None:
        """Finishes what is waiting, for as long as GRACE allows."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE)
        if self._tasks:
            logger.warning("Stopped before all messages were handled, in %d conversations.", len(self._tasks))
        for task in self._tasks:
            task.cancel()

    async def _work(self, conversation: str) -> None:
        jobs = self._waiting[conversation]
        while jobs:
            try:
                await jobs[0]()
            except Exception as error:  # the next one is done all the same; the text may hold what a person typed
                place = traceback.extract_tb(error.__traceback__)[-1]
                kind = type(error).__name__
                logger.error("A message could not be handled: %s at %s:%s", kind, place.filename, place.lineno)
            jobs.popleft()
        del self._waiting[conversation]
