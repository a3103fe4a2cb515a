"""The socket channel of the chat window, at /socket.io.

Speaks the protocol of Rasa's own socketio channel (`session_request`, `session_confirm`, `user_uttered`,
`bot_uttered`), which cannot be used as it is: it does not await `enter_room`, a coroutine since python-socketio
5.10, so that answers reach nobody. `bot_uttered` carries a whole Reply (bot/conversation/reply.py) as an object, with
an `id`. A message that arrives is acknowledged: {"ok": true}, or {"fout": a sentence} when it cannot be handled, with
"opnieuw": seconds when the same may be sent again after that time. One that was handled before (known by its own
`id`; also after a restart of the server when the client says `"again": true`) is not handled again: its answers are
sent once more, with the ids they had, so that a client can safely repeat what got lost with its connection.

Only pages of the server itself and of the sites in BOT_ORIGINS may open a socket.
"""

from __future__ import annotations

import asyncio
import logging
import re
import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.channels.socketio import SocketBlueprint
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import BotUttered, UserUttered
from sanic import Blueprint
from sanic.request import Request
from socketio import AsyncServer
from socketio.exceptions import ConnectionRefusedError

from bot.address import may_call
from bot.knowledge import knowledge
from bot.protection.app import MAX_FRAME
from bot.protection.limits import Limits, address_of
from bot.rendering.message import from_rasa

logger = logging.getLogger(__name__)

PATH = "/socket.io"
REMEMBERED = 10_000  # message ids
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class SocketOutput(OutputChannel):
    """Sends to everyone who is in `room`: a session, that is all open tabs of one person, or one connection.

    The answers to message `message_id` have the ids `message_id-1`, `message_id-2`, ...
    """

    def __init__(self, server: AsyncServer, message_id: str, room: str) -> None:
        self._server = server
        self._message_id = message_id
        self._room = room
        self._sent = 0

    @classmethod
    def name(cls) -> str:
        return "socketio"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self._sent += 1
        reply = {"id": f"{self._message_id}-{self._sent}", **asdict(from_rasa(message))}
        await self._server.emit("bot_uttered", reply, room=self._room)


class SocketChannel(InputChannel):
    """Socket.IO server inside the web application."""

    @classmethod
    def name(cls) -> str:
        return "socketio"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> SocketChannel:
        return cls()

    def url_prefix(self) -> str:
        return "/socket"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        # The header that lets a browser of another site in is set by the web application, for all its addresses.
        server = AsyncServer(
            async_mode="sanic",
            cors_allowed_origins=[],
            max_http_buffer_size=MAX_FRAME,
            logger=logging.getLogger("socketio"),  # not its own, which would go round bot/privacy/logs.py
            engineio_logger=logging.getLogger("engineio"),
        )
        blueprint = SocketBlueprint(server, PATH, "socket")
        handled: OrderedDict[str, asyncio.Event] = OrderedDict()  # set when the message has been answered

        async def connect(sid: str, environ: dict[str, Any], _: Any = None) -> None:
            origin = environ.get("HTTP_ORIGIN")
            if not may_call(origin, [environ.get("HTTP_HOST"), environ.get("HTTP_X_FORWARDED_HOST")]):
                logger.warning("Refused a page of %s: it is not in BOT_ORIGINS", origin)
                raise ConnectionRefusedError("Deze site staat niet in BOT_ORIGINS.")
            request = environ["sanic.request"]
            if not request.app.ctx.limits.windows.opened(sid, address_of(request)):
                raise ConnectionRefusedError("Er staan te veel vensters open.")

        async def disconnect(sid: str, *_: Any) -> None:
            _limits(server, sid).windows.closed(sid)

        async def session_request(sid: str, data: Any = None) -> None:
            session = _id(data, "session_id") or uuid.uuid4().hex
            await server.enter_room(sid, session)
            await server.emit("session_confirm", session, room=sid)

        async def user_uttered(sid: str, data: Any = None) -> dict[str, Any]:
            session = _id(data, "session_id")
            text = data.get("message") if isinstance(data, dict) else None
            if session is None or not isinstance(text, str):
                return {"fout": "Stuur een object met 'session_id' en 'message'."}
            limits = _limits(server, sid)
            wait = limits.address.take(address_of(_request(server, sid))) or limits.sender.take(session)
            if wait:
                return {"fout": knowledge().phrases.say("te_vaak"), "opnieuw": wait}
            message_id = _id(data, "id") or uuid.uuid4().hex
            key = f"{session}:{message_id}"
            if key in handled or data.get("again"):
                if key in handled:
                    await handled[key].wait()
                answers = await _answers(_tracker_store(server, sid), session, message_id)
                if answers is not None:
                    again = SocketOutput(server, message_id, sid)
                    for answer in answers:
                        await again.send_response(session, answer)
                    return {"ok": True}
            handled[key] = answered = asyncio.Event()
            if len(handled) > REMEMBERED:
                handled.popitem(last=False)
            await server.enter_room(sid, session)
            output = SocketOutput(server, message_id, session)
            try:
                await on_new_message(
                    UserMessage(text, output, session, input_channel=self.name(), message_id=message_id)
                )
            except Exception:
                handled.pop(key, None)
                logger.exception("A message over the socket failed")
                return {"fout": "Er ging iets mis. Probeer het nog een keer."}
            finally:
                answered.set()
            return {"ok": True}

        server.on("connect", connect)
        server.on("disconnect", disconnect)
        server.on("session_request", session_request)
        server.on("user_uttered", user_uttered)
        return blueprint


def _id(data: Any, field: str) -> str | None:
    value = data.get(field) if isinstance(data, dict) else None
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _request(server: AsyncServer, sid: str) -> Request:
    """The one that opened the connection."""
    return server.get_environ(sid)["sanic.request"]


def _limits(server: AsyncServer, sid: str) -> Limits:
    return _request(server, sid).app.ctx.limits  # type: ignore[no-any-return]


def _tracker_store(server: AsyncServer, sid: str) -> TrackerStore:
    return _request(server, sid).app.ctx.agent.tracker_store


async def _answers(store: TrackerStore, session: str, message_id: str) -> list[dict[str, Any]] | None:
    """What the bot said to the message with this id; None when the conversation does not hold that message."""
    tracker = await store.retrieve(session)
    answers: list[dict[str, Any]] | None = None
    for event in tracker.events if tracker else ():
        if isinstance(event, UserUttered):
            if answers is not None:
                break
            if event.message_id == message_id:
                answers = []
        elif isinstance(event, BotUttered) and answers is not None:
            answers.append(event.message())
    return answers
