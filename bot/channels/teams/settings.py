"""How the server is connected to Microsoft Teams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yarl import URL

from bot.channels.credentials import read_credentials

APP_ID, PASSWORD, TENANT = "TEAMS_APP_ID", "TEAMS_APP_PASSWORD", "TEAMS_TENANT_ID"
LOGIN, OPENID, SERVICES = "TEAMS_LOGIN_URL", "TEAMS_OPENID_URL", "TEAMS_SERVICE_URLS"
ANY_TENANT = "botframework.com"  # where a bot for many tenants gets its token

GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_ADDRESS = r"(https://[^\s/@]+|http://(localhost|127\.0\.0\.1)(:\d+)?)(/\S*)?"
_SHAPES = {
    APP_ID: (GUID, "the app id of the bot, like 00000000-0000-0000-0000-000000000000"),
    PASSWORD: (r"[!-~]{16,}", "the value of a client secret: at least 16 characters, no spaces"),
    TENANT: (rf"{GUID}|[\w-]+(\.[\w-]+)+", "the id or domain of your organisation in Microsoft 365"),
    LOGIN: (_ADDRESS, "an https address"),
    OPENID: (_ADDRESS, "an https address"),
    SERVICES: (rf"{_ADDRESS}(\s+{_ADDRESS})*", "https addresses, with a space between them"),
}


@dataclass(frozen=True)
class Settings:
    """`services` are addresses to which the bot's access token may go, beside those of Microsoft."""

    app_id: str
    password: str = field(repr=False)
    tenant: str = ANY_TENANT
    login: str = "https://login.microsoftonline.com"
    openid: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    services: tuple[URL, ...] = ()

    @classmethod
    def read(cls, credentials: Mapping[str, Any] | None) -> Settings | None:
        """None when the channel is off. Raises StartError, which names what is missing or wrong."""
        given = read_credentials("Teams", _SHAPES, (APP_ID, PASSWORD), (APP_ID, PASSWORD, TENANT), credentials)
        if given is None:
            return None
        return cls(
            given[APP_ID].lower(),
            given[PASSWORD],
            given[TENANT] or cls.tenant,
            (given[LOGIN] or cls.login).rstrip("/"),
            given[OPENID] or cls.openid,
            tuple(URL(address) for address in given[SERVICES].split()),
        )
