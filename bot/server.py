"""The server: Rasa with its channels and custom actions inside one process, from start to graceful stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import resource
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import rasa.core.run
import rasa.server
from rasa.core.agent import Agent
from rasa.core.brokers.broker import EventBroker
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.core.lock_store import LockStore
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic
from sanic.server.async_server import AsyncioServer
from sanic.server.loop import try_use_uvloop

from bot.handling import MessageHandler
from bot.inprocess import InProcessActions
from bot.knowledge import store
from bot.nlu.language_model import available_model
from bot.operation import metrics
from bot.operation.versions import model_name
from bot.paths import CREDENTIALS, ENDPOINTS
from bot.privacy import logs, masking
from bot.privacy.retention import erase_old_daily
from bot.privacy.settings import RetentionError, retention_days
from bot.privacy.store import PrivateStore
from bot.protection.app import protect
from bot.protection.limits import LimitError
from bot.protocol import Connection
from bot.rasa_speed import speed_up_rasa
from bot.reach import reach
from bot.settings import Settings, StartError

logger = logging.getLogger(__name__)

BACKLOG = 1024  # connections that wait to be accepted
LINGER = 0.5  # seconds in which who connected just before the stop is still told to come back


def quiet_logging() -> None:
    """Warnings and errors only, unless LOG_LEVEL says otherwise. Rasa's usage telemetry is off."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    logs.configure_from_environment()


def read_endpoints() -> AvailableEndpoints:
    """endpoints.yml, with actions in the process unless BOT_ACTION_SERVER or the file names an action server."""
    settings = Settings.read()
    os.environ["BOT_DATABASE"], os.environ["BOT_REDIS"] = settings.database, settings.redis  # endpoints.yml names them
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


def build_app(model: Path, endpoints: AvailableEndpoints) -> Sanic:
    """The web application: Rasa's HTTP API only with BOT_API_TOKEN, the channels of credentials.yml, the page."""
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
    app.config.MOTD = False
    app.config.REQUEST_TIMEOUT = 15  # seconds to send a whole request: a slow client keeps no connection for long
    app.config.KEEP_ALIVE_TIMEOUT = 75  # longer than a proxy's, so that it never sends into a closing connection
    try:
        protect(app, token)
    except LimitError as error:
        raise StartError(str(error)) from error

    async def load(app: Sanic, _: asyncio.AbstractEventLoop) -> None:
        agent = await load_agent(model, endpoints)
        app.ctx.agent = agent
        if not isinstance(agent.tracker_store, PrivateStore):
            raise StartError("endpoints.yml: the tracker_store must be of the type bot.privacy.store.PrivateStore.")
        app.ctx.handler = MessageHandler(agent, agent.tracker_store, Settings.read().queue)

    async def started(app: Sanic, _: asyncio.AbstractEventLoop) -> None:
        app.ctx.erasing = asyncio.ensure_future(erase_old_daily(app.ctx.agent.tracker_store, days))
        metrics.tell(model=model_name(model), language_model=available_model(), content=store().version)
        store().on_reload = metrics.content_read
        app.ctx.watching = asyncio.ensure_future(store().watch())  # an editor's change is served without a restart

    async def stopping(app: Sanic, _: asyncio.AbstractEventLoop) -> None:
        app.ctx.watching.cancel()
        app.ctx.erasing.cancel()

    app.register_listener(load, "before_server_start")
    app.register_listener(started, "after_server_start")
    app.register_listener(stopping, "before_server_stop")
    app.register_listener(rasa.core.run.close_resources, "after_server_stop")
    _register(app, rasa.core.run.create_http_input_channels(None, str(CREDENTIALS)))
    return app


def _register(app: Sanic, channels: list[InputChannel]) -> None:
    async def handle(message: UserMessage) -> None:
        await app.ctx.handler(message)

    for channel in channels:
        prefix = channel.url_prefix()
        address = prefix if prefix.startswith("/") else f"/webhooks/{prefix}"
        measured = metrics.measured(handle, channel.name())
        app.blueprint(channel.blueprint(measured), url_prefix=address.rstrip("/") or None)
    app.ctx.input_channels = channels


def serve(model: Path, listening: socket.socket, ready: Callable[[], None], line: socket.socket | None = None) -> None:
    """Serves until SIGTERM or Ctrl-C, then finishes what is in hand. `ready` is called when messages are welcome.
    `line` leads to the supervisor, if there is one: when that is gone, the server stops too. Raises StartError."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # every open chat window is an open file
    settings = Settings.read()
    reach(settings)
    app = build_app(model, read_endpoints())
    try_use_uvloop()
    asyncio.run(_serve(app, listening, ready, line, settings.grace))


async def _serve(
    app: Sanic, listening: socket.socket, ready: Callable[[], None], line: socket.socket | None, grace: int
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if line:
        loop.add_reader(line, stop.set)
    server = await app.create_server(
        sock=listening,
        protocol=Connection,
        access_log=False,
        backlog=BACKLOG,
        return_asyncio_server=True,
        asyncio_server_kwargs={"start_serving": False},
    )
    await server.startup()
    await server.before_start()
    await server.start_serving()
    await server.after_start()
    ready()
    await stop.wait()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.remove_signal_handler(number)  # a second Ctrl-C ends it at once
    if line:
        loop.remove_reader(line)
    await _stop(app, server, grace)


async def _stop(app: Sanic, server: AsyncioServer, grace: int) -> None:
    """First no new messages, then those in hand, then the connections. Takes at most `grace` seconds."""
    end = time.monotonic() + grace
    logger.warning("Stopping: messages in hand are finished, new ones are sent away.")
    finishing = asyncio.ensure_future(app.ctx.handler.finish(grace))
    server.server.close()
    if not await finishing:
        logger.error("Stopping although messages are still being handled after %d s (BOT_GRACE).", grace)
    await asyncio.sleep(LINGER)
    await server.before_stop()
    while server.connections and time.monotonic() < end:
        for connection in list(server.connections):
            connection.close_if_idle()
        await asyncio.sleep(0.05)
    for connection in list(server.connections):
        connection.abort()
    app.shutdown_tasks(0)
    await server.after_stop()
