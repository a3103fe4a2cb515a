"""Serves the page with the chat window at '/' with its files, and the printable pages under /blad."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, file, html, json, text

from bot.knowledge import knowledge
from bot.pages import rendering, sheets
from bot.pages.address import PREFIX
from bot.paths import WIDGET

SHEET_FILES = rendering.TEMPLATES.parent / "static"
MARKDOWN = "md"

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

        @blueprint.get("/health")
        async def health(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            ready = agent is not None and agent.is_ready()
            return json({"status": "ok" if ready else "starting"}, status=200 if ready else 503)

        @blueprint.get(f"{PREFIX}/<kind:str>", name="sheet")
        async def sheet(request: Request, kind: str) -> HTTPResponse:
            return _sheet(request, kind, "")

        @blueprint.get(f"{PREFIX}/<kind:str>/<key:str>", name="sheet_with_key")
        async def sheet_with_key(request: Request, kind: str, key: str) -> HTTPResponse:
            return _sheet(request, kind, key)

        for path in sorted(WIDGET.rglob("*")):
            if path.is_file() and path.name != "index.html":
                _serve(blueprint, "/widget", WIDGET, path.relative_to(WIDGET).as_posix())
        for path in sorted(SHEET_FILES.iterdir()):
            _serve(blueprint, f"{PREFIX}/bestand", SHEET_FILES, path.name)
        return blueprint


def _serve(blueprint: Blueprint, prefix: str, folder: Path, name: str) -> None:
    @blueprint.get(f"{prefix}/{name}", name=f"file_{prefix.strip('/').replace('/', '_')}_{name}")
    async def serve(_: Request) -> HTTPResponse:
        return await file(folder / name, headers=HEADERS)


def _sheet(request: Request, kind: str, key: str) -> HTTPResponse:
    """A printable page as HTML, or with ?vorm=md as Markdown to keep. A made-up address gets a kind 404."""
    known = knowledge()
    query = {name: values[0] for name, values in request.args.items()}
    form = query.pop("vorm", "")
    try:
        if form not in ("", MARKDOWN) or any(len(values) > 1 for values in request.args.values()):
            raise sheets.UnknownSheetError
        made = sheets.make(known, kind, key, query)
    except sheets.UnknownSheetError:
        return html(rendering.not_found(known.phrases), status=404, headers=HEADERS)
    if form == MARKDOWN:
        disposition = {"Content-Disposition": f'attachment; filename="{made.file_name}.md"'}
        content_type = "text/markdown; charset=utf-8"
        return text(rendering.markdown(made, known.phrases), headers=HEADERS | disposition, content_type=content_type)
    parts = "/".join(part for part in (PREFIX, kind, key) if part)
    address = f"{parts}?{urlencode({**query, 'vorm': MARKDOWN}, safe=',')}"
    return html(rendering.html(made, known.phrases, address), headers=HEADERS)
