"""Remembers what was handled, for services that send a message again when they doubt that it arrived."""

from __future__ import annotations

from collections import OrderedDict

REMEMBERED = 10_000  # keys


class Once:
    """Of each key the first time. Kept in memory: another process or a restart knows nothing of it."""

    def __init__(self) -> None:
        self._keys: OrderedDict[str, None] = OrderedDict()

    def first(self, key: str) -> bool:
        if key in self._keys:
            return False
        self._keys[key] = None
        if len(self._keys) > REMEMBERED:
            self._keys.popitem(last=False)
        return True

    def forget(self, key: str) -> None:
        """What was seen but not taken up may come again."""
        self._keys.pop(key, None)
