"""Files and pages that this server serves itself: their compression and caching."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


CACHING = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding, Origin"}


def serve_file(blueprint: Blueprint, address: str, path: Path) -> None:
    """The file, read and compressed once, at the start. A browser that has it asks only whether it changed."""
    body = path.read_bytes()
    small = gzip.compress(body, mtime=0)
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    content_type = CONTENT_TYPES[path.suffix]
    always = {**CACHING, "ETag": etag}

    @blueprint.get(address, name=f"file_{address}")
    async def serve(request: Request) -> HTTPResponse:
        if request.headers.get("If-None-Match") == etag:
            return HTTPResponse(status=304, headers=always)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return HTTPResponse(small, headers={**always, "Content-Encoding": "gzip"}, content_type=content_type)
        return HTTPResponse(body, headers=always, content_type=content_type)
