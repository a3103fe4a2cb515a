"""Serves the chat window's files at '/widget', and the pages that show it.

'/' is an example of an intranet page with the window in a corner; '/gesprek' is the conversation as a page of its own,
for a link on a phone or a tab in Teams. Printable pages are under /blad. A site in BOT_ORIGINS may show them in a
frame.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint

from bot.channels import sheets
from bot.channels.files import CONTENT_TYPES, serve_file
from bot.paths import WIDGET

PAGES = {"/": "index.html", "/gesprek": "gesprek.html"}


class PageChannel(InputChannel):
    """No channel for messages: the page talks over the socket channel."""

    @classmethod
    def name(cls) -> str:
        return "page"

    def url_prefix(self) -> str:
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        blueprint = Blueprint("page")

        for address, name in PAGES.items():
            serve_file(blueprint, address, WIDGET / name)
        for path in sorted(WIDGET.rglob("*")):
            if path.is_file() and path.suffix in CONTENT_TYPES and path.name not in PAGES.values():
                serve_file(blueprint, f"/widget/{path.relative_to(WIDGET).as_posix()}", path)
        sheets.add_routes(blueprint)
        return blueprint
