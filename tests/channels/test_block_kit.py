"""The simulated Slack refuses what Slack documents as wrong: without this, tests against it would prove nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.channels.block_kit import problems_of_home, problems_of_message


def section(text: str = "tekst", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(**changes: Any) -> dict[str, Any]:
    text = {"type": "plain_text", "text": changes.pop("title", "Kies")}
    return {"type": "button", "text": text, "action_id": "a", "value": "/x", **changes}


def actions(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(buttons)}


FIELD = {"type": "mrkdwn", "text": "feit"}
GOOD = [section("x" * 3000), actions(button(title="k" * 75, value="v" * 2000)), {"type": "divider"}]
WRONG = {
    "no blocks": [],
    "no list": {"type": "section"},
    "too many blocks": [section()] * 51,
    "long section": [section("x" * 3001)],
    "empty section": [section("")],
    "blank section": [section(" \n")],
    "section without text": [{"type": "section"}],
    "too many fields": [{"type": "section", "fields": [FIELD] * 11}],
    "long field": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]}],
    "long header": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
    "formatted header": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "no buttons": [actions()],
    "too many buttons": [actions(*(button(action_id=f"a{n}") for n in range(26)))],
    "long title": [actions(button(title="k" * 76))],
    "formatted title": [actions(button(text={"type": "mrkdwn", "text": "x"}))],
    "long value": [actions(button(value="v" * 2001))],
    "empty value": [actions(button(value=""))],
    "long address": [actions(button(url="https://x.nl/" + "x" * 3000))],
    "no web address": [actions(button(url="javascript:alert(1)"))],
    "same action_id twice": [actions(button(), button())],
    "same block_id twice": [section(block_id="b"), section(block_id="b")],
    "long block_id": [section(block_id="b" * 256)],
    "unknown block": [{"type": "tabel"}],
    "unknown property": [section(kleur="rood")],
    "too much text": [section("x" * 3000)] * 5,
}


def test_good_blocks_are_taken() -> None:
    assert problems_of_message(GOOD) == []
    assert problems_of_home({"type": "home", "blocks": GOOD}) == []


@pytest.mark.parametrize("name", WRONG)
def test_wrong_blocks_are_refused(name: str) -> None:
    assert problems_of_message(WRONG[name])


@pytest.mark.parametrize("view", [None, {}, {"type": "modal", "blocks": GOOD}, {"type": "home", "blocks": []}])
def test_a_wrong_home_tab_is_refused(view: Any) -> None:
    assert problems_of_home(view)
