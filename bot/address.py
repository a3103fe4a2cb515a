"""The address at which people reach this server, for links in places that are no page of its own."""

from __future__ import annotations

import os


def public(path: str) -> str:
    """The full address of `path` (starts with '/'), from BOT_PUBLIC_URL; by default this machine."""
    base = os.environ.get("BOT_PUBLIC_URL") or f"http://localhost:{os.environ.get('PORT', '5005')}"
    return base.rstrip("/") + path
