"""What a load balancer or Kubernetes asks: /health (does this process live?) and /ready (may it get messages?)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.storage import DatabaseAway

FRESH = 1.0  # seconds that an answer about the database is used again
PATIENCE = 2.0  # seconds to wait for the database


class HealthChannel(InputChannel):
    """No channel for messages.

    /health stays 200 while the process can answer at all: a restart does not bring a database back. /ready is 503
    while the model is loaded, from the moment the process is told to stop, and while the database is away.
    """

    @classmethod
    def name(cls) -> str:
        return "health"

    def url_prefix(self) -> str:
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        blueprint = Blueprint("health")
        database = _Database()

        @blueprint.get("/health")
        async def health(request: Request) -> HTTPResponse:
            return _answer("ok" if hasattr(request.app.ctx, "handler") else "starting")

        @blueprint.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            handler = getattr(request.app.ctx, "handler", None)
            if handler is None:
                return _answer("starting")
            if handler.stopping:
                return _answer("stopping")
            return _answer("ok" if await database.answers(request.app) else "database away")

        return blueprint


class _Database:
    """Asks the database at most once per second, however many ask us."""

    def __init__(self) -> None:
        self._asked, self._answered = float("-inf"), False
        self._turn = asyncio.Lock()

    async def answers(self, app: Sanic) -> bool:
        async with self._turn:
            if time.monotonic() - self._asked > FRESH:
                try:
                    await asyncio.wait_for(app.ctx.agent.tracker_store.check(), PATIENCE)
                    self._answered = True
                except (DatabaseAway, asyncio.TimeoutError):
                    self._answered = False
                self._asked = time.monotonic()
            return self._answered


def _answer(status: str) -> HTTPResponse:
    return json({"status": status}, status=200 if status == "ok" else 503)
