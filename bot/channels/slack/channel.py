"""Slack: direct messages, mentions in a channel, buttons, the home tab and a slash command.

Rasa's own channel cannot be used: it shows at most five buttons, sends what a person typed to the log, handles a
retry twice when it is not because of a time-out, lets a button be pressed again and again, and knows no home tab.

A request is checked and answered at once; the conversation goes on in the background.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse
from slack_sdk.signature import SignatureVerifier

from bot.channels.background import Background
from bot.channels.once import Once
from bot.channels.signed import START, MalformedError, read_json
from bot.channels.slack.client import SlackClient
from bot.channels.slack.incoming import (
    Incoming,
    Opened,
    Place,
    Pressed,
    Said,
    read_command,
    read_event,
    read_interaction,
)
from bot.channels.slack.settings import Settings
from bot.conversation import opening
from bot.conversation.heard import Heard
from bot.conversation.phrases import Phrases
from bot.conversation.state import State
from bot.conversation.turn import Turn
from bot.handling import tell_refusal
from bot.knowledge import knowledge
from bot.rendering import slack as rendering
from bot.rendering.message import from_rasa

logger = logging.getLogger(__name__)

Handler = Callable[[UserMessage], Awaitable[Any]]


class SlackOutput(OutputChannel):
    """Answers at one place."""

    def __init__(self, client: SlackClient, place: Place) -> None:
        self._client = client
        self._place = place

    @classmethod
    def name(cls) -> str:
        return "slack"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        for part in rendering.render(from_rasa(message), _phrases(), owner=recipient_id):
            await self._client.call(
                "chat.postMessage",
                channel=self._place.channel,
                thread_ts=self._place.thread,
                text=part.text,
                blocks=part.blocks,
                unfurl_links=False,
                unfurl_media=False,
            )


class SlackChannel(InputChannel):
    """POST /webhooks/slack/events, /interactive and /command. Without settings it serves nothing."""

    def __init__(self, settings: Settings | None) -> None:
        self._settings = settings

    @classmethod
    def name(cls) -> str:
        return "slack"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> SlackChannel:
        return cls(Settings.read(credentials))

    @property
    def on(self) -> bool:
        return self._settings is not None

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        blueprint = Blueprint("slack")
        if self._settings:
            _Service(self._settings, on_new_message).serve(blueprint)
        return blueprint


class _Service:
    def __init__(self, settings: Settings, on_new_message: Handler) -> None:
        self._verifier = SignatureVerifier(settings.signing_secret)
        self._client = SlackClient(settings)
        self._on_new_message = on_new_message
        self._background = Background()
        self._handled = Once()  # requests
        self._answered = Once()  # messages of which a button was pressed
        self._greeted = Once()  # direct messages that were looked at

    def serve(self, blueprint: Blueprint) -> None:
        @blueprint.middleware("request")
        async def check(request: Request) -> HTTPResponse | None:
            return self.check(request)

        @blueprint.post("/events")
        async def events(request: Request) -> HTTPResponse:
            return self.events(request)

        @blueprint.post("/interactive")
        async def interactive(request: Request) -> HTTPResponse:
            return self.interactive(request)

        @blueprint.post("/command")
        async def command(request: Request) -> HTTPResponse:
            return self.command(request)

        @blueprint.listener("after_server_start")
        async def start(_: Sanic, __: Any) -> None:
            await self._client.open()

        @blueprint.listener("before_server_stop")
        async def stop(_: Sanic, __: Any) -> None:
            await self._background.stop()
            await self._client.close()

    def check(self, request: Request) -> HTTPResponse | None:
        """Only Slack knows the signing secret; a signature is valid for five minutes."""
        try:
            genuine = self._verifier.is_valid_request(request.body, dict(request.headers))
        except (ValueError, TypeError):  # a time stamp that is no number, a body or signature that is no text
            genuine = False
        return None if genuine else response.json({"error": "invalid signature"}, status=401)

    def events(self, request: Request) -> HTTPResponse:
        try:
            body = read_json(request.body)
            if body.get("type") == "url_verification":
                return response.json({"challenge": str(body.get("challenge"))})
            if body.get("type") != "event_callback":
                raise MalformedError("unknown type")
            incoming, key = read_event(body), body.get("event_id")
        except MalformedError as error:
            return _refused(error)
        return self._accept(key, incoming)

    def interactive(self, request: Request) -> HTTPResponse:
        try:
            payload = read_json(_form(request.body).get("payload", ""))
            incoming = read_interaction(payload)
        except MalformedError as error:
            return _refused(error)
        return self._accept(payload.get("trigger_id"), incoming)

    def command(self, request: Request) -> HTTPResponse:
        try:
            form = _form(request.body)
            incoming = read_command(form)
        except MalformedError as error:
            return _refused(error)
        note = _phrases().say("kanalen.antwoord_in_bericht")
        return self._accept(form.get("trigger_id"), incoming, {"response_type": "ephemeral", "text": note})

    def _accept(self, key: Any, incoming: Incoming | None, answer: Mapping[str, str] | None = None) -> HTTPResponse:
        """`key` is the same when Slack sends the request again, or someone else a copy of it."""
        if incoming is not None:
            if not isinstance(key, str) or not key:
                return _refused(MalformedError("no event_id or trigger_id"))
            if self._handled.first(key) and not self._background.add(
                incoming.place.sender, partial(self._handle, incoming)
            ):
                self._handled.forget(key)
                return response.empty(503)
        return response.json(answer) if answer else response.empty(200)

    async def _handle(self, incoming: Incoming) -> None:
        if isinstance(incoming, Said):
            await self._say(incoming.place, incoming.text)
        elif isinstance(incoming, Pressed):
            await self._choose(incoming)
        elif incoming.tab == "home":
            await self._client.call("views.publish", user_id=incoming.place.user, view=_home())
        else:
            await self._greet(incoming)

    async def _say(self, place: Place, text: str) -> None:
        output = SlackOutput(self._client, place)
        await tell_refusal(
            self._on_new_message, UserMessage(text, output, place.sender, input_channel=SlackChannel.name())
        )

    async def _choose(self, pressed: Pressed) -> None:
        place = pressed.place
        if rendering.owner_of(pressed.block_id) != place.sender:
            await self._client.call(
                "chat.postEphemeral",
                channel=place.channel,
                thread_ts=place.thread,
                user=place.user,
                text=_phrases().say("kanalen.knop_van_ander"),
            )
        elif self._answered.first(f"{place.channel}:{pressed.message}"):
            await self._client.call(
                "chat.update",
                channel=place.channel,
                ts=pressed.message,
                text=rendering.mrkdwn(_phrases().say("kanalen.gekozen", titel=pressed.title)),
                blocks=rendering.chosen(pressed.blocks, pressed.title, _phrases()),
            )
            await self._say(place, pressed.value)

    async def _greet(self, opened: Opened) -> None:
        """Speaks first to someone who opens an empty conversation."""
        channel = opened.place.channel
        if not self._greeted.first(channel):
            return
        history = await self._client.call("conversations.history", channel=channel, limit=1)
        if history is not None and not history.get("messages"):
            await self._say(opened.place, START)


def _home() -> dict[str, Any]:
    welcome = opening.greet(Turn(State(), Heard(), knowledge()))
    return rendering.home(welcome[0], _phrases())


def _phrases() -> Phrases:
    return knowledge().phrases


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode(), strict_parsing=True, max_num_fields=100))
    except ValueError as error:
        raise MalformedError("no form") from error


def _refused(error: MalformedError) -> HTTPResponse:
    return response.json({"error": str(error)}, status=400)
