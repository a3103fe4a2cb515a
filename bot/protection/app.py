"""Puts the protection on the web application."""

from __future__ import annotations

import hmac

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.protection import errors, head, headers
from bot.protection.limits import Limits, Settings, address_of

MAX_BODY = 200_000  # bytes of a request
MAX_HEAD = 8192  # bytes of its first line and headers together
MAX_FRAME = 100_000  # bytes of a message over a websocket
TOKEN = "token"
# Asked often by machines that watch the server, signed by a service that many people share, or files that are in
# memory: these are not counted.
_FREE = ("/health", "/ready", "/metrics", "/webhooks/slack/", "/webhooks/teams/", "/widget/", "/blad/bestand/")


def protect(app: Sanic, token: str | None = None) -> None:
    """Before the channels are registered: what `app` serves already is Rasa's API, for which `token` is needed.
    Raises LimitError."""
    settings = Settings.read()
    app.ctx.limits = Limits(settings)
    app.config.REQUEST_MAX_SIZE = MAX_BODY
    app.config.REQUEST_MAX_HEADER_SIZE = MAX_HEAD
    app.config.WEBSOCKET_MAX_SIZE = MAX_FRAME
    app.config.PROXIES_COUNT = settings.proxies or None
    api = frozenset(route.path for route in app.router.routes)

    async def check(request: Request) -> HTTPResponse | None:
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            return headers.preflight()
        if request.route and request.route.path in api and not _has_token(request, token):
            return errors.answer(request, 401)
        wait = app.ctx.limits.address.take(address_of(request)) if _counts(request) else 0
        return errors.answer(request, 429, {"Retry-After": str(wait)}) if wait else None

    app.add_signal(head.check, "http.lifecycle.read_head")
    app.register_middleware(check, "request")
    app.register_middleware(headers.add, "response")
    app.exception(Exception)(errors.of_exception)


def _has_token(request: Request, token: str | None) -> bool:
    given = request.args.get(TOKEN) or ""
    return bool(token) and hmac.compare_digest(given.encode("utf-8", "replace"), str(token).encode())


def _counts(request: Request) -> bool:
    """Of a chat window only its opening: what it says is counted where it is read."""
    if request.path.startswith("/socket.io"):
        return "sid" not in request.args
    return not request.path.startswith(_FREE)
