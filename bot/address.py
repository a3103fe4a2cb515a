"""The address at which people reach this server, and the sites whose pages may use it."""

from __future__ import annotations

import os
from urllib.parse import urlsplit


def public(path: str) -> str:
    """The full address of `path` (starts with '/'), from BOT_PUBLIC_URL; by default this machine."""
    base = os.environ.get("BOT_PUBLIC_URL") or f"http://localhost:{os.environ.get('PORT', '5005')}"
    return base.rstrip("/") + path


def sites() -> list[str]:
    """What BOT_ORIGINS holds: origins such as 'https://intranet.example.org', also with a wildcard for a part."""
    return [site.rstrip("/") for site in os.environ.get("BOT_ORIGINS", "").split()]


def origins() -> list[str]:
    """The sites that may call the server from their own pages. A wildcard is for frames only."""
    return [site for site in sites() if "*" not in site]


def may_call(origin: str | None, hosts: list[str | None]) -> bool:
    """Whether a page of `origin` may call the server: its own pages (`hosts` are the names by which it was called,
    also through a proxy), those of BOT_ORIGINS, and programs that are no browser (no origin)."""
    return origin is None or origin in origins() or urlsplit(origin).netloc in hosts
