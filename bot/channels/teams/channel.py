"""Microsoft Teams: personal chats, mentions in groups, buttons, and a welcome to who installs the bot.

Rasa's own `botframework` channel cannot be used: its buttons do nothing in Teams, it blocks the event loop while it
sends, lets a token say with which algorithm it is signed, and shows the bot's access token to any address that a
caller names.

A request is checked and answered at once; the conversation goes on in the background.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.background import Background
from bot.channels.once import Once
from bot.channels.signed import START, MalformedError, read_json
from bot.channels.teams.client import TeamsClient
from bot.channels.teams.incoming import Incoming, Place, Said, read
from bot.channels.teams.settings import Settings
from bot.channels.teams.trust import KeysUnavailableError, RefusedError, SigningKeys, check_token, is_trusted
from bot.handling import tell_refusal
from bot.knowledge import knowledge
from bot.rendering import teams as rendering
from bot.rendering.message import from_rasa

logger = logging.getLogger(__name__)

Handler = Callable[[UserMessage], Awaitable[Any]]

TAKEN = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": ""}  # a pressed button


class TeamsOutput(OutputChannel):
    """Answers at one place."""

    def __init__(self, client: TeamsClient, place: Place) -> None:
        self._client = client
        self._place = place

    @classmethod
    def name(cls) -> str:
        return "teams"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        for activity in rendering.render(from_rasa(message), knowledge().phrases):
            await self._client.send(self._place, activity)


class TeamsChannel(InputChannel):
    """POST /webhooks/teams/webhook. Without settings it serves nothing."""

    def __init__(self, settings: Settings | None) -> None:
        self._settings = settings

    @classmethod
    def name(cls) -> str:
        return "teams"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TeamsChannel:
        return cls(Settings.read(credentials))

    @property
    def on(self) -> bool:
        return self._settings is not None

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        blueprint = Blueprint("teams")
        if self._settings:
            _Service(self._settings, on_new_message).serve(blueprint)
        return blueprint


class _Service:
    def __init__(self, settings: Settings, on_new_message: Handler) -> None:
        self._settings = settings
        self._on_new_message = on_new_message
        self._background = Background()
        self._handled = Once()  # activities
        self._greeted = Once()  # conversations

    def serve(self, blueprint: Blueprint) -> None:
        @blueprint.post("/webhook")
        async def webhook(request: Request) -> HTTPResponse:
            return await self.webhook(request)

        @blueprint.listener("before_server_start")
        async def start(_: Sanic, __: Any) -> None:
            self._client = TeamsClient(self._settings)
            await self._client.open()
            self._keys = SigningKeys(self._settings.openid, self._client.session)
            await self._client.check_settings()

        @blueprint.listener("before_server_stop")
        async def stop(_: Sanic, __: Any) -> None:
            await self._background.stop()
            await self._client.close()

    async def webhook(self, request: Request) -> HTTPResponse:
        """The token first: nothing is read of a request of which nobody knows who sent it."""
        try:
            caller = await check_token(request.headers.get("Authorization"), self._keys, self._settings.app_id)
            activity = read_json(request.body)
            caller.check(activity)
            if not is_trusted(caller.service_url, self._settings.services):
                raise RefusedError("service address is not trusted")
            incoming = read(activity)
        except RefusedError as error:
            logger.warning("Teams: a request is refused: %s", error)
            return response.json({"error": str(error)}, status=401)
        except MalformedError as error:
            return response.json({"error": str(error)}, status=400)
        except KeysUnavailableError:
            return response.empty(503)
        if incoming is not None and not self._accept(activity.get("id"), incoming):
            return response.empty(503)
        if activity["type"] == "invoke":
            return response.json(TAKEN if isinstance(incoming, Said) else {})
        return response.empty(200)

    def _accept(self, activity_id: Any, incoming: Incoming) -> bool:
        """False when it is too busy. An activity that comes again, sent twice or copied by someone, is not taken."""
        place = incoming.place
        key = f"{place.conversation}\0{activity_id}"
        if activity_id and not self._handled.first(key):
            return True
        if isinstance(incoming, Said):
            self._background.add(f"typing {place.sender}", partial(self._type, place))
        if not self._background.add(place.sender, partial(self._handle, incoming)):
            self._handled.forget(key)
            return False
        return True

    async def _handle(self, incoming: Incoming) -> None:
        place = incoming.place
        if isinstance(incoming, Said):
            await self._say(place, incoming.text)
        elif not incoming.added:
            self._greeted.forget(place.conversation)
        elif self._greeted.first(place.conversation):  # a personal chat announces an installation in two ways
            await self._say(place, START)

    async def _say(self, place: Place, text: str) -> None:
        output = TeamsOutput(self._client, place)
        await tell_refusal(
            self._on_new_message, UserMessage(text, output, place.sender, input_channel=TeamsChannel.name())
        )

    async def _type(self, place: Place) -> None:
        await self._client.send(place, {"type": "typing"}, attempts=1)
