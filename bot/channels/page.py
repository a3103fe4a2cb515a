"""Serves the page with the chat window at '/', and its files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, file

from bot.paths import WIDGET

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'self'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
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

        @blueprint.get("/")
        async def page(_: Request) -> HTTPResponse:
            return await file(WIDGET / "index.html", headers=HEADERS)

        for path in sorted(WIDGET.rglob("*")):
            if path.is_file() and path.name != "index.html":
                _serve(blueprint, path.relative_to(WIDGET).as_posix())
        return blueprint


def _serve(blueprint: Blueprint, name: str) -> None:
    @blueprint.get(f"/widget/{name}", name=f"file_{name}")
    async def serve(_: Request) -> HTTPResponse:
        return await file(WIDGET / name, headers=HEADERS)
