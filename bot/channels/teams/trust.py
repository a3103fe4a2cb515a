"""Who may talk to the bot, and to whom the bot shows its access token."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import jwt
from yarl import URL

logger = logging.getLogger(__name__)

ISSUER = "https://api.botframework.com"
ALGORITHM = "RS256"
LEEWAY = 300  # seconds that clocks may differ
KEYS_AGE = 24 * 3600  # seconds that signing keys are used before they are read again
KEYS_PAUSE = 60  # seconds at least between two readings, whatever callers send
TIMEOUT = 10  # seconds
_SERVICES = ("smba.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com")
_DOMAIN = ".botframework.com"


class RefusedError(Exception):
    """The request does not prove that it comes from the Bot Framework; the message says why, without its contents."""


class KeysUnavailableError(Exception):
    """The signing keys cannot be read now; the request may come again."""


@dataclass(frozen=True)
class Key:
    """`endorsements`: the channels that the key may sign for; empty when its issuer does not say."""

    public: jwt.PyJWK
    endorsements: frozenset[str]


class SigningKeys:
    """The public keys of the Bot Framework by id, read again now and then, and when an unknown id turns up."""

    def __init__(self, openid: str, session: aiohttp.ClientSession) -> None:
        self._openid = openid
        self._session = session
        self._keys: dict[str, Key] = {}
        self._read_at = self._tried_at = float("-inf")
        self._reading = asyncio.Lock()

    async def get(self, key_id: str) -> Key:
        """Raises RefusedError for an unknown id, KeysUnavailableError when there are no keys at all."""
        if key_id not in self._keys or time.monotonic() - self._read_at > KEYS_AGE:
            async with self._reading:
                await self._refresh(key_id)
        if not self._keys:
            raise KeysUnavailableError
        if key_id not in self._keys:
            raise RefusedError("unknown signing key")
        return self._keys[key_id]

    async def _refresh(self, key_id: str) -> None:
        now = time.monotonic()
        if (key_id in self._keys and now - self._read_at <= KEYS_AGE) or now - self._tried_at < KEYS_PAUSE:
            return  # someone else was first, or it is too soon
        self._tried_at = now
        try:
            where = (await self._json(self._openid))["jwks_uri"]
            found = {key["kid"]: _key(key) for key in (await self._json(where))["keys"] if key.get("kty") == "RSA"}
        except (aiohttp.ClientError, asyncio.TimeoutError, jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            logger.error("The signing keys of the Bot Framework cannot be read: %s", type(error).__name__)
            return
        self._keys, self._read_at = found, now

    async def _json(self, address: str) -> Any:
        async with self._session.get(address, timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as answer:
            answer.raise_for_status()
            return await answer.json(content_type=None)


def _key(data: dict[str, Any]) -> Key:
    return Key(jwt.PyJWK(data, algorithm=ALGORITHM), frozenset(data.get("endorsements") or ()))


@dataclass(frozen=True)
class Caller:
    """What a valid token says."""

    service_url: str
    endorsements: frozenset[str]

    def check(self, activity: dict[str, Any]) -> None:
        """That this activity goes with the token. Raises RefusedError."""
        if activity.get("serviceUrl") != self.service_url:
            raise RefusedError("serviceurl claim differs from the activity's")
        if self.endorsements and activity.get("channelId") not in self.endorsements:
            raise RefusedError("signing key is not endorsed for the channel")


async def check_token(header: str | None, keys: SigningKeys, app_id: str) -> Caller:
    """`header` is the Authorization header. Raises RefusedError and KeysUnavailableError."""
    kind, _, token = (header or "").partition(" ")
    if kind != "Bearer" or not token:
        raise RefusedError("no bearer token")
    try:
        head = jwt.get_unverified_header(token)
        if head.get("alg") != ALGORITHM:
            raise RefusedError(f"algorithm is not {ALGORITHM}")
        key = await keys.get(str(head.get("kid")))
        claims = jwt.decode(
            token,
            key.public,
            algorithms=[ALGORITHM],
            audience=app_id,
            issuer=ISSUER,
            leeway=LEEWAY,
            options={"require": ["exp", "iss", "aud"]},
        )
    except jwt.PyJWTError as error:
        raise RefusedError(type(error).__name__) from error
    return Caller(str(claims.get("serviceurl")), key.endorsements)


def is_trusted(service_url: str, others: Sequence[URL]) -> bool:
    """Whether the bot's access token may go to this address: Microsoft's, or under one of `others`."""
    try:
        url = URL(service_url)
        origin, host, port = url.origin(), url.host or "", url.port
    except (ValueError, TypeError):  # also for an address without a scheme or host
        return False
    if url.user is not None or url.password is not None:
        return False
    if any(origin == other.origin() and url.path.startswith(other.path) for other in others):
        return True
    return url.scheme == "https" and port == 443 and (host in _SERVICES or host.endswith(_DOMAIN))
