"""Something outside this process that goes away and comes back: a log line for each, no attempt for every message."""

from __future__ import annotations

import logging
import time

RETRY_SECONDS = 2.0


class Outage:
    """`name` is what the log calls it; `consequence` is what that means for who talks to the bot."""

    def __init__(self, logger: logging.Logger, name: str, consequence: str) -> None:
        self._logger, self._name, self._consequence = logger, name, consequence
        self._since: float | None = None
        self._retry_at = 0.0

    @property
    def resting(self) -> bool:
        """Away, and tried so recently that another attempt would only cost time."""
        return self._since is not None and time.monotonic() < self._retry_at

    def failed(self, error: BaseException) -> None:
        self._retry_at = time.monotonic() + RETRY_SECONDS
        if self._since is None:
            self._since = time.monotonic()
            cause = (str(error) or "it does not answer").splitlines()[0]
            self._logger.error("%s is away: %s. %s", self._name, cause.rstrip("."), self._consequence)

    def worked(self) -> None:
        if self._since is not None:
            self._logger.warning("%s is back after %.0f s.", self._name, time.monotonic() - self._since)
            self._since = None
