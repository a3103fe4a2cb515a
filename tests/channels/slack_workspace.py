"""A Slack workspace on this machine that behaves like the real one, as far as the bot can tell.

Its Web API checks the token, the arguments and the blocks, and refuses with Slack's error codes; it can be told to
fail. It sends events, button presses and slash commands as Slack does: signed, sent again when the answer is late or
wrong, and with its own message echoed as an event.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import html
import json
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any
from urllib.parse import urlencode

import requests
from aiohttp import web

from tests.channels.block_kit import problems_of_home, problems_of_message

TOKEN = "xoxb-111111111111-voor-de-tests"
SECRET = "0123456789abcdef0123456789abcdef"
TEAM, BOT_USER, BOT = "T0TEAM", "U0BOT", "B0BOT"
CHANNEL = "C0ALGEMEEN"
PATIENCE = 3  # seconds in which Slack wants an answer
QUIET = 1  # seconds without a call: the bot is done talking
IN_TIME = 20  # seconds a test waits for something to happen


@dataclass
class Message:
    """One message of the bot; `former` are the blocks it had before it was updated."""

    channel: str
    ts: str
    thread: str | None
    text: str
    blocks: list[dict[str, Any]]
    former: list[list[dict[str, Any]]] = field(default_factory=list)

    @property
    def buttons(self) -> list[dict[str, Any]]:
        return [element for block in self.blocks if block["type"] == "actions" for element in block["elements"]]

    def button(self, title: str) -> tuple[dict[str, Any], str]:
        """The button with this title, or that starts with it, and the id of its block."""
        for block in self.blocks:
            for element in block.get("elements", []) if block["type"] == "actions" else []:
                if element["text"]["text"].startswith(title):
                    return element, block["block_id"]
        raise AssertionError(f"no button {title!r} among {[b['text']['text'] for b in self.buttons]}")


class SlackWorkspace:
    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []  # every call that came in, also refused ones
        self.refused: list[tuple[str, str, list[str]]] = []  # method, error code, why
        self.messages: dict[str, Message] = {}  # by ts
        self.ephemeral: list[dict[str, Any]] = []
        self.homes: dict[str, dict[str, Any]] = {}  # by user
        self.failures: dict[str, deque[int | str]] = defaultdict(deque)
        self.bot = ""  # address of the bot's server
        self._spoken: dict[str, int] = defaultdict(int)  # messages of people, by channel
        self._numbers = count(1)
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.api = asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(10)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    # What the bot calls

    async def _serve(self) -> str:
        app = web.Application()
        app.router.add_post("/api/{method}", self._called)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/api/"

    async def _called(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        body = await request.text()
        arguments = json.loads(body) if request.content_type == "application/json" else {}
        failing = self.failures[method]
        failure = failing.popleft() if failing else None
        with self._changed:
            self.calls.append((method, arguments))
            self._changed.notify_all()
        if failure == "silence":
            await asyncio.sleep(8)
        if failure in ("silence", "hang up"):
            assert request.transport
            request.transport.close()
            return web.Response()  # which nobody gets
        if failure == 429:
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})
        if isinstance(failure, int):
            return web.Response(status=failure, text="upstream error")
        with self._changed:
            answer = self._answer(method, request.headers.get("Authorization", ""), arguments)
            self._changed.notify_all()
        return web.json_response(answer)

    def _answer(self, method: str, authorization: str, given: dict[str, Any]) -> dict[str, Any]:
        if authorization != f"Bearer {TOKEN}":
            return self._refuse(method, "invalid_auth", [])
        handler = {
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.postEphemeral": self._post_ephemeral,
            "views.publish": self._publish,
            "conversations.history": self._history,
        }.get(method)
        return handler(method, given) if handler else self._refuse(method, "unknown_method", [])

    def _post(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        if error := self._mistake(method, given):
            return error
        ts = self._now()
        channel = direct(given["channel"]) if given["channel"].startswith("U") else given["channel"]
        blocks = as_slack_keeps(given["blocks"])
        self.messages[ts] = Message(channel, ts, given.get("thread_ts"), given["text"], blocks)
        return {"ok": True, "channel": channel, "ts": ts, "message": self._as_event(self.messages[ts])}

    def _update(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        if error := self._mistake(method, given):
            return error
        message = self.messages.get(given.get("ts", ""))
        if message is None or message.channel != given["channel"]:
            return self._refuse(method, "message_not_found", [])
        message.former.append(message.blocks)
        message.text, message.blocks = given["text"], as_slack_keeps(given["blocks"])
        return {"ok": True, "channel": message.channel, "ts": message.ts}

    def _post_ephemeral(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        if not given.get("user") or not given.get("text"):
            return self._refuse(method, "no_text", [])
        self.ephemeral.append(given)
        return {"ok": True, "message_ts": self._now()}

    def _publish(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        view = given.get("view")
        if problems := problems_of_home(view):
            return self._refuse(method, "invalid_arguments", problems)
        self.homes[given["user_id"]] = {**given["view"], "blocks": as_slack_keeps(given["view"]["blocks"])}
        return {"ok": True, "view": view}

    def _history(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        found = [self._as_event(m) for m in self.messages.values() if m.channel == given.get("channel")]
        found += [{"type": "message"}] * self._spoken[given.get("channel", "")]
        return {"ok": True, "messages": found[: given.get("limit", 100)], "has_more": False}

    def _mistake(self, method: str, given: dict[str, Any]) -> dict[str, Any] | None:
        if str(given.get("channel", ""))[:1] not in {"C", "D", "G", "U"}:
            return self._refuse(method, "channel_not_found", [])
        if not given.get("text") or len(given["text"]) > 40_000:
            return self._refuse(method, "msg_too_long" if given.get("text") else "no_text", [])
        if problems := problems_of_message(given.get("blocks")):
            return self._refuse(method, "invalid_blocks", problems)
        return None

    def _refuse(self, method: str, error: str, why: list[str]) -> dict[str, Any]:
        self.refused.append((method, error, why))
        return {"ok": False, "error": error, "response_metadata": {"messages": why}}

    def _as_event(self, message: Message) -> dict[str, Any]:
        thread = {"thread_ts": message.thread} if message.thread else {}
        return {
            "type": "message", "user": BOT_USER, "bot_id": BOT, "ts": message.ts, "team": TEAM,
            "text": message.text, "blocks": message.blocks, **thread,
        }  # fmt: skip

    def _now(self) -> str:
        return f"{int(time.time())}.{next(self._numbers):06}"

    # What people do

    def say(self, user: str, text: str, **event: Any) -> str:
        """A direct message to the bot, as typed; returns its time stamp."""
        ts = self._now()
        self._spoken[direct(user)] += 1
        typed = escape(text)
        self.event(
            type="message", channel=direct(user), channel_type="im", user=user, text=typed, ts=ts, team=TEAM, **event
        )  # fmt: skip
        return ts

    def mention(self, user: str, text: str, channel: str = CHANNEL, thread: str | None = None) -> str:
        ts = self._now()
        reply = {"thread_ts": thread} if thread else {}
        self.event(
            type="app_mention", channel=channel, user=user, text=f"<@{BOT_USER}> {text}", ts=ts, team=TEAM, **reply
        )  # fmt: skip
        return thread or ts

    def open(self, user: str, tab: str) -> None:
        self.event(type="app_home_opened", user=user, channel=direct(user), tab=tab, event_ts=self._now())

    def press(self, user: str, message: Message, title: str, trigger: str | None = None) -> requests.Response:
        element, block_id = message.button(title)
        seen = self._as_event(message)
        return self._interact(
            user,
            [{**element, "block_id": block_id, "action_ts": self._now()}],
            trigger,
            container={"type": "message", "message_ts": message.ts, "channel_id": message.channel},
            channel={"id": message.channel, "name": "directmessage"},
            message=seen,
        )

    def press_at_home(self, user: str, title: str) -> requests.Response:
        view = Message("", "", None, "", self.homes[user]["blocks"])
        element, block_id = view.button(title)
        action = {**element, "block_id": block_id, "action_ts": self._now()}
        return self._interact(user, [action], None, container={"type": "view", "view_id": "V1"}, view={"type": "home"})

    def command(self, user: str, text: str) -> requests.Response:
        form = {
            "command": "/leren", "text": text, "team_id": TEAM, "user_id": user, "user_name": "jan.jansen",
            "channel_id": CHANNEL, "trigger_id": f"c{next(self._numbers)}", "response_url": "https://example.org/",
        }  # fmt: skip
        return self.send("command", urlencode(form).encode(), "application/x-www-form-urlencoded")

    def _interact(
        self, user: str, actions: list[dict[str, Any]], trigger: str | None, **payload: Any
    ) -> requests.Response:
        person = {"id": user, "username": "jan.jansen", "team_id": TEAM}
        body = {
            "type": "block_actions", "user": person, "team": {"id": TEAM}, "api_app_id": "A0APP",
            "trigger_id": trigger or f"p{next(self._numbers)}", "actions": actions, **payload,
        }  # fmt: skip
        form = urlencode({"payload": json.dumps(body)}).encode()
        return self.send("interactive", form, "application/x-www-form-urlencoded")

    def event(self, **event: Any) -> list[int]:
        """Sends an event, again and again as Slack does while the answer is no 2xx; returns the status codes."""
        body = self.envelope(event)
        statuses = []
        for attempt in range(4):
            headers = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_error"} if attempt else {}
            statuses.append(self.send("events", body, headers=headers).status_code)
            if statuses[-1] < 300:
                break
        return statuses

    def envelope(self, event: dict[str, Any], event_id: str | None = None) -> bytes:
        return json.dumps(
            {
                "type": "event_callback", "team_id": TEAM, "api_app_id": "A0APP", "event": event,
                "event_id": event_id or f"Ev{next(self._numbers):08}", "event_time": int(time.time()),
                "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
            }
        ).encode()  # fmt: skip

    def send(
        self, path: str, body: bytes, kind: str = "application/json", headers: dict[str, str] | None = None
    ) -> requests.Response:
        """One signed request; `headers` may add or replace headers."""
        given = {"Content-Type": kind, **sign(body), **(headers or {})}
        return requests.post(f"{self.bot}/webhooks/slack/{path}", body, headers=given, timeout=PATIENCE)

    # What a test waits for

    def answers(self, number: int, channel: str, thread: str | None = None) -> list[Message]:
        """The messages of the bot at a place, once there are at least this many."""

        def found() -> list[Message]:
            return [m for m in self.messages.values() if m.channel == channel and m.thread == thread]

        self.wait(lambda: len(found()) >= number, f"{number} messages in {channel}")
        return found()

    def talk(self, channel: str, thread: str | None = None, least: int = 1) -> list[Message]:
        """The messages of the bot at a place, once it is done talking."""
        found = self.answers(least, channel, thread)
        while True:
            calls = len(self.calls)
            with self._changed:
                if not self._changed.wait_for(partial(self._called_since, calls), QUIET):
                    return found
            found = self.answers(least, channel, thread)

    def _called_since(self, calls: int) -> bool:
        return len(self.calls) > calls

    def wait(self, reached: Any, what: str) -> None:
        with self._changed:
            assert self._changed.wait_for(reached, IN_TIME), f"{what} did not come; refused: {self.refused}"


def direct(user: str) -> str:
    """The channel of the direct messages between a user and the bot."""
    return f"D{user[1:]}"


def escape(text: str) -> str:
    """As Slack sends what a person typed; its own <...> is left alone."""
    return text if "<" in text else html.escape(text, quote=False)


def as_slack_keeps(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Slack adds ids and defaults to the blocks it is given."""
    kept: list[dict[str, Any]] = json.loads(json.dumps(blocks))
    for number, block in enumerate(kept):
        block.setdefault("block_id", f"s{number}")
        for part in (block.get("text"), *block.get("fields", []), *block.get("elements", [])):
            if isinstance(part, dict) and part.get("type") == "mrkdwn":
                part.setdefault("verbatim", False)
    return kept


def sign(body: bytes, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The headers of a signed request, made as Slack documents it and not with the code under test."""
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}
