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
import rasa.utils.common
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
    level = getattr(logging, os.environ.get("LOG_LEVEL", "WARNING").upper(), logging.WARNING)
    from rasa.utils.log_utils import configure_structlog

    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger().setLevel(level)
    configure_structlog(level)
    rasa.utils.common.configure_logging_and_warnings(level)


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
    agent = Agent(
        tracker_store=TrackerStore.create(endpoints.tracker_store, event_broker=broker),
        lock_store=LockStore.create(endpoints.lock_store),
        action_endpoint=endpoints.action,
    )
    try:
        agent.load_model(model)
    except Exception as error:
        cause = error if isinstance(error, RasaException) else f"{type(error).__name__}: {error}"
        raise StartError(f"The model {model} cannot be used: {cause}\nMake a new one with 'make train'.") from error
    # What is loaded now stays: the garbage collector need not walk it again and again while messages are handled.
    gc.collect()
    gc.freeze()
    return agent


def build_app(model: Path, endpoints: AvailableEndpoints, port: int) -> Sanic:
    """The web application: Rasa's HTTP API only with BOT_API_TOKEN, the channels of credentials.yml, the page."""
    token = os.environ.get("BOT_API_TOKEN")
    origins = os.environ.get("BOT_ORIGINS", "").split()
    if token:
        rasa.server.add_root_route = lambda app: None  # '/' is our page
        app = rasa.server.create_app(cors_origins=origins, auth_token=token, endpoints=endpoints)
    else:
        app = Sanic("interventiewijzer", configure_logging=False)
        rasa.server.configure_cors(app, origins)
    app.config.REQUEST_MAX_SIZE = 200_000  # bytes

    async def load(app: Sanic, _: asyncio.AbstractEventLoop) -> None:
        try:
            app.ctx.agent = await load_agent(model, endpoints)
        except StartError as error:
            give_up(error)

    async def started(app: Sanic, _: asyncio.AbstractEventLoop) -> None:
        app.ctx.watching = asyncio.ensure_future(store().watch())  # an editor's change is served without a restart
        print(f"\nDe Interventiewijzer staat klaar: http://localhost:{port}  (stoppen: Ctrl-C)", flush=True)

    async def stopping(app: Sanic, _: asyncio.AbstractEventLoop) -> None:
        app.ctx.watching.cancel()

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
