"""Says what Slack would refuse in blocks: block_kit.schema.json, and the rules that a JSON schema cannot hold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

SCHEMA = json.loads(Path(__file__).with_name("block_kit.schema.json").read_text("utf-8"))
MOST_TEXT = 13_200  # characters in the blocks of one message; seen by users of Slack, not documented


def problems_of_message(blocks: Any) -> list[str]:
    return [*_by_schema(blocks, "message"), *_by_rule(blocks)]


def problems_of_home(view: Any) -> list[str]:
    return [*_by_schema(view, "home"), *_by_rule(view.get("blocks") if isinstance(view, dict) else None)]


def _by_schema(data: Any, name: str) -> Iterator[str]:
    validator = Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": SCHEMA["definitions"]})
    for error in validator.iter_errors(data):
        yield f"{error.json_path}: {error.message[:200]}"


def _by_rule(blocks: Any) -> Iterator[str]:
    known = [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []
    elements = [e for block in known if block.get("type") == "actions" for e in block.get("elements", [])]
    for name, ids in (
        ("block_id", [block["block_id"] for block in known if "block_id" in block]),
        ("action_id", [element["action_id"] for element in elements if "action_id" in element]),
    ):
        yield from (f"{name} {found} is there {times} times" for found, times in Counter(ids).items() if times > 1)
    if sum(len(text) for block in known for text in texts(block)) > MOST_TEXT:
        yield "msg_blocks_too_long"


def texts(block: dict[str, Any]) -> Iterator[str]:
    """Every text that is seen in a block."""
    parts = [block.get("text"), *block.get("fields", [])]
    for element in block.get("elements", []):
        parts.append(element.get("text") if isinstance(element.get("text"), dict) else element)
    yield from (part["text"] for part in parts if isinstance(part, dict))
