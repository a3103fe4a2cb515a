"""How often someone may send. Kept in memory of one process, as numbers under a hash: no address, no sender.

A token bucket each: a minute's worth at once, then as many as come in by the second. An address may be the one way out
of a whole organisation, so that its limit is far above what one person needs.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import os
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sanic.request import Request

REMEMBERED = 20_000  # buckets of one kind; whoever was away longest is forgotten, and starts full
NETWORK = 64  # bits of an IPv6 address: one subscriber has all that begin with them
_SECRET = os.urandom(16)


class LimitError(ValueError):
    """A setting is wrong; the message says which."""


@dataclass(frozen=True)
class Settings:
    """Messages per minute of a sender and of an address, and open chat windows of an address; 0: no limit.
    `proxies`: how many trusted proxies stand in front, each of which adds to X-Forwarded-For."""

    sender: int
    address: int
    windows: int
    proxies: int

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Raises LimitError."""
        return cls(
            sender=_number(environment, "BOT_LIMIT_SENDER", 60),
            address=_number(environment, "BOT_LIMIT_ADDRESS", 3000),
            windows=_number(environment, "BOT_LIMIT_WINDOWS", 5000),
            proxies=_number(environment, "BOT_PROXIES", 0),
        )


class Buckets:
    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._left: OrderedDict[bytes, tuple[float, float]] = OrderedDict()  # tokens, and when that was so

    def __len__(self) -> int:
        return len(self._left)

    def take(self, name: str) -> int:
        """0 when `name` may go on; otherwise the whole seconds to wait. Who is refused loses nothing by asking."""
        if not self._per_minute:
            return 0
        key, now, rate = _hash(name), self._clock(), self._per_minute / 60
        left, since = self._left.pop(key, (float(self._per_minute), now))
        left = min(float(self._per_minute), left + (now - since) * rate)
        wait = 0 if left >= 1 else math.ceil((1 - left) / rate)
        self._left[key] = (left if wait else left - 1, now)
        if len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
        return wait


class Windows:
    """Open chat windows of each address; what is closed is forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[bytes] = Counter()
        self._of: dict[str, bytes] = {}

    def opened(self, window: str, address: str) -> bool:
        """False when the address has too many."""
        key = _hash(address)
        if self._most and self._open[key] >= self._most:
            return False
        self._open[key] += 1
        self._of[window] = key
        return True

    def closed(self, window: str) -> None:
        key = self._of.pop(window, None)
        if key is not None:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]


class Limits:
    """Those of this process."""

    def __init__(self, settings: Settings) -> None:
        self.sender = Buckets(settings.sender)
        self.address = Buckets(settings.address)
        self.windows = Windows(settings.windows)


def address_of(request: Request) -> str:
    """Of the person: what the last trusted proxy saw (Sanic's PROXIES_COUNT), otherwise the other end of the
    connection. Never store or log it."""
    seen = str(request.remote_addr or request.ip).strip("[]")
    try:
        address = ipaddress.ip_address(seen)
    except ValueError:
        return seen
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ipaddress.ip_network((address, NETWORK), strict=False))


def _hash(name: str) -> bytes:
    return hashlib.blake2b(name.encode("utf-8", "replace"), key=_SECRET, digest_size=8).digest()


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name) or str(default)
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise LimitError(f"{name} is '{value}'; it must be a whole number, 0 for none.")
    return int(value)
