"""The socket channel of the chat window, at /socket.io.

Speaks the protocol of Rasa's own socketio channel (`session_request`, `session_confirm`, `user_uttered`,
`bot_uttered`), which cannot be used as it is: it does not await `enter_room`, a coroutine since python-socketio
5.10, so that answers reach nobody. `bot_uttered` carries a whole Reply (bot/conversation/reply.py) as an object.
A message that arrives is acknowledged, and a message with an `id` that was handled before is not handled again, so
that a client can safely send it once more after a lost connection.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.channels.socketio import SocketBlueprint
from sanic import Blueprint
from socketio import AsyncServer

from bot.rendering.message import from_rasa

logger = logging.getLogger(__name__)

PATH = "/socket.io"
REMEMBERED = 10_000  # message ids
_SESSION = re.compile(r"[A-Za-z0-9_-]{8,64}")


class SocketOutput(OutputChannel):
    """Sends to everyone who is in the room of a session: all open tabs of one person."""

    def __init__(self, server: AsyncServer) -> None:
        self._server = server

    @classmethod
    def name(cls) -> str:
        return "socketio"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        await self._server.emit("bot_uttered", asdict(from_rasa(message)), room=recipient_id)


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
        server = AsyncServer(async_mode="sanic", cors_allowed_origins=[], max_http_buffer_size=100_000)
        blueprint = SocketBlueprint(server, PATH, "socket")
        handled: OrderedDict[str, None] = OrderedDict()

        async def session_request(sid: str, data: Any = None) -> None:
            session = _session(data) or uuid.uuid4().hex
            await server.enter_room(sid, session)
            await server.emit("session_confirm", session, room=sid)

        async def user_uttered(sid: str, data: Any = None) -> dict[str, Any]:
            session = _session(data)
            text = data.get("message") if isinstance(data, dict) else None
            if session is None or not isinstance(text, str):
                return {"fout": "Stuur een object met 'session_id' en 'message'."}
            key = f"{session}:{data.get('id')}"
            if data.get("id") and key in handled:
                return {"ok": True}
            handled[key] = None
            if len(handled) > REMEMBERED:
                handled.popitem(last=False)
            await server.enter_room(sid, session)
            await on_new_message(UserMessage(text, SocketOutput(server), session, input_channel=self.name()))
            return {"ok": True}

        server.on("session_request", session_request)
        server.on("user_uttered", user_uttered)
        return blueprint


def _session(data: Any) -> str | None:
    session = data.get("session_id") if isinstance(data, dict) else None
    return session if isinstance(session, str) and _SESSION.fullmatch(session) else None
