"""How the server is connected to Microsoft Teams."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yarl import URL

from bot.privacy.pseudonym import SecretMissing, pseudonym
from bot.settings import StartError

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
_REMEDY = "docs/teams.md says where to find it. Set none to leave Teams off."


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
        """From environment variables, or else from the channel's keys in credentials.yml (the same names in lower
        case). None when Teams is not connected. Raises StartError, which names what is missing or wrong."""
        given = {name: os.environ.get(name) or str((credentials or {}).get(name.lower()) or "") for name in _SHAPES}
        if not any(given[name] for name in (APP_ID, PASSWORD, TENANT)):
            return None
        for name in (APP_ID, PASSWORD):
            if not given[name]:
                raise StartError(f"Teams: {name} is missing, while another setting of Teams is there. {_REMEDY}")
        for name, (shape, meaning) in _SHAPES.items():
            if given[name] and not re.fullmatch(shape, given[name]):
                raise StartError(f"Teams: {name} is not right: it must be {meaning}. {_REMEDY}")
        try:
            pseudonym("teams", "")
        except SecretMissing as error:
            raise StartError(f"Teams: {error}") from error
        return cls(
            given[APP_ID].lower(),
            given[PASSWORD],
            given[TENANT] or cls.tenant,
            (given[LOGIN] or cls.login).rstrip("/"),
            given[OPENID] or cls.openid,
            tuple(URL(address) for address in given[SERVICES].split()),
        )
