"""Sends activities to Teams: with a token that is fetched when needed, tried again when Teams is busy or does not
answer, and logged without what is said."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import time
from asyncio import sleep
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.channels.teams.incoming import Place
from bot.channels.teams.settings import APP_ID, PASSWORD, TENANT, Settings
from bot.channels.teams.trust import is_trusted
from bot.settings import StartError

logger = logging.getLogger(__name__)

SCOPE = "https://api.botframework.com/.default"
TIMEOUT = 10  # seconds a call may take
ATTEMPTS = 5  # of one call, the first included
FIRST_WAIT = 1.0  # seconds before the second attempt; doubled for each next one
MOST_WAIT = 60.0  # seconds, also when Teams asks for more
EARLY = 300  # seconds before its end that a token is no longer used
_BUSY = {412, 429, 500, 502, 503, 504}
_UNREACHABLE = (aiohttp.ClientError, asyncio.TimeoutError)


class NoTokenError(Exception):
    """The login service gives no token; the message says why, without secrets."""


class TeamsClient:
    """One connection pool for all calls; open it in the event loop of the server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._token = ""
        self._until = float("-inf")
        self._fetching = asyncio.Lock()

    async def open(self) -> None:
        self.session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=TIMEOUT), json_serialize=partial(json.dumps, ensure_ascii=False)
        )

    async def close(self) -> None:
        await self.session.close()

    async def check_settings(self) -> None:
        """Asks for a token. Raises StartError when the login service does not know these settings; that it cannot be
        reached now is only logged."""
        try:
            await self._current_token()
        except NoTokenError as error:
            raise StartError(
                f"Teams: {self._settings.login} refuses {APP_ID} with {PASSWORD} at "
                f"{TENANT}={self._settings.tenant}: {error}. docs/teams.md says where to find them."
            ) from error
        except _UNREACHABLE as error:
            logger.warning("Teams: %s cannot be reached now: %s", self._settings.login, type(error).__name__)

    async def send(self, place: Place, activity: dict[str, Any], attempts: int = ATTEMPTS) -> bool:
        """False when it did not succeed, which is logged."""
        if not is_trusted(place.service_url, self._settings.services):
            logger.error("Teams: nothing is sent to an address that is not trusted.")
            return False
        url = _address(place)
        body = {**activity, "from": dict(place.bot), "conversation": {"id": place.conversation}}
        if place.activity:
            body["replyToId"] = place.activity
        renewed = False
        attempt = 0
        while True:
            attempt += 1
            wait: float | None = None
            try:
                async with self._post(url, body) as answer:
                    if answer.status < 300:
                        return True
                    problem = f"status {answer.status}"
                    if answer.status == 401 and not renewed:
                        renewed = True
                        attempt -= 1
                        self._until = float("-inf")
                        continue
                    if answer.status not in _BUSY:
                        break
                    wait = _seconds(answer.headers.get("Retry-After"))
            except NoTokenError as error:
                problem = f"no token: {error}"
                break
            except _UNREACHABLE as error:
                problem = type(error).__name__
            if attempt >= attempts:
                break
            backoff = FIRST_WAIT * 2 ** (attempt - 1) * random.uniform(0.8, 1.2)  # not all at the same moment
            await sleep(min(wait if wait is not None else backoff, MOST_WAIT))
        logger.error("Teams did not take a %s: %s", activity["type"], problem)
        return False

    @asynccontextmanager
    async def _post(self, url: URL, body: dict[str, Any]) -> AsyncIterator[aiohttp.ClientResponse]:
        """Follows no redirects: the token is for this address."""
        headers = {"Authorization": f"Bearer {await self._current_token()}"}
        async with self.session.post(url, json=body, headers=headers, allow_redirects=False) as answer:
            yield answer

    async def _current_token(self) -> str:
        """Raises NoTokenError, and what aiohttp raises."""
        async with self._fetching:
            if time.monotonic() >= self._until:
                self._token, seconds = await self._fetch_token()
                self._until = time.monotonic() + max(seconds - EARLY, seconds / 2)
            return self._token

    async def _fetch_token(self) -> tuple[str, float]:
        settings = self._settings
        form = {
            "grant_type": "client_credentials",
            "client_id": settings.app_id,
            "client_secret": settings.password,
            "scope": SCOPE,
        }
        address = f"{settings.login}/{settings.tenant}/oauth2/v2.0/token"
        async with self.session.post(address, data=form, allow_redirects=False) as answer:
            if answer.status in {400, 401}:
                raise NoTokenError(await _reason(answer))
            answer.raise_for_status()
            try:
                data = await answer.json(content_type=None)
                return str(data["access_token"]), float(data["expires_in"])
            except (ValueError, KeyError, TypeError) as error:
                raise aiohttp.ClientPayloadError("no token in the answer") from error


def _address(place: Place) -> URL:
    parts = [place.service_url.rstrip("/"), "v3/conversations", quote(place.conversation, safe=""), "activities"]
    if place.activity:
        parts.append(quote(place.activity, safe=""))
    return URL("/".join(parts), encoded=True)


async def _reason(answer: aiohttp.ClientResponse) -> str:
    """Microsoft's code such as AADSTS7000215 (wrong secret); the rest of the text is long and names ids."""
    try:
        data = await answer.json(content_type=None)
        return f"{data['error']} {str(data.get('error_description', '')).partition(':')[0]}".strip()
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status}"


def _seconds(retry_after: str | None) -> float | None:
    """None when it is not there, or a date."""
    return float(retry_after) if retry_after and retry_after.isdigit() else None
