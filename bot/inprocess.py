"""Runs custom actions inside the server process instead of over HTTP to an action server."""

from __future__ import annotations

from typing import Any

from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from bot.operation import metrics


class InProcessActions(EndpointConfig):
    """An action endpoint that needs no server: `request` runs the action."""

    def __init__(self, package: str = "actions") -> None:
        super().__init__(url="in-process")
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    async def request(self, method: str = "post", subpath: str | None = None, **kwargs: Any) -> Any:
        """Runs the action that Rasa asks for; takes the place of the HTTP call."""
        try:
            return await self._executor.run(kwargs["json"])
        except Exception:
            metrics.ERRORS.labels(metrics.ACTION_FAILED).inc()  # Rasa logs it and goes on without an answer
            raise
