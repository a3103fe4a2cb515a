"""The server: Rasa with its channels, custom actions inside the process, conversations in SQLite."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import socket
from pathlib import Path
from typing import NoReturn

import rasa.core.run
import rasa.server
from rasa.core.agent import Agent
from rasa.core.brokers.broker import EventBroker
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.core.lock_store import LockStore
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.constants import DEFAULT_INTENTS
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic

from bot.incoming import prepare
from bot.inprocess import InProcessActions
from bot.knowledge import store
from bot.paths import CREDENTIALS, ENDPOINTS, ROOT
from bot.privacy import logs, masking
from bot.privacy.retention import erase_old_daily
from bot.privacy.settings import RetentionError, retention_days
from bot.privacy.store import PrivateStore
from bot.protection.app import protect
from bot.protection.limits import LimitError
from bot.rasa_speed import speed_up_rasa

logger = logging.getLogger(__name__)


class StartError(Exception):
    """The server cannot start; the message says what to do."""


def give_up(error: StartError) -> NoReturn:
    """Ends the process in the middle of the start, where Sanic would go on serving without what is missing."""
    logger.error("%s", error)
    print(f"\n{error}", flush=True)
    os._exit(1)


def quiet_logging() -> None:
    """Warnings and errors only, unless LOG_LEVEL says otherwise. Rasa's usage telemetry is off."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    logs.configure_from_environment()


def check_port(port: int) -> None:
    """Raises StartError when the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError as error:
            raise StartError(
                f"Port {port} is taken ({error.strerror}). Stop the program that uses it, "
                f"or choose another port: make run PORT={port + 1}"
            ) from error


def read_endpoints() -> AvailableEndpoints:
    """endpoints.yml, with actions in the process unless BOT_ACTION_SERVER or the file names an action server."""
    os.environ.setdefault("BOT_DATABASE", str(ROOT / "gesprekken.db"))
    endpoints = AvailableEndpoints.read_endpoints(str(ENDPOINTS))
    address = os.environ.get("BOT_ACTION_SERVER")
    if address:
        endpoints.action = EndpointConfig(url=address)
    elif endpoints.action is None:
        endpoints.action = InProcessActions()
    return endpoints


async def load_agent(model: Path, endpoints: AvailableEndpoints) -> Agent:
    """Like Rasa's own `load_agent`, but an unusable model stops the start instead of being logged and ignored.

    Raises StartError.
    """
    speed_up_rasa()
    broker = await EventBroker.create(endpoints.event_broker, loop=asyncio.get_event_loop())
    conversations = TrackerStore.create(endpoints.tracker_store, event_broker=broker)
    agent = Agent(
        tracker_store=conversations,
        lock_store=LockStore.create(endpoints.lock_store),
        action_endpoint=endpoints.action,
    )
    # Rasa wraps the store in one that goes on in memory, and forgets what was said, when the database is away.
    agent.tracker_store = conversations
    try:
        agent.load_model(model)
    except Exception as error:
        cause = error if isinstance(error, RasaException) else f"{type(error).__name__}: {error}"
        raise StartError(f"The model {model} cannot be used: {cause}\nMake a new one with 'make train'.") from error
    masking.load()
    # What is loaded now stays: the garbage collector need not walk it again and again while messages are handled.
    gc.collect()
    gc.freeze()
    return agent


def build_app(model: Path, endpoints: AvailableEndpoints, port: int) -> Sanic:
    """The web application: Rasa's HTTP API only with BOT_API_TOKEN, the channels of credentials.yml, the page.
    Raises StartError."""
    try:
        days = retention_days()
    except RetentionError as error:
        raise StartError(str(error)) from error
    token = os.environ.get("BOT_API_TOKEN")
    if token:
        rasa.server.add_root_route = lambda app: None  # '/' is our page
        rasa.server.configure_cors = lambda app, origins: None  # bot/protection sets those headers
        app = rasa.server.create_app(auth_token=token, endpoints=endpoints)
    else:
        app = Sanic("interventiewijzer", configure_logging=False)
    try:
        protect(app, token)
    except LimitError as error:
        raise StartError(str(error)) from error

    async def load(app: Sanic, _: asyncio.AbstractEventLoop) -> None:
        try:
            app.ctx.agent = await load_agent(model, endpoints)
            if not isinstance(app.ctx.agent.tracker_store, PrivateStore):
                raise StartError("endpoints.yml: the tracker_store must be of the type bot.privacy.store.PrivateStore.")
        except StartError as error:
            give_up(error)

    async def started(app: Sanic, _: asyncio.AbstractEventLoop) -> None:
        app.ctx.erasing = asyncio.ensure_future(erase_old_daily(app.ctx.agent.tracker_store, days))
        app.ctx.watching = asyncio.ensure_future(store().watch())  # an editor's change is served without a restart
        print(f"\nDe Interventiewijzer staat klaar: http://localhost:{port}  (stoppen: Ctrl-C)", flush=True)

    async def stopping(app: Sanic, _: asyncio.AbstractEventLoop) -> None:
        app.ctx.watching.cancel()
        app.ctx.erasing.cancel()

    app.register_listener(load, "before_server_start")
    app.register_listener(started, "after_server_start")
    app.register_listener(stopping, "before_server_stop")
    app.register_listener(rasa.core.run.close_resources, "after_server_stop")
    _register(app, rasa.core.run.create_http_input_channels(None, str(CREDENTIALS)))
    return app


def user_intents(agent: Agent) -> frozenset[str]:
    """The intents that a button may carry: those of the domain, without Rasa's internal ones."""
    return frozenset(agent.domain.intents) - frozenset(DEFAULT_INTENTS)


def _register(app: Sanic, channels: list[InputChannel]) -> None:
    async def handle(message: UserMessage) -> None:
        agent = app.ctx.agent
        message.text = prepare(message.text, user_intents(agent))
        await agent.handle_message(message)

    for channel in channels:
        prefix = channel.url_prefix()
        address = prefix if prefix.startswith("/") else f"/webhooks/{prefix}"
        app.blueprint(channel.blueprint(handle), url_prefix=address.rstrip("/") or None)
    app.ctx.input_channels = channels


def serve(model: Path, port: int, host: str = "0.0.0.0") -> None:
    """Serves until Ctrl-C. Raises StartError."""
    check_port(port)
    app = build_app(model, read_endpoints(), port)
    app.run(host=host, port=port, access_log=False, motd=False)
