"""Locks in Redis: Rasa's own lock store beside ours. `python -m benchmarks.locks` starts a Redis server for it."""

from __future__ import annotations

import asyncio
import time

from rasa.core.lock_store import LockStore, RedisLockStore
from rasa.utils.endpoints import EndpointConfig

from bot.locks import ConversationLocks
from tests.services import RedisServer

FREE, WAITING = 2000, 20


async def free(store: LockStore) -> float:
    """Milliseconds to take and give back the lock of a conversation that nobody else holds."""
    start = time.perf_counter()
    for number in range(FREE):
        async with store.lock(f"free-{number}"):
            pass
    return (time.perf_counter() - start) / FREE * 1000


async def waiting(first: LockStore, second: LockStore) -> tuple[float, int]:
    """Milliseconds for one of several messages of one conversation that come at once at two processes and take 5 ms
    each, and how many of them were in the middle of another."""
    inside = overlaps = 0

    async def message(store: LockStore) -> None:
        nonlocal inside, overlaps
        async with store.lock("busy"):
            overlaps += inside > 0
            inside += 1
            await asyncio.sleep(0.005)
            inside -= 1

    start = time.perf_counter()
    await asyncio.gather(*(message((first, second)[number % 2]) for number in range(WAITING)))
    return (time.perf_counter() - start) / WAITING * 1000, overlaps


def main() -> None:
    server = RedisServer().start()
    stores = {
        "Rasa": lambda: RedisLockStore(port=server.port),
        "this bot": lambda: ConversationLocks(EndpointConfig(url=server.url)),
    }
    try:
        for name, make in stores.items():
            print(f"{name}: {asyncio.run(free(make())):.2f} ms when free", flush=True)
            took, overlaps = asyncio.run(waiting(make(), make()))
            print(f"{name}: {took:.1f} ms per message when {WAITING} wait, {overlaps} overlapping", flush=True)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
