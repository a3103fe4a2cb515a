"""Refuses what is no proper head of a request before Sanic reads on: its version (pinned by Rasa) goes round in
circles for ever, with all its connections, at a negative Content-Length, and believes what a proxy in front may read
in another way."""

from __future__ import annotations

import re

from sanic.exceptions import InvalidUsage

_LINE = re.compile(rb"[A-Z]{1,20} /[!-~]* HTTP/1\.[01]")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*([\t -~\x80-\xff]*?)[\t ]*")
_HOST = re.compile(rb"((\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?)?")
_SHAPES = {  # Sanic puts these together to an address, which then cannot be read
    b"host": _HOST,
    b"x-forwarded-host": _HOST,
    b"x-forwarded-proto": re.compile(rb"[A-Za-z]*"),
    b"x-scheme": re.compile(rb"[A-Za-z]*"),
    b"expect": re.compile(rb"100-continue", re.IGNORECASE),
}
_LENGTH = re.compile(rb"[0-9]{1,12}")


async def check(head: bytes) -> None:
    """`head`: request line and headers. Raises InvalidUsage."""
    line, *fields = head.split(b"\r\n")
    found = [_FIELD.fullmatch(field) for field in fields]
    if not _LINE.fullmatch(line) or not all(found):
        raise InvalidUsage("no HTTP/1.1")
    headers = [(match[1].lower(), match[2]) for match in found if match]
    lengths = [value for name, value in headers if name == b"content-length"]
    codings = [value for name, value in headers if name == b"transfer-encoding"]
    if len(lengths) + len(codings) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
        raise InvalidUsage("the length of the body is not clear")
    if codings not in ([], [b"chunked"]):
        raise InvalidUsage("the coding of the body is not known")
    if not all(_SHAPES[name].fullmatch(value) for name, value in headers if name in _SHAPES):
        raise InvalidUsage("a header is odd")
