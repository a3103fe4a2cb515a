"""What a service such as Slack or Teams posts, once its signature or token is known to be right: JSON that is read
field by field, because the service may send something new."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

START = "/start"  # the payload that opens a talk


class MalformedError(ValueError):
    """The request is signed, but is not something that the service sends."""


def read_json(body: bytes | str) -> dict[str, Any]:
    """Raises MalformedError, as all functions here."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedError("no valid JSON") from error
    if not isinstance(data, dict):
        raise MalformedError("no JSON object")
    return data


def mapping(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    if not isinstance(value, dict):
        raise MalformedError(f"no {key}")
    return value


def text(data: Mapping[str, Any], key: str) -> str:
    """Of at least one character."""
    value = data.get(key)
    if not isinstance(value, str) or not value:
        raise MalformedError(f"no {key}")
    return value
