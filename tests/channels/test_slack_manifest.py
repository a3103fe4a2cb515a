"""The app that an administrator installs asks for what the channel needs, and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from bot.channels.slack.channel import SlackChannel
from bot.channels.slack.settings import Settings
from bot.paths import ROOT
from tests.channels.slack_workspace import SECRET, TOKEN

SCOPES = {  # what Slack asks for a method, event or feature, by its reference
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": "im:history",
    "views.publish": None,
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
    "app_home_opened": None,
    "slash_commands": "commands",
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "deploy" / "slack" / "manifest.yml").read_text("utf-8"))  # type: ignore[no-any-return]


def test_its_addresses_are_served(manifest: dict[str, Any]) -> None:
    addresses = [
        manifest["settings"]["event_subscriptions"]["request_url"],
        manifest["settings"]["interactivity"]["request_url"],
        *(command["url"] for command in manifest["features"]["slash_commands"]),
    ]
    blueprint = SlackChannel(Settings(TOKEN, SECRET)).blueprint(_nothing)
    served = {f"/webhooks/slack{route.uri}" for route in blueprint._future_routes}
    assert {urlsplit(address).path for address in addresses} == served
    assert len({urlsplit(address).netloc for address in addresses}) == 1


def test_its_scopes_are_those_that_are_used(manifest: dict[str, Any]) -> None:
    code = "".join(path.read_text("utf-8") for path in Path(ROOT / "bot" / "channels" / "slack").glob("*.py"))
    called = {name for name in SCOPES if f'"{name}"' in code and "." in name}
    events = set(manifest["settings"]["event_subscriptions"]["bot_events"])
    needed = {SCOPES[name] for name in (*called, *events, "slash_commands")} - {None}
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed


def test_people_can_type_to_the_bot_and_press_its_buttons(manifest: dict[str, Any]) -> None:
    home = manifest["features"]["app_home"]
    assert home["home_tab_enabled"] and home["messages_tab_enabled"]
    assert not home["messages_tab_read_only_enabled"]
    assert manifest["settings"]["interactivity"]["is_enabled"]
    assert not manifest["settings"]["socket_mode_enabled"]
    assert len(manifest["display_information"]["description"]) <= 140
    assert [command["command"] for command in manifest["features"]["slash_commands"]] == ["/leren"]


async def _nothing(_: Any) -> None:
    """Handles no message."""
