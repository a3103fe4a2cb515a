"""How the server is connected to Slack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.credentials import read_credentials

TOKEN, SECRET, API = "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL"
_SHAPES = {
    TOKEN: (r"xoxb-[\w-]{10,}", "a bot token, which starts with xoxb-"),
    SECRET: (r"[0-9a-f]{32}", "a signing secret: 32 digits and letters a to f"),
    API: (r"https://\S+/|http://(localhost|127\.0\.0\.1)(:\d+)?/\S*", "an https address that ends in /"),
}


@dataclass(frozen=True)
class Settings:
    """`api` is the base address of Slack's Web API."""

    token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    api: str = AsyncWebClient.BASE_URL

    @classmethod
    def read(cls, credentials: Mapping[str, Any] | None) -> Settings | None:
        """None when the channel is off. Raises StartError, which names what is missing or wrong."""
        given = read_credentials("Slack", _SHAPES, (TOKEN, SECRET), (TOKEN, SECRET), credentials)
        if given is None:
            return None
        return cls(given[TOKEN], given[SECRET], given[API] or cls.api)
