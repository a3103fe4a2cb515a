"""/metrics for Prometheus, with the header 'Authorization: Bearer <BOT_METRICS_TOKEN>'; 404 when that is not set."""

from __future__ import annotations

import asyncio
import hmac
import os
from collections.abc import Awaitable, Callable
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.exceptions import NotFound
from sanic.request import Request
from sanic.response import HTTPResponse, raw, text

from bot.operation.metrics import exposition
from bot.operation.metrics_folder import TOKEN


class MetricsChannel(InputChannel):
    """No channel for messages."""

    @classmethod
    def name(cls) -> str:
        return "metrics"

    @property
    def on(self) -> bool:
        return bool(os.environ.get(TOKEN))

    def url_prefix(self) -> str:
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        blueprint = Blueprint("metrics")
        token = os.environ.get(TOKEN, "")

        @blueprint.get("/metrics")
        async def metrics(request: Request) -> HTTPResponse:
            if not token:
                raise NotFound("Metrics are off.")
            given = request.headers.get("authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
                return text(
                    f"Give 'Authorization: Bearer' with {TOKEN}.", status=401, headers={"WWW-Authenticate": "Bearer"}
                )
            return raw(await asyncio.to_thread(exposition), content_type=CONTENT_TYPE_LATEST)

        return blueprint
