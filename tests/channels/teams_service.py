"""Microsoft's side of Teams on this machine: the OpenID metadata and keys with which the bot checks who calls, the
login service where it gets its access token, and the connector that takes its messages.

The connector behaves like the real one as far as the bot can tell: it checks the access token, the activity and its
cards, gives ids, and can be told to be busy, to fail or to hang. People in Teams are simulated too: they send signed
activities to the bot, as Teams does.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

import jwt
import requests
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.channels.adaptive_card import elements, problems_of_message

APP_ID = "11111111-2222-3333-4444-555555555555"
PASSWORD = "wachtwoord~voor.de-tests"
TENANT = "99999999-8888-7777-6666-555555555555"
SCOPE = "https://api.botframework.com/.default"
BOT = {"id": f"28:{APP_ID}", "name": "Interventiewijzer"}
MOST_BYTES = 28 * 1024
IN_TIME = 30  # seconds a test waits for something to happen


@dataclass(frozen=True)
class Sent:
    """A message of the bot."""

    id: str
    conversation: str
    reply_to: str | None
    activity: dict[str, Any]

    @property
    def card(self) -> dict[str, Any] | None:
        attachments = self.activity.get("attachments")
        return attachments[0]["content"] if attachments else None

    @property
    def text(self) -> str:
        """All that is read."""
        found = [self.activity.get("text", "")]
        for element in elements(self.card) if self.card else ():
            found.append(element.get("text", ""))
            found += [f"{fact['title']}: {fact['value']}" for fact in element.get("facts", [])]
        return "\n".join(text for text in found if text)

    @property
    def actions(self) -> list[dict[str, Any]]:
        return [action for e in (elements(self.card) if self.card else ()) for action in e.get("actions", [])]

    @property
    def buttons(self) -> list[dict[str, Any]]:
        return [action for action in self.actions if action["type"] == "Action.Submit"]


class TeamsService:
    def __init__(self) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        self.keys: dict[str, tuple[rsa.RSAPrivateKey, list[str] | None]] = {"sleutel-1": (self.key, ["msteams"])}
        self.sent: list[Sent] = []
        self.typing: list[str] = []  # conversations
        self.refused: list[str] = []  # what the connector did not take, and why
        self.calls: list[str] = []  # paths that the bot asked for, keys left out
        self.key_readings = 0
        self.tokens: list[str] = []
        self.token_seconds = 3600
        self.expired: set[str] = set()
        self.failures: deque[tuple[int, dict[str, str]]] = deque()  # status and headers of the next answers
        self.silences = 0  # so many next calls get no answer
        self.held: dict[str, threading.Event] = {}  # conversations in which nothing is answered until it is set
        self.bot = ""  # address of the bot's server
        self._numbers = count(1)
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.url = asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(10)
        self.service_url = f"{self.url}/emea/"

    def close(self) -> None:
        if self._loop.is_closed():
            return
        for event in self.held.values():
            event.set()
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def settings(self) -> dict[str, str]:
        """Environment variables of a bot that is connected to this service."""
        return {
            "TEAMS_APP_ID": APP_ID,
            "TEAMS_APP_PASSWORD": PASSWORD,
            "TEAMS_TENANT_ID": TENANT,
            "TEAMS_LOGIN_URL": f"{self.url}/login",
            "TEAMS_OPENID_URL": f"{self.url}/openid",
            "TEAMS_SERVICE_URLS": f"{self.url}/emea/",
        }

    # What the bot calls

    async def _serve(self) -> str:
        app = web.Application(client_max_size=10**6)
        app.router.add_get("/openid", self._metadata)
        app.router.add_get("/jwks", self._jwks)
        app.router.add_post("/login/{tenant}/oauth2/v2.0/token", self._login)
        app.router.add_post("/emea/v3/conversations/{conversation}/activities", self._take)
        app.router.add_post("/emea/v3/conversations/{conversation}/activities/{reply_to}", self._take)
        app.router.add_route("*", "/{other:.*}", self._unknown)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _metadata(self, _: web.Request) -> web.Response:
        self.key_readings += 1
        return web.json_response(
            {
                "issuer": "https://api.botframework.com",
                "jwks_uri": f"{self.url}/jwks",
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def _jwks(self, _: web.Request) -> web.Response:
        found = []
        for key_id, (key, endorsements) in self.keys.items():
            data = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
            found.append(
                {**data, "kid": key_id, "use": "sig"} | ({"endorsements": endorsements} if endorsements else {})
            )
        return web.json_response({"keys": found})

    async def _login(self, request: web.Request) -> web.Response:
        self.calls.append(request.path)
        form = dict(await request.post())
        expected = {"grant_type": "client_credentials", "client_id": APP_ID, "scope": SCOPE}
        if {name: form.get(name) for name in expected} != expected:
            return web.json_response(
                {"error": "unauthorized_client", "error_description": "AADSTS700016: x"}, status=400
            )
        if request.match_info["tenant"] not in {TENANT, "botframework.com"}:
            return web.json_response({"error": "invalid_request", "error_description": "AADSTS90002: x"}, status=400)
        if form.get("client_secret") != PASSWORD:
            return web.json_response({"error": "invalid_client", "error_description": "AADSTS7000215: x"}, status=401)
        self.tokens.append(f"toegang-{uuid4().hex}")
        return web.json_response(
            {"token_type": "Bearer", "expires_in": self.token_seconds, "access_token": self.tokens[-1]}
        )

    async def _take(self, request: web.Request) -> web.Response:
        self.calls.append(request.path)
        conversation = request.match_info["conversation"]
        if conversation in self.held:
            await asyncio.get_running_loop().run_in_executor(None, self.held[conversation].wait, 60)
        if self.silences:
            self.silences -= 1
            await asyncio.sleep(60)
        if self.failures:
            status, headers = self.failures.popleft()
            return web.json_response({"error": {"code": "Busy", "message": "later"}}, status=status, headers=headers)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens or token in self.expired:
            return web.json_response({"message": "Authorization has been denied for this request."}, status=401)
        body = await request.read()
        if len(body) > MOST_BYTES:
            return self._refuse("message too large", 413)
        if problem := self._problem(request, json.loads(body)):
            return self._refuse(problem, 400)
        activity = json.loads(body)
        with self._changed:
            if activity["type"] == "typing":
                self.typing.append(conversation)
            else:
                number = str(next(self._numbers))
                self.sent.append(Sent(number, conversation, request.match_info.get("reply_to"), activity))
            self._changed.notify_all()
        return web.json_response({"id": str(next(self._numbers))}, status=201)

    def _problem(self, request: web.Request, activity: Any) -> str | None:
        if request.content_type != "application/json" or not isinstance(activity, dict):
            return "no JSON"
        if activity.get("from") != BOT or activity.get("conversation") != {"id": request.match_info["conversation"]}:
            return "from or conversation is wrong"
        if activity.get("replyToId") != request.match_info.get("reply_to"):
            return "replyToId differs from the address"
        if activity.get("type") == "typing":
            return None
        return "; ".join(problems_of_message(activity)) or None

    def _refuse(self, problem: str, status: int) -> web.Response:
        self.refused.append(problem)
        return web.json_response({"error": {"code": "BadSyntax", "message": problem}}, status=status)

    async def _unknown(self, request: web.Request) -> web.Response:
        self.calls.append(request.path)
        return web.Response(status=404)

    # What people and Teams do

    def token(self, key_id: str = "sleutel-1", service_url: str | None = None, **claims: Any) -> str:
        """As the Bot Framework signs it; a claim that is None is left out."""
        now = int(time.time())
        all_claims = {
            "serviceurl": service_url or self.service_url,
            "iss": "https://api.botframework.com",
            "aud": APP_ID,
            "nbf": now,
            "exp": now + 3600,
        } | claims
        key = self.keys.get(key_id, (self.key, None))[0]
        given = {name: value for name, value in all_claims.items() if value is not None}
        return jwt.encode(given, key, algorithm="RS256", headers={"kid": key_id})

    def activity(
        self, user: str, kind: str = "message", where: dict[str, Any] | None = None, **more: Any
    ) -> dict[str, Any]:
        return {
            "type": kind,
            "id": f"{next(self._numbers)}",
            "timestamp": "2026-11-21T12:00:00.000Z",
            "channelId": "msteams",
            "serviceUrl": self.service_url,
            "from": {"id": f"29:{user}", "name": "Jan Jansen", "aadObjectId": str(uuid4())},
            "recipient": BOT,
            "conversation": where or personal(user),
            "channelData": {"tenant": {"id": TENANT}},
            "locale": "nl-NL",
            **more,
        }

    def deliver(self, activity: Any, token: str | None = None) -> requests.Response:
        body = activity if isinstance(activity, bytes) else json.dumps(activity).encode()
        headers = {"Authorization": f"Bearer {self.token() if token is None else token}"} if token != "" else {}
        headers["Content-Type"] = "application/json; charset=utf-8"
        return requests.post(f"{self.bot}/webhooks/teams/webhook", data=body, headers=headers, timeout=30)

    def say(self, user: str, text: str, **more: Any) -> dict[str, Any]:
        """In the personal chat with the bot."""
        activity = self.activity(user, text=text, textFormat="plain", **more)
        assert self.deliver(activity).status_code == 200
        return activity

    def mention(self, user: str, text: str, where: dict[str, Any]) -> dict[str, Any]:
        mark = f"<at>{BOT['name']}</at>"
        entity = {"type": "mention", "mentioned": BOT, "text": mark}
        activity = self.activity(user, where=where, text=f"{mark} {text}\n", textFormat="plain", entities=[entity])
        assert self.deliver(activity).status_code == 200
        return activity

    def press(self, user: str, sent: Sent, title: str, where: dict[str, Any] | None = None) -> dict[str, Any]:
        """A button of a card, as a Teams client sends it back."""
        data = next(a["data"] for a in sent.buttons if a["title"].startswith(title))
        back = data["msteams"]
        activity = self.activity(user, where=where, text=back["text"], value=back["value"], replyToId=sent.id)
        assert self.deliver(activity).status_code == 200
        return activity

    def answers(self, conversation: str, least: int = 1, after: int = 0) -> list[Sent]:
        """What the bot said there from number `after` on; waits until there are `least`, and for what belongs to it."""
        found = self.wait(lambda: self.said(conversation)[after:], least)
        while True:  # the bot may say more than asked for
            time.sleep(0.3)
            now = self.said(conversation)[after:]
            if len(now) == len(found):
                return now
            found = now

    def wait(self, found: Callable[[], list[Any]], least: int) -> list[Any]:
        end = time.monotonic() + IN_TIME
        with self._changed:
            while len(found()) < least and time.monotonic() < end:
                self._changed.wait(0.2)
        assert len(found()) >= least, f"nothing came in time; refused: {self.refused}"
        return found()

    def said(self, conversation: str) -> list[Sent]:
        return [sent for sent in self.sent if sent.conversation == conversation]


def personal(user: str) -> dict[str, Any]:
    return {"id": f"a:1{user}", "conversationType": "personal", "tenantId": TENANT}


def thread(name: str) -> dict[str, Any]:
    return {
        "id": f"19:{name}@thread.tacv2;messageid=1700000000000",
        "conversationType": "channel",
        "tenantId": TENANT,
        "isGroup": True,
    }
