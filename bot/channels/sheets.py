"""The printable pages, under /blad: their addresses hold keys only, and all they show comes from content."""

from __future__ import annotations

from urllib.parse import urlencode

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, html, text

from bot.channels.files import CACHING, serve_file
from bot.knowledge import knowledge
from bot.pages import rendering, sheets
from bot.pages.address import PREFIX

FILES = rendering.TEMPLATES.parent / "static"
MARKDOWN = "md"


def add_routes(blueprint: Blueprint) -> None:
    @blueprint.get(f"{PREFIX}/<kind:str>", name="sheet")
    async def sheet(request: Request, kind: str) -> HTTPResponse:
        return _sheet(request, kind, "")

    @blueprint.get(f"{PREFIX}/<kind:str>/<key:str>", name="sheet_with_key")
    async def sheet_with_key(request: Request, kind: str, key: str) -> HTTPResponse:
        return _sheet(request, kind, key)

    for path in sorted(FILES.iterdir()):
        serve_file(blueprint, f"{PREFIX}/bestand/{path.name}", path)


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
        return html(rendering.not_found(known.phrases), status=404, headers=CACHING)
    if form == MARKDOWN:
        disposition = {"Content-Disposition": f'attachment; filename="{made.file_name}.md"'}
        content_type = "text/markdown; charset=utf-8"
        return text(rendering.markdown(made, known.phrases), headers=CACHING | disposition, content_type=content_type)
    parts = "/".join(part for part in (PREFIX, kind, key) if part)
    address = f"{parts}?{urlencode({**query, 'vorm': MARKDOWN}, safe=',')}"
    return html(rendering.html(made, known.phrases, address), headers=CACHING)
