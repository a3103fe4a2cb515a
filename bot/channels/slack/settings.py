"""How the server is connected to Slack."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.privacy.pseudonym import SecretMissing, pseudonym
from bot.settings import StartError

TOKEN, SECRET, API = "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL"
_SHAPES = {
    TOKEN: (re.compile(r"xoxb-[\w-]{10,}"), "a bot token, which starts with xoxb-"),
    SECRET: (re.compile(r"[0-9a-f]{32}"), "a signing secret: 32 digits and letters a to f"),
    API: (re.compile(r"https://\S+/|http://(localhost|127\.0\.0\.1)(:\d+)?/\S*"), "an https address that ends in /"),
}


@dataclass(frozen=True)
class Settings:
    """`api` is the base address of Slack's Web API."""

    token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    api: str = AsyncWebClient.BASE_URL

    @classmethod
    def read(cls, credentials: Mapping[str, Any] | None) -> Settings | None:
        """From environment variables, or else from the channel's keys in credentials.yml (the same names in lower
        case). None when Slack is not connected. Raises StartError, which names what is missing or wrong."""
        given = {name: os.environ.get(name) or str((credentials or {}).get(name.lower()) or "") for name in _SHAPES}
        if not given[TOKEN] and not given[SECRET]:
            return None
        for name in (TOKEN, SECRET):
            if not given[name]:
                other = SECRET if name == TOKEN else TOKEN
                raise StartError(f"Slack: {name} is missing, while {other} is set. {_REMEDY}")
        for name, (shape, meaning) in _SHAPES.items():
            if given[name] and not shape.fullmatch(given[name]):
                raise StartError(f"Slack: {name} is not right: it must be {meaning}. {_REMEDY}")
        try:
            pseudonym("slack", "")
        except SecretMissing as error:
            raise StartError(f"Slack: {error}") from error
        return cls(given[TOKEN], given[SECRET], given[API] or cls.api)


_REMEDY = "docs/slack.md says where to find it. Set neither to leave Slack off."
