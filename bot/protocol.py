"""The server's side of one connection."""

from __future__ import annotations

from time import monotonic
from typing import Any

from sanic.exceptions import RequestTimeout
from sanic.http import Stage
from sanic.server.protocols.websocket_protocol import WebSocketProtocol


class Connection(WebSocketProtocol):
    """Cuts off who sends a request slower than REQUEST_TIMEOUT. Sanic starts counting anew at every byte, so that a
    client that sends one now and then would hold a connection for ever."""

    __slots__ = ("_began",)

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._began = monotonic()

    def data_received(self, data: bytes) -> None:
        if self._stage() is Stage.IDLE:
            self._began = monotonic()
        super().data_received(data)

    def check_timeouts(self) -> None:
        """Called every few seconds."""
        receiving = self._stage() is not Stage.IDLE and self.websocket is None
        if self._task and receiving and self._time - self._began > self.request_timeout:
            self._http.exception = RequestTimeout("Request Timeout")
            self._task.cancel()
        else:
            super().check_timeouts()

    def _stage(self) -> Stage:
        http = getattr(self, "_http", None)  # not there before the first bytes are looked at
        return Stage.IDLE if http is None else http.stage
