"""Serves the chat window's files at '/widget', and the pages that show it.

'/' is an example of an intranet page with the window in a corner; '/gesprek' is the conversation as a page of its own,
for a link on a phone or a tab in Teams. A site in BOT_ORIGINS may show both in a frame.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.address import sites
from bot.paths import WIDGET

PAGES = {"/": "index.html", "/gesprek": "gesprek.html"}
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def headers() -> dict[str, str]:
    """Those of every page and file: all comes from this server, no script or style inside a page."""
    frames = " ".join(["'self'", *sites()])
    return {
        "Content-Security-Policy": (
            f"default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {frames}"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding, Origin",
    }


class PageChannel(InputChannel):
    """No channel for messages: the page talks over the socket channel."""

    @classmethod
    def name(cls) -> str:
        return "page"

    def url_prefix(self) -> str:
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        blueprint = Blueprint("page")

        @blueprint.get("/health")
        async def health(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            ready = agent is not None and agent.is_ready()
            return json({"status": "ok" if ready else "starting"}, status=200 if ready else 503)

        for address, name in PAGES.items():
            _serve(blueprint, address, WIDGET / name)
        for path in sorted(WIDGET.rglob("*")):
            if path.is_file() and path.suffix in CONTENT_TYPES and path.name not in PAGES.values():
                _serve(blueprint, f"/widget/{path.relative_to(WIDGET).as_posix()}", path)
        return blueprint


def _serve(blueprint: Blueprint, address: str, path: Path) -> None:
    """The file, read and compressed once, at the start. A browser that has it asks only whether it changed."""
    body = path.read_bytes()
    small = gzip.compress(body, mtime=0)
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    content_type = CONTENT_TYPES[path.suffix]
    always = {**headers(), "ETag": etag}

    @blueprint.get(address, name=f"file_{address}")
    async def serve(request: Request) -> HTTPResponse:
        if request.headers.get("If-None-Match") == etag:
            return HTTPResponse(status=304, headers=always)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return HTTPResponse(small, headers={**always, "Content-Encoding": "gzip"}, content_type=content_type)
        return HTTPResponse(body, headers=always, content_type=content_type)
