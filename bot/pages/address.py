"""The addresses of the printable pages. A path holds keys only (kind of page, item ids, barriers, role, step): nothing
a person typed, so that an address in a log or a shared link tells nothing about anyone."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

PREFIX = "/blad"


def sheet_path(kind: str, **keys: str | Sequence[str] | None) -> str:
    """'/blad/vergelijking?onderwerpen=evc,coaching'. Empty values are left out."""
    joined = {name: value if isinstance(value, str) else ",".join(value) for name, value in keys.items() if value}
    return f"{PREFIX}/{kind}" + (f"?{urlencode(joined, safe=',')}" if joined else "")
