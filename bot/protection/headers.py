"""Headers of every response, whatever made it: a page, a file, JSON, an error."""

from __future__ import annotations

from sanic.request import Request
from sanic.response import BaseHTTPResponse

from bot.address import sites

NO_DOCUMENT = "default-src 'none'; frame-ancestors 'none'"


def page_policy() -> str:
    """All comes from this server, no script or style inside a page; shown in a frame only by BOT_ORIGINS."""
    frames = " ".join(["'self'", *sites()])
    return f"default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {frames}"


def add(request: Request, response: BaseHTTPResponse | None) -> None:
    if response is None:  # a websocket
        return
    is_page = (response.content_type or "").startswith("text/html")
    response.headers["Content-Security-Policy"] = page_policy() if is_page else NO_DOCUMENT
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.pop("Access-Control-Allow-Credentials", None)  # there is no cookie or login to share
