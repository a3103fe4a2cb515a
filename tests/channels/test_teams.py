"""Whole conversations between people in a simulated Teams and the real server, and requests that must be refused."""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.channels.teams.settings import Settings
from bot.settings import StartError
from tests.channels.teams_service import APP_ID, BOT, PASSWORD, TeamsService, personal, thread
from tests.conftest import Server

SECRET = "geheim-voor-de-tests-van-teams"
users = iter(f"gebruiker{number}" for number in range(1, 10_000))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("teams")


@pytest.fixture(scope="module")
def connected(start_server: Callable[..., Server], folder: Path) -> Iterator[tuple[TeamsService, Server]]:
    service = TeamsService()
    server = start_server(folder, BOT_SECRET=SECRET, **service.settings)
    service.bot = server.url
    yield service, server
    server.stop()
    service.close()


@pytest.fixture
def teams(connected: tuple[TeamsService, Server]) -> Iterator[TeamsService]:
    service = connected[0]
    yield service
    assert service.refused == [], "the simulated Teams refused something"
    assert not service.failures


@pytest.fixture
def user() -> str:
    return next(users)


def chat(user: str) -> str:
    return str(personal(user)["id"])


def stored(folder: Path) -> int:
    """Events in the conversation store."""
    with sqlite3.connect(folder / "gesprekken.db") as database:
        return int(database.execute("select count(*) from events").fetchone()[0])


def settle() -> None:
    """Long enough for what must not happen to happen."""
    time.sleep(0.5)


# Conversations


def test_a_talk_with_buttons_that_come_back(teams: TeamsService, user: str) -> None:
    asked = teams.say(user, "ik werk in de zorg &amp; heb geen tijd om te leren")
    first = teams.answers(chat(user))
    assert {sent.reply_to for sent in first} == {asked["id"]}
    assert chat(user) in teams.typing
    choices = next(sent for sent in reversed(first) if sent.buttons)
    title = choices.buttons[0]["title"]
    teams.press(user, choices, title)
    second = teams.answers(chat(user), after=len(first))
    assert second[0].text != first[0].text
    again = next(sent for sent in reversed(second) if sent.buttons)
    teams.press(user, again, again.buttons[0]["title"])
    assert teams.answers(chat(user), after=len(first) + len(second))


def test_a_button_that_arrives_with_its_value_only(teams: TeamsService, user: str) -> None:
    """As the test window of Azure and old clients send it: all data of the button, as an object or as text."""
    teams.say(user, "hoi")
    sent = teams.answers(chat(user))[-1]
    data = sent.buttons[0]["data"]
    for number, value in enumerate([data, json.dumps(data), {"payload": data["payload"]}, data["msteams"]], 1):
        activity = teams.activity(next(users), value=value)
        assert teams.deliver(activity).status_code == 200
        where = activity["conversation"]["id"]
        assert teams.answers(where)[0].text, number


def test_installing_is_welcomed_once(teams: TeamsService, user: str) -> None:
    added = teams.activity(user, "conversationUpdate", membersAdded=[BOT, {"id": f"29:{user}"}])
    installed = teams.activity(user, "installationUpdate", action="add")
    assert [teams.deliver(a).status_code for a in (installed, added)] == [200, 200]
    (welcome,) = teams.answers(chat(user))
    assert "Interventiewijzer" in welcome.text and welcome.buttons and welcome.reply_to is None
    for action in ("remove", "add"):
        assert teams.deliver(teams.activity(user, "installationUpdate", action=action)).status_code == 200
    assert len(teams.answers(chat(user), least=2)) == 2


def test_a_mention_is_answered_in_its_thread(teams: TeamsService, user: str) -> None:
    where = thread(user)
    asked = teams.mention(user, "wat is EVC?", where)
    first = teams.answers(where["id"])
    assert {sent.reply_to for sent in first} == {asked["id"]}
    assert "EVC" in "".join(sent.text for sent in first)
    assert not [sent for sent in teams.sent if sent.conversation == chat(user)]


def test_a_mention_alone_opens_a_talk(teams: TeamsService, user: str) -> None:
    teams.mention(user, "", thread(user))
    assert "Interventiewijzer" in teams.answers(thread(user)["id"])[0].text


def test_people_in_a_group_have_talks_of_their_own(
    teams: TeamsService, connected: tuple[TeamsService, Server], folder: Path
) -> None:
    one, two, where = next(users), next(users), thread("samen")
    teams.mention(one, "ik ben leidinggevende en mijn team heeft geen tijd", where)
    first = teams.answers(where["id"])
    teams.mention(two, "hoi", where)
    second = teams.answers(where["id"], after=len(first))
    assert "Interventiewijzer" in second[0].text  # a stranger is greeted as one
    with sqlite3.connect(folder / "gesprekken.db") as database:
        senders = [row[0] for row in database.execute("select distinct sender_id from events")]
    assert senders and not [s for s in senders if "gebruiker" in s or "@" in s or not s.isalnum()]


def test_talk_in_a_group_without_a_mention_is_left_alone(teams: TeamsService, user: str, folder: Path) -> None:
    before, calls = stored(folder), list(teams.calls)
    others = [{"type": "mention", "mentioned": {"id": "29:ander"}, "text": "<at>Piet</at>"}]
    activity = teams.activity(user, where=thread(user), text="<at>Piet</at> lunch?", entities=others)
    assert teams.deliver(activity).status_code == 200
    settle()
    assert (stored(folder), teams.calls) == (before, calls)


@pytest.mark.parametrize("kind", ["typing", "messageReaction", "messageUpdate", "endOfConversation", "event", "nieuw"])
def test_other_activities_are_left_alone(kind: str, teams: TeamsService, user: str, folder: Path) -> None:
    before, calls = stored(folder), list(teams.calls)
    assert teams.deliver(teams.activity(user, kind)).status_code == 200
    settle()
    assert (stored(folder), teams.calls) == (before, calls)


def test_an_invoke_gets_an_invoke_response(teams: TeamsService, user: str) -> None:
    answer = teams.deliver(teams.activity(user, "invoke", name="composeExtension/query", value={"a": 1}))
    assert (answer.status_code, answer.json()) == (200, {})
    pressed = {"action": {"type": "Action.Execute", "data": {"payload": "/start"}}, "trigger": "manual"}
    answer = teams.deliver(teams.activity(user, "invoke", name="adaptiveCard/action", value=pressed))
    assert answer.json()["statusCode"] == 200 and answer.json()["type"].startswith("application/vnd.microsoft")
    assert "Interventiewijzer" in teams.answers(chat(user))[0].text


def test_a_picture_without_words_is_answered(teams: TeamsService, user: str) -> None:
    activity = teams.activity(user, attachments=[{"contentType": "image/png", "contentUrl": "https://x.nl/a.png"}])
    assert teams.deliver(activity).status_code == 200
    assert teams.answers(chat(user))[0].text


# When Teams is busy or slow


@pytest.mark.parametrize("status", [412, 429, 500, 502, 503, 504])
def test_sending_is_tried_again(status: int, teams: TeamsService, user: str) -> None:
    where = personal(user)
    teams.failures.extend([(status, {"Retry-After": "1"})] * 2)  # the typing sign is one of the calls
    teams.say(user, "hoi")
    assert len(teams.answers(where["id"])) == 1


def test_an_access_token_that_ended_early_is_renewed(teams: TeamsService, user: str) -> None:
    before = len(teams.tokens)
    teams.expired.update(teams.tokens)
    teams.say(user, "hoi")
    assert teams.answers(chat(user))
    assert len(teams.tokens) > before


def test_an_access_token_is_used_again(teams: TeamsService, user: str) -> None:
    before = len(teams.tokens)
    teams.say(user, "hoi")
    teams.answers(chat(user))
    assert len(teams.tokens) == before


def test_a_slow_service_keeps_nobody_else_waiting(
    teams: TeamsService, connected: tuple[TeamsService, Server], user: str
) -> None:
    other = next(users)
    teams.held[chat(user)] = threading.Event()
    try:
        for _ in range(12):
            teams.say(user, "hoi")
        for text in ("hoi", "ik heb geen tijd", "wat is EVC?"):
            before = len([s for s in teams.sent if s.conversation == chat(other)])
            teams.say(other, text)
            assert teams.answers(chat(other), after=before)
        assert connected[1].say(other, "hoi")
        assert not [sent for sent in teams.sent if sent.conversation == chat(user)]  # still held
    finally:
        teams.held.pop(chat(user)).set()
    assert len(teams.answers(chat(user), least=12)) >= 12


def test_messages_of_one_person_are_answered_in_order(teams: TeamsService, user: str) -> None:
    asked = [teams.say(user, text)["id"] for text in ("hoi", "ik heb geen tijd", "dank je", "doei")]
    order = [sent.reply_to for sent in teams.answers(chat(user), least=4)]
    assert list(dict.fromkeys(order)) == asked


# Refused requests


def claims(teams: TeamsService, **changed: Any) -> dict[str, Any]:
    return jwt.decode(teams.token(**changed), options={"verify_signature": False})


def forged(teams: TeamsService) -> str:
    stranger = rsa.generate_private_key(65537, 2048)
    return jwt.encode(claims(teams), stranger, algorithm="RS256", headers={"kid": "sleutel-1"})


def altered(teams: TeamsService) -> str:
    head, _, signature = teams.token().split(".")
    body = urlsafe_b64encode(json.dumps(claims(teams) | {"exp": 9_999_999_999}).encode()).decode().rstrip("=")
    return f"{head}.{body}.{signature}"


def by_public_key(teams: TeamsService) -> str:
    """HS256 with the public key as its secret; by hand, because PyJWT refuses to make it."""
    secret = teams.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    parts = [{"alg": "HS256", "typ": "JWT", "kid": "sleutel-1"}, claims(teams)]
    text = ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{text}.{urlsafe_b64encode(hmac.digest(secret, text.encode(), hashlib.sha256)).decode().rstrip('=')}"


NOW = time.time
TOKENS: dict[str, Callable[[TeamsService], str]] = {
    "no token": lambda _: "",
    "no JWT": lambda _: "geen-token",
    "forged signature": forged,
    "altered claims": altered,
    "expired": lambda t: t.token(exp=int(NOW()) - 301, nbf=int(NOW()) - 4000),
    "not yet valid": lambda t: t.token(nbf=int(NOW()) + 330),
    "no expiry": lambda t: t.token(exp=None),
    "wrong audience": lambda t: t.token(aud="66666666-2222-3333-4444-555555555555"),
    "no audience": lambda t: t.token(aud=None),
    "wrong issuer": lambda t: t.token(iss="https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"),
    "unknown key": lambda t: t.token(key_id="sleutel-van-niemand"),
    "alg none": lambda t: jwt.encode(claims(t), "", algorithm="none", headers={"kid": "sleutel-1"}),
    "alg HS256, signed with the public key": by_public_key,
    "alg RS512": lambda t: jwt.encode(claims(t), t.key, algorithm="RS512", headers={"kid": "sleutel-1"}),
    "wrong serviceurl claim": lambda t: t.token(service_url="https://smba.trafficmanager.net/emea/"),
    "no serviceurl claim": lambda t: jwt.encode(
        {k: v for k, v in claims(t).items() if k != "serviceurl"},
        t.key,
        algorithm="RS256",
        headers={"kid": "sleutel-1"},
    ),
}


def nothing_done(name: str, teams: TeamsService, folder: Path, activity: Any, token: str) -> int:
    before, calls, sent = stored(folder), list(teams.calls), len(teams.sent)
    answer = teams.deliver(activity, token)
    settle()
    assert (stored(folder), teams.calls, len(teams.sent)) == (before, calls, sent)
    print(f"| {name} | {answer.status_code} | {answer.text[:80]} |")  # pytest -s shows the table
    return answer.status_code


@pytest.mark.parametrize("name", TOKENS)
def test_a_bad_token_is_refused(name: str, teams: TeamsService, user: str, folder: Path) -> None:
    activity = teams.activity(user, text="hoi")
    assert nothing_done(name, teams, folder, activity, TOKENS[name](teams)) == 401


def test_clocks_may_differ_a_little(teams: TeamsService, user: str) -> None:
    now = int(NOW())
    for token in (teams.token(exp=now - 240, nbf=now - 4000), teams.token(nbf=now + 240)):
        assert teams.deliver(teams.activity(user, text="hoi"), token).status_code == 200
    assert len(teams.answers(chat(user), least=2)) == 2


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/emea/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://smba.trafficmanager.net@evil.example/",
        "https://smba.trafficmanager.net\\@evil.example/",
        "http://smba.trafficmanager.net/emea/",
        "https://smba.trafficmanager.net:8443/emea/",
        "https://evilbotframework.com/",
        "http://127.0.0.1:9/emea/",
        "//smba.trafficmanager.net/",
        "geen adres",
    ],
)
def test_an_address_that_is_not_trusted_is_refused(address: str, teams: TeamsService, user: str, folder: Path) -> None:
    activity = teams.activity(user, text="hoi", serviceUrl=address)
    token = teams.token(service_url=address)
    assert nothing_done(f"serviceUrl {address}", teams, folder, activity, token) == 401


def test_a_key_that_is_not_endorsed_for_the_channel_is_refused(teams: TeamsService, user: str, folder: Path) -> None:
    activity = teams.activity(user, text="hoi", channelId="webchat")
    name = "key not endorsed for the channel"
    assert nothing_done(name, teams, folder, activity, teams.token()) == 401


BODIES: dict[str, tuple[int, Callable[[dict[str, Any]], Any]]] = {
    "oversized body": (413, lambda a: a | {"text": "x" * 250_000}),
    "malformed JSON": (400, lambda a: json.dumps(a).encode()[:-5]),
    "deeply nested JSON": (400, lambda a: b"[" * 100_000),
    "not UTF-8": (400, lambda a: b"\xff\xfe{"),
    "JSON, but no object": (400, lambda a: [a]),
    "empty body": (400, lambda a: b""),
    "no type": (400, lambda a: without(a, "type")),
    "no from": (400, lambda a: without(a, "from")),
    "from without id": (400, lambda a: a | {"from": {"name": "Jan"}}),
    "no conversation": (400, lambda a: without(a, "conversation")),
    "no recipient": (400, lambda a: without(a, "recipient")),
    "no id": (400, lambda a: without(a, "id")),
    "text is no text": (400, lambda a: a | {"text": {"a": 1}}),
    "no serviceUrl": (401, lambda a: without(a, "serviceUrl")),
}


def without(activity: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in activity.items() if key != name}


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_is_refused(name: str, teams: TeamsService, user: str, folder: Path) -> None:
    status, spoiled = BODIES[name]
    body = spoiled(teams.activity(user, text="hoi"))
    assert nothing_done(name, teams, folder, body, teams.token()) == status


def test_an_activity_sent_again_is_handled_once(teams: TeamsService, user: str, folder: Path) -> None:
    activity = teams.say(user, "hoi")
    teams.answers(chat(user))
    assert nothing_done("replayed activity", teams, folder, activity, teams.token()) == 200


def test_a_new_key_is_read_and_unknown_ones_do_not_make_the_bot_read_again_and_again(
    start_server: Callable[..., Server], user: str
) -> None:
    service = TeamsService()
    server = start_server(BOT_SECRET=SECRET, **service.settings)
    service.bot = server.url
    try:
        for _ in range(5):
            answer = service.deliver(service.activity(user, text="hoi"), service.token(key_id="van-niemand"))
            assert answer.status_code == 401
        assert service.key_readings == 1
        service.say(user, "hoi")
        assert service.answers(chat(user))
        assert service.key_readings == 1
    finally:
        server.stop()
        service.close()


# The start


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"TEAMS_APP_PASSWORD": ""}, "TEAMS_APP_PASSWORD is missing"),
        ({"TEAMS_APP_ID": ""}, "TEAMS_APP_ID is missing"),
        ({"TEAMS_APP_ID": "bot"}, "TEAMS_APP_ID is not right"),
        ({"TEAMS_APP_PASSWORD": "kort"}, "TEAMS_APP_PASSWORD is not right"),
        ({"TEAMS_TENANT_ID": "mijn bedrijf"}, "TEAMS_TENANT_ID is not right"),
        ({"TEAMS_TENANT_ID": "../common"}, "TEAMS_TENANT_ID is not right"),
        ({"TEAMS_LOGIN_URL": "http://example.org"}, "TEAMS_LOGIN_URL is not right"),
        ({"TEAMS_OPENID_URL": "http://localhost@example.org/"}, "TEAMS_OPENID_URL is not right"),
        ({"TEAMS_SERVICE_URLS": "https://a.nl http://b.nl"}, "TEAMS_SERVICE_URLS is not right"),
        ({"BOT_SECRET": "kort"}, "BOT_SECRET"),
    ],
)
def test_wrong_settings_are_named(changed: dict[str, str], named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        {"TEAMS_APP_ID": APP_ID, "TEAMS_APP_PASSWORD": PASSWORD, "BOT_SECRET": SECRET} | changed
    ).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(StartError, match=named) as caught:
        Settings.read(None)
    assert PASSWORD not in str(caught.value)


def test_settings_in_credentials_yml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_SECRET", SECRET)
    found = Settings.read({"teams_app_id": APP_ID.upper(), "teams_app_password": PASSWORD})
    assert found and (found.app_id, found.password, found.tenant) == (APP_ID, PASSWORD, "botframework.com")
    assert PASSWORD not in repr(found)
    assert Settings.read(None) is None


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"TEAMS_APP_PASSWORD": ""}, "TEAMS_APP_PASSWORD is missing"),
        ({"TEAMS_APP_PASSWORD": PASSWORD + "fout"}, "AADSTS7000215"),
    ],
)
def test_wrong_settings_stop_the_start(changed: dict[str, str], named: str, model: Path, tmp_path: Path) -> None:
    service = TeamsService()
    settings = {"BOT_MODEL": str(model), "BOT_SECRET": SECRET, **service.settings, **changed}
    server = Server(tmp_path, None, **settings)
    try:
        assert server.process.wait(120) != 0
    finally:
        if server.process.poll() is None:
            server.stop()
        service.close()
    printed = server.log.read_text("utf-8")
    assert named in printed
    assert PASSWORD not in printed and "Traceback" not in printed


def test_without_settings_there_is_no_teams(server: Server) -> None:
    assert requests.post(f"{server.url}/webhooks/teams/webhook", json={}, timeout=10).status_code == 404
