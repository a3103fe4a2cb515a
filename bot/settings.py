"""Settings of storage and scale, from environment variables. A wrong one stops the start and is named."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.paths import ROOT

POSTGRESQL = "postgresql"


class StartError(Exception):
    """The server cannot start; the message says what to do."""


@dataclass(frozen=True)
class Settings:
    """`database`: path of an SQLite file or a postgresql:// address. `redis`: address, '' without Redis.
    `queue`: messages that may wait or be handled at once in one process. `grace`: seconds to finish when stopped."""

    database: str
    redis: str
    processes: int
    queue: int
    grace: int

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Raises StartError naming the variable that is wrong."""
        settings = cls(
            database=environment.get("BOT_DATABASE") or str(ROOT / "gesprekken.db"),
            redis=environment.get("BOT_REDIS") or "",
            processes=_number(environment, "BOT_PROCESSES", 1, 64),
            queue=_number(environment, "BOT_QUEUE", 200, 100_000),
            grace=_number(environment, "BOT_GRACE", 20, 3600),
        )
        settings._check()
        return settings

    @property
    def shares_database(self) -> bool:
        """Whether the conversations are in PostgreSQL, where several processes can reach them."""
        return "://" in self.database

    def _check(self) -> None:
        if self.shares_database:
            _check_address("BOT_DATABASE", self.database, POSTGRESQL, "postgresql://naam:wachtwoord@host:5432/database")
        if self.redis:
            _check_address("BOT_REDIS", self.redis, "redis rediss", "redis://host:6379/0")
        if self.redis and not self.shares_database:
            raise StartError(
                "BOT_REDIS is for several processes or machines, but BOT_DATABASE is an SQLite file, which they cannot "
                "share. Set BOT_DATABASE to a postgresql:// address, or leave BOT_REDIS out."
            )
        if self.processes > 1 and not self.redis:
            missing = "BOT_REDIS" if self.shares_database else "BOT_DATABASE (a postgresql:// address) and BOT_REDIS"
            raise StartError(
                f"BOT_PROCESSES is {self.processes}: several processes need PostgreSQL for the conversations and Redis "
                f"for locks and sockets. Set {missing}, or run one process."
            )


def _number(environment: Mapping[str, str], name: str, default: int, most: int) -> int:
    value = environment.get(name) or str(default)
    if not value.isdecimal() or not 1 <= int(value) <= most:
        raise StartError(f"{name} is '{value}'; it must be a whole number from 1 to {most}.")
    return int(value)


def _check_address(name: str, address: str, schemes: str, example: str) -> None:
    try:
        parts = urlsplit(address)
        fits = parts.scheme in schemes.split() and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        fits = False
    if not fits:  # the address may hold a password: it is not shown
        raise StartError(f"{name} is not an address that can be used. It must look like {example}")
