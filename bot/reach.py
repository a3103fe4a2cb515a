"""At the start: waits until database and Redis answer, and says which setting is wrong when they never will."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from redis import Redis
from redis.exceptions import AuthenticationError, RedisError, ResponseError
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from bot.settings import Settings, StartError
from bot.storage import open_database

logger = logging.getLogger(__name__)

PATIENCE = 30.0  # seconds: they may be starting too
PAUSE = 1.0
# What PostgreSQL says when waiting does not help.
_FINAL = ("authentication failed", "does not exist", "no pg_hba.conf entry", "no password supplied")


def reach(settings: Settings, patience: float = PATIENCE) -> None:
    """Raises StartError naming the setting."""
    _wait("BOT_DATABASE", lambda: _try_database(settings.database), patience)
    if settings.redis:
        _wait("BOT_REDIS", lambda: _try_redis(settings.redis), patience)


def _wait(name: str, attempt: Callable[[], None], patience: float) -> None:
    end = time.monotonic() + patience
    told = False
    while True:
        try:
            return attempt()
        except ConnectionError as error:
            if time.monotonic() > end:
                raise StartError(f"{name} cannot be reached: {error}\nStart it, or mend {name}.") from error
            if not told:
                logger.warning("Waiting for %s: %s", name, error)
                told = True
        time.sleep(PAUSE)


def _try_database(address: str) -> None:
    """Raises ConnectionError when waiting may help, otherwise StartError."""
    engine = open_database(address)
    try:
        engine.connect().close()
    except OperationalError as error:
        cause = str(error.orig).strip()
        if "://" not in address or any(words in cause for words in _FINAL):
            raise StartError(f"BOT_DATABASE cannot be used: {cause}") from error
        raise ConnectionError(cause) from error
    except (SQLAlchemyError, ValueError) as error:
        raise StartError(f"BOT_DATABASE cannot be used: {error}") from error
    finally:
        engine.dispose()


def _try_redis(address: str) -> None:
    """Raises ConnectionError when waiting may help, otherwise StartError."""
    try:
        with Redis.from_url(address, socket_connect_timeout=2, socket_timeout=2) as client:
            client.ping()
    except (AuthenticationError, ResponseError, ValueError) as error:
        raise StartError(f"BOT_REDIS cannot be used: {error}") from error
    except RedisError as error:
        raise ConnectionError(str(error)) from error
