"""Rasa's REST channel with its input checked: a bad request gets a clear 400 instead of a stack trace."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.knowledge import knowledge

MAX_SENDER = 200  # characters


class RestChannel(RestInput):
    """POST {"sender": "...", "message": "..."} at /webhooks/rest/webhook answers a list of messages."""

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[None]]) -> Blueprint:
        blueprint = super().blueprint(on_new_message)

        @blueprint.middleware("request")
        async def check(request: Request) -> HTTPResponse | None:
            if request.method != "POST":
                return None
            mistake = _mistake(request)
            if mistake:
                return json({"fout": mistake}, status=400)
            wait = request.app.ctx.limits.sender.take(request.json.get("sender", "default"))
            return _too_often(wait) if wait else None

        return blueprint

    def get_metadata(self, request: Request) -> None:
        """None: what a client adds would be kept without being masked."""

    def _extract_input_channel(self, request: Request) -> str:
        return str(self.name())  # not what the client says: the same holds


def _too_often(wait: int) -> HTTPResponse:
    return json({"fout": knowledge().phrases.say("te_vaak")}, status=429, headers={"Retry-After": str(wait)})


def _mistake(request: Request) -> str | None:
    """What is wrong with the body, in Dutch; None when it is fine."""
    try:
        body: Any = request.json
    except InvalidUsage:
        return "Dit is geen geldige JSON."
    if not isinstance(body, dict):
        return "Stuur een JSON-object met 'sender' en 'message'."
    if not isinstance(body.get("message"), str):
        return "'message' ontbreekt of is geen tekst."
    sender = body.get("sender", "default")
    if not isinstance(sender, str) or not 0 < len(sender) <= MAX_SENDER or not sender.isprintable():
        return f"'sender' moet een tekst zijn van 1 tot {MAX_SENDER} tekens."  # nor what no database can keep
    if "@" in sender:
        return "'sender' lijkt een e-mailadres. Gebruik een willekeurige code, die niets over iemand zegt."
    return None
