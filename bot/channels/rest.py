"""REST: POST {"sender": "...", "message": "..."} at /webhooks/rest/webhook answers a list of messages, as in Rasa.

With an `id` in the body a client can send a message again that it got no answer to: it is handled once. A bad request
gets a clear 400. A message that cannot be handled now gets 503 (500 for a mistake in the bot) with {"fout": a sentence
for the person, "reden": druk, stopt, storing or fout} and, when sending it again helps, the header Retry-After.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.handling import MAX_ID, Refused
from bot.knowledge import knowledge

MAX_SENDER = 200  # characters


class RestChannel(RestInput):
    """Rasa's own REST channel answers 200 with an empty list when a message failed."""

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[None]]) -> Blueprint:
        blueprint = Blueprint("rest")

        @blueprint.get("/")
        async def health(_: Request) -> HTTPResponse:
            return json({"status": "ok"})

        @blueprint.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            mistake = _mistake(request)
            if mistake:
                return json({"fout": mistake}, status=400)
            wait = request.app.ctx.limits.sender.take(request.json.get("sender", "default"))
            if wait:
                return _too_often(wait)
            body = request.json
            output = CollectingOutputChannel()
            message = UserMessage(
                body["message"],
                output,
                body.get("sender", "default"),
                # Nothing else that a client adds is taken over: it would be kept without being masked.
                input_channel=self.name(),
                message_id=body.get("id"),
            )
            try:
                await on_new_message(message)
            except Refused as refused:
                return _refusal(refused)
            return json(output.messages)

        return blueprint


def _too_often(wait: int) -> HTTPResponse:
    return json({"fout": knowledge().phrases.say("te_vaak")}, status=429, headers={"Retry-After": str(wait)})


def _refusal(refused: Refused) -> HTTPResponse:
    again = refused.wait is not None
    return json(
        {"fout": refused.text, "reden": refused.reason},
        status=503 if again else 500,
        headers={"Retry-After": str(refused.wait)} if again else None,
    )


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
    if not _name(body.get("sender", "default"), MAX_SENDER):
        return f"'sender' moet een tekst zijn van 1 tot {MAX_SENDER} tekens."
    if "@" in body.get("sender", ""):
        return "'sender' lijkt een e-mailadres. Gebruik een willekeurige code, die niets over iemand zegt."
    if "id" in body and not _name(body["id"], MAX_ID):
        return f"'id' moet een tekst zijn van 1 tot {MAX_ID} tekens."
    return None


def _name(value: Any, most: int) -> bool:
    """Text without control characters or halves of characters, which a database cannot keep."""
    return isinstance(value, str) and 0 < len(value) <= most and value.isprintable()
