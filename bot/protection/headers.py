"""Headers of every response, whatever made it: a page, a file, JSON, an error."""

from __future__ import annotations

from sanic.request import Request
from sanic.response import BaseHTTPResponse, HTTPResponse, empty

from bot.address import origins, sites

NO_DOCUMENT = "default-src 'none'; frame-ancestors 'none'"


def page_policy() -> str:
    """All comes from this server, no script or style inside a page; shown in a frame only by BOT_ORIGINS."""
    frames = " ".join(["'self'", *sites()])
    return f"default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {frames}"


def add(request: Request, response: BaseHTTPResponse | None) -> None:
    if response is None:  # a websocket
        return
    if response.status != 304:  # whose headers would replace those that the browser kept with the page
        is_page = (response.content_type or "").startswith("text/html")
        response.headers["Content-Security-Policy"] = page_policy() if is_page else NO_DOCUMENT
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.update(_sharing(request))


def preflight() -> HTTPResponse:
    """To a browser that asks first; `add` says whether the page that wants to call may do so."""
    return empty(
        headers={
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": "Content-Type",
            "Access-Control-Max-Age": "600",
        }
    )


def _sharing(request: Request) -> dict[str, str]:
    """Pages of BOT_ORIGINS may read the answer. Without credentials: there is no cookie or login to share."""
    origin = request.headers.get("Origin")
    return {"Access-Control-Allow-Origin": origin, "Vary": "Accept-Encoding, Origin"} if origin in origins() else {}
