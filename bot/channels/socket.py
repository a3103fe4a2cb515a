"""The socket channel of the chat window, at /socket.io.

Speaks the protocol of Rasa's own socketio channel, which cannot be used as it is: it does not await `enter_room`, a
coroutine since python-socketio 5.10, so that answers reach nobody.

The client sends (after every connect, also a repeated one):
- `session_request` {session_id}: joins the session; `session_confirm` with the session's id comes back.
- `user_uttered` {session_id, message, id}: `id` is any text of the client's choice, new for each message.

The server acknowledges `user_uttered` with
- {ok: true}: the message was handled and is kept. Its answers were sent before the acknowledgement.
- {fout, reden, opnieuw}: it was not handled. `fout` is a sentence for the person. `reden` is vaak (too many messages of
  this person), druk (too many messages wait), stopt (this process is being replaced), storing (the database is away)
  or fout (a mistake in the bot).
  `opnieuw` is the number of seconds after which to send the message again, with the same id; it is left out when that
  does not help. A malformed message is answered with {fout} alone.

A message without acknowledgement (the connection was lost, the process was killed) is sent again after the next
`session_confirm`, with the same id. It is handled once: when it was handled before, its answers come again.

The server sends `bot_uttered` with a whole Reply (bot/conversation/reply.py) as an object, and
- `id`: the id of the message it answers, a dash and a number from 1. A client that has shown this id before leaves
  it out. While the database is away, a sentence that says so has the id of the message, a dash and `storing`.

With Redis (BOT_REDIS) several processes and machines serve one session: an answer reaches the client wherever it is
connected now. Then only the websocket transport is offered, because long polling needs every request to reach the
same process; no sticky sessions are needed.

Only pages of the server itself and of the sites in BOT_ORIGINS may open a socket.
"""

from __future__ import annotations

import asyncio
import logging
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.channels.socketio import SocketBlueprint
from redis.exceptions import RedisError
from sanic import Blueprint
from sanic.request import Request
from socketio import AsyncRedisManager, AsyncServer
from socketio.exceptions import ConnectionRefusedError

from bot.address import may_call
from bot.handling import MAX_ID, Refused
from bot.knowledge import knowledge
from bot.locks import TIMEOUT
from bot.locks import connect as connect_redis
from bot.outage import RETRY_SECONDS, Outage
from bot.protection.app import MAX_FRAME
from bot.protection.limits import Limits, address_of
from bot.rendering.message import from_rasa
from bot.settings import Settings

logger = logging.getLogger(__name__)

PATH = "/socket.io"
_SESSION = re.compile(r"[A-Za-z0-9_-]{8,64}")


class SocketOutput(OutputChannel):
    """Sends to everyone who is in the room of a session: all open tabs of one person."""

    def __init__(self, server: AsyncServer, message_id: str) -> None:
        self._server = server
        self._message_id = message_id
        self._sent = 0

    @classmethod
    def name(cls) -> str:
        return "socketio"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self._sent += 1
        reply = {**asdict(from_rasa(message)), "id": f"{self._message_id}-{self._sent}"}
        await self._server.emit("bot_uttered", reply, room=recipient_id)


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
        server = _server(Settings.read().redis)
        blueprint = SocketBlueprint(server, PATH, "socket")

        async def connect(sid: str, environ: dict[str, Any], _: Any = None) -> None:
            origin = environ.get("HTTP_ORIGIN")
            if not may_call(origin, [environ.get("HTTP_HOST"), environ.get("HTTP_X_FORWARDED_HOST")]):
                logger.warning("Refused a page of %s: it is not in BOT_ORIGINS", origin)
                raise ConnectionRefusedError("Deze site staat niet in BOT_ORIGINS.")
            request = environ["sanic.request"]
            if not request.app.ctx.limits.windows.opened(sid, address_of(request)):
                raise ConnectionRefusedError("Er staan te veel vensters open.")

        async def disconnect(sid: str, *_: Any) -> None:
            if request := _request(server, sid):
                _limits(request).windows.closed(sid)

        async def session_request(sid: str, data: Any = None) -> None:
            session = _session(data) or uuid.uuid4().hex
            with suppress(ValueError):  # gone already
                await server.enter_room(sid, session)
            await server.emit("session_confirm", session, room=sid, ignore_queue=True)

        async def user_uttered(sid: str, data: Any = None) -> dict[str, Any]:
            session = _session(data)
            text = data.get("message") if isinstance(data, dict) else None
            if session is None or not isinstance(text, str):
                return {"fout": "Stuur een object met 'session_id' en 'message'."}
            request = _request(server, sid)
            if request is None:
                return {}  # the client is gone, and will send it again
            limits = _limits(request)
            wait = limits.address.take(address_of(request)) or limits.sender.take(session)
            if wait:
                return {"fout": knowledge().phrases.say("te_vaak"), "reden": "vaak", "opnieuw": wait}
            message_id = str(data.get("id") or uuid.uuid4().hex)
            if len(message_id) > MAX_ID:
                return {"fout": f"'id' is langer dan {MAX_ID} tekens."}
            with suppress(ValueError):  # gone already; what it said is handled all the same
                await server.enter_room(sid, session)
            output = SocketOutput(server, message_id)
            try:
                await on_new_message(
                    UserMessage(text, output, session, input_channel=self.name(), message_id=message_id)
                )
            except Refused as refused:
                if refused.reason == "storing":  # this may take a while
                    told = {"text": refused.text, "id": f"{message_id}-storing"}
                    await server.emit("bot_uttered", told, room=sid, ignore_queue=True)
                again = {} if refused.wait is None else {"opnieuw": refused.wait}
                return {"fout": refused.text, "reden": refused.reason, **again}
            return {"ok": True}

        async def close(*_: Any) -> None:
            """Cuts the connections below Socket.IO: a client that is told to go would not come back by itself."""
            for connection in list(server.eio.sockets.values()):
                await connection.close(wait=False, reason=server.eio.reason.TRANSPORT_CLOSE)

        server.on("connect", connect)
        server.on("disconnect", disconnect)
        server.on("session_request", session_request)
        server.on("user_uttered", user_uttered)
        blueprint.listener("before_server_stop")(close)
        return blueprint


def _server(redis: str) -> AsyncServer:
    """The header that lets a browser of another site in is set by the web application, for all its addresses."""
    shared = {"transports": ["websocket"], "client_manager": _Rooms(redis, channel="bot:socket")} if redis else {}
    return AsyncServer(
        async_mode="sanic",
        cors_allowed_origins=[],
        max_http_buffer_size=MAX_FRAME,
        logger=logging.getLogger("socketio"),  # not its own, which would go round bot/privacy/logs.py
        engineio_logger=logging.getLogger("engineio"),
        **shared,
    )


class _Rooms(AsyncRedisManager):
    """Hands what is sent to the other processes, unless Redis was away a moment ago."""

    def __init__(self, address: str, **settings: Any) -> None:
        options = {"socket_connect_timeout": TIMEOUT, "socket_keepalive": True, "health_check_interval": 10}
        super().__init__(address, redis_options=options, **settings)
        self._sender = connect_redis(address)
        self._outage = Outage(logger, "Redis (BOT_REDIS)", "Answers reach only clients connected to the same process.")

    async def _publish(self, data: Any) -> None:
        if self._outage.resting:
            return
        try:
            await self._sender.publish(self.channel, self.json.dumps(data))
        except (RedisError, OSError) as error:
            self._outage.failed(error)
        else:
            self._outage.worked()

    async def _redis_listen_with_retries(self) -> AsyncIterator[Any]:
        """As in python-socketio, which waits longer each time: up to a minute after Redis is back."""
        while True:
            try:
                self._redis_connect()
                await self.pubsub.subscribe(self.channel)
                async for message in self.pubsub.listen():
                    yield message
            except (RedisError, OSError) as error:
                self._outage.failed(error)
            await asyncio.sleep(RETRY_SECONDS)


def _request(server: AsyncServer, sid: str) -> Request | None:
    """The one that opened the connection; None when that is closed."""
    environ = server.get_environ(sid)
    return environ["sanic.request"] if environ else None


def _limits(request: Request) -> Limits:
    return request.app.ctx.limits  # type: ignore[no-any-return]


def _session(data: Any) -> str | None:
    session = data.get("session_id") if isinstance(data, dict) else None
    return session if isinstance(session, str) and _SESSION.fullmatch(session) else None
