"""Calls to Slack's Web API: tried again when Slack is busy or does not answer, and logged without what is said."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.channels.slack.settings import Settings

logger = logging.getLogger(__name__)

TIMEOUT = 5  # seconds a call may take
ATTEMPTS = 4  # of one call, the first included
_UNREACHABLE = [aiohttp.ClientError, ConnectionError, asyncio.TimeoutError]


class SlackClient:
    """One connection pool for all calls; open it in the event loop of the server."""

    def __init__(self, settings: Settings) -> None:
        self._web = AsyncWebClient(
            settings.token,
            base_url=settings.api,
            retry_handlers=[
                AsyncRateLimitErrorRetryHandler(ATTEMPTS - 1),  # waits as long as Slack says
                AsyncServerErrorRetryHandler(ATTEMPTS - 1),
                AsyncConnectionErrorRetryHandler(ATTEMPTS - 1, error_types=_UNREACHABLE),
            ],
        )

    async def open(self) -> None:
        self._web.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT))

    async def close(self) -> None:
        if self._web.session:
            await self._web.session.close()

    async def call(self, method: str, **arguments: Any) -> dict[str, Any] | None:
        """Slack's answer; None when the call failed, which is logged."""
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            answer = await self._web.api_call(method, json=given)
        except SlackApiError as error:
            logger.error("Slack refused %s: %s", method, _reason(error.response))
        except (SlackClientError, aiohttp.ClientError, asyncio.TimeoutError) as error:
            logger.error("Slack could not be reached for %s: %s", method, type(error).__name__)
        else:
            return dict(answer.data) if isinstance(answer.data, dict) else {}
        return None


def _reason(answer: AsyncSlackResponse) -> str:
    """Slack's error code; a status code when the answer is not one of Slack itself."""
    data = answer.data
    return str(data["error"]) if isinstance(data, dict) and "error" in data else f"status {answer.status_code}"
