"""Work that goes on after a request is answered: services such as Slack and Teams want an answer within seconds."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]

WORKERS = 8
WAITING = 1000  # jobs
GRACE = 10  # seconds for what is under way when the server stops


class Background:
    """A queue with an end, and workers that take jobs in the order in which they came."""

    def __init__(self) -> None:
        self._jobs: asyncio.Queue[Job] | None = None  # made in the event loop of the server
        self._workers: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._jobs = asyncio.Queue(WAITING)
        self._workers = [asyncio.ensure_future(self._work(self._jobs)) for _ in range(WORKERS)]

    def add(self, job: Job) -> bool:
        """False when too much is waiting already."""
        assert self._jobs is not None, "not started"
        try:
            self._jobs.put_nowait(job)
        except asyncio.QueueFull:
            logger.warning("Too many messages are waiting (%d); one is refused.", WAITING)
            return False
        return True

    async def stop(self) -> None:
        """Finishes what is waiting, for as long as GRACE allows."""
        if self._jobs is not None:
            try:
                await asyncio.wait_for(self._jobs.join(), GRACE)
            except asyncio.TimeoutError:
                logger.warning("Stopped before all messages were handled: %d were waiting.", self._jobs.qsize())
        for worker in self._workers:
            worker.cancel()

    async def _work(self, jobs: asyncio.Queue[Job]) -> None:
        while True:
            job = await jobs.get()
            try:
                await job()
            except Exception as error:  # a worker must live on; the text of an error may hold what a person typed
                place = traceback.extract_tb(error.__traceback__)[-1]
                kind = type(error).__name__
                logger.error("A message could not be handled: %s at %s:%s", kind, place.filename, place.lineno)
            finally:
                jobs.task_done()
