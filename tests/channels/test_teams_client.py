"""What the client of Teams does when Microsoft's services are busy, silent or away; and whom it trusts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import pytest
from yarl import URL

from bot.channels.teams import client as client_module
from bot.channels.teams import trust
from bot.channels.teams.client import TeamsClient
from bot.channels.teams.incoming import Place
from bot.channels.teams.settings import ANY_TENANT, Settings
from bot.channels.teams.trust import KeysUnavailableError, RefusedError, SigningKeys, is_trusted
from bot.settings import StartError
from tests.channels.teams_service import APP_ID, BOT, PASSWORD, TENANT, TeamsService

HELLO = {"type": "message", "textFormat": "markdown", "text": "Hoi"}


@pytest.fixture
def service() -> Iterator[TeamsService]:
    found = TeamsService()
    yield found
    found.close()


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client waited between attempts, in seconds; no test really waits."""
    found: list[float] = []

    async def note(seconds: float) -> None:
        found.append(seconds)

    monkeypatch.setattr(client_module, "sleep", note)
    monkeypatch.setattr(client_module, "TIMEOUT", 1)
    return found


def settings(service: TeamsService) -> Settings:
    return Settings(
        APP_ID, PASSWORD, TENANT, f"{service.url}/login", f"{service.url}/openid", (URL(service.service_url),)
    )


def place(service: TeamsService) -> Place:
    return Place(service.service_url, "19:a b/c?d#e@thread.tacv2;messageid=1", "29:x", BOT, "17/00?")


def run(chosen: Settings, work: Callable[[TeamsClient], Awaitable[None]]) -> None:
    async def all_of_it() -> None:
        client = TeamsClient(chosen)
        await client.open()
        try:
            await work(client)
        finally:
            await client.close()

    asyncio.run(all_of_it())


def send(service: TeamsService, times: int = 1) -> list[bool]:
    results: list[bool] = []

    async def work(client: TeamsClient) -> None:
        for _ in range(times):
            results.append(await client.send(place(service), HELLO))

    run(settings(service), work)
    return results


def test_ids_with_odd_characters_arrive_whole(service: TeamsService) -> None:
    assert send(service) == [True]
    assert (service.sent[0].conversation, service.sent[0].reply_to) == (place(service).conversation, "17/00?")


def test_retry_after_is_obeyed_up_to_a_minute(service: TeamsService, waits: list[float]) -> None:
    service.failures.extend([(429, {"Retry-After": "7"}), (429, {"Retry-After": "4000"})])
    assert send(service) == [True]
    assert waits == [7, 60]


def test_each_wait_is_longer(service: TeamsService, waits: list[float]) -> None:
    service.failures.extend([(500, {}), (502, {}), (503, {}), (504, {})])
    assert send(service) == [True]
    assert waits == sorted(waits) and len(waits) == 4 and waits[-1] > 4 * waits[0]


def test_it_gives_up_in_the_end(service: TeamsService, waits: list[float]) -> None:
    service.failures.extend([(503, {})] * 5)
    assert send(service) == [False]
    assert len(waits) == 4 and service.sent == []


@pytest.mark.parametrize("status", [400, 403, 404, 413, 302])
def test_what_will_not_get_better_is_not_tried_again(status: int, service: TeamsService, waits: list[float]) -> None:
    service.failures.append((status, {"Location": f"{service.url}/elders"}))
    assert send(service) == [False]
    assert waits == [] and f"{service.url}/elders" not in service.calls


def test_a_service_that_does_not_answer_is_tried_again(service: TeamsService, waits: list[float]) -> None:
    service.silences = 1
    assert send(service) == [True]
    assert len(waits) == 1


def test_a_service_that_is_away_is_tried_again(service: TeamsService, waits: list[float]) -> None:
    chosen = settings(service)
    service.close()
    results: list[bool] = []

    async def work(client: TeamsClient) -> None:
        client._token, client._until = "toegang", float("inf")
        results.append(await client.send(place(service), HELLO))

    run(chosen, work)
    assert results == [False] and len(waits) == 4


def test_a_token_is_used_until_shortly_before_its_end(service: TeamsService) -> None:
    assert send(service, times=3) == [True] * 3
    assert len(service.tokens) == 1
    service.token_seconds = 0
    assert send(service, times=2) == [True] * 2
    assert len(service.tokens) == 3


def test_a_refused_token_is_renewed_once(service: TeamsService) -> None:
    service.failures.append((401, {}))
    assert send(service) == [True]
    assert len(service.tokens) == 2
    service.failures.extend([(401, {}), (401, {})])
    assert send(service) == [False]
    assert len(service.tokens) == 4


def test_a_bot_for_many_tenants_asks_elsewhere_for_its_token(service: TeamsService) -> None:
    run(replace(settings(service), tenant=ANY_TENANT), lambda client: client.check_settings())
    assert service.calls == ["/login/botframework.com/oauth2/v2.0/token"]


def test_a_wrong_secret_is_named_without_showing_it(service: TeamsService) -> None:
    wrong = replace(settings(service), password="een-ander-wachtwoord")
    with pytest.raises(StartError, match=r"TEAMS_APP_PASSWORD.*AADSTS7000215") as caught:
        run(wrong, lambda client: client.check_settings())
    assert "een-ander" not in str(caught.value)


def test_a_login_service_that_is_away_does_not_stop_the_start(service: TeamsService) -> None:
    chosen = settings(service)
    service.close()
    run(chosen, lambda client: client.check_settings())


def test_nothing_goes_to_an_address_that_is_not_trusted(service: TeamsService) -> None:
    elsewhere = replace(place(service), service_url=f"{service.url}/elders/")
    run(settings(service), lambda client: _is_false(client.send(elsewhere, HELLO)))
    assert service.calls == []


async def _is_false(result: Awaitable[bool]) -> None:
    assert await result is False


@pytest.mark.parametrize(
    ("address", "trusted"),
    [
        ("https://smba.trafficmanager.net/emea/", True),
        ("https://smba.trafficmanager.net/emea/99999999-8888-7777-6666-555555555555/", True),
        ("https://SMBA.trafficmanager.net:443/amer/", True),
        ("https://smba.infra.gcc.teams.microsoft.com/", True),
        ("https://webchat.botframework.com/", True),
        ("https://extra.example/teams/x", True),
        ("https://extra.example/elders/", False),
        ("https://extra.example/teams/../elders/", False),
        ("https://extra.example:8443/teams/", False),
        ("http://extra.example/teams/", False),
        ("https://botframework.com/", False),
        ("https://x.trafficmanager.net/", False),
        ("https://a:b@smba.trafficmanager.net/", False),
        ("https://smba.trafficmanager.net./", False),
        ("ftp://smba.trafficmanager.net/", False),
        ("", False),
        ("https://[", False),
    ],
)
def test_trusted_addresses(address: str, trusted: bool) -> None:
    assert is_trusted(address, [URL("https://extra.example/teams/")]) is trusted


def test_keys_are_read_again_for_an_unknown_one_but_not_too_often(
    service: TeamsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(client: TeamsClient) -> None:
        keys = SigningKeys(f"{service.url}/openid", client.session)
        await asyncio.gather(*(keys.get("sleutel-1") for _ in range(20)))
        assert service.key_readings == 1
        service.keys["sleutel-2"] = (service.key, None)
        with pytest.raises(RefusedError):
            await keys.get("sleutel-2")
        assert service.key_readings == 1
        monkeypatch.setattr(trust, "KEYS_PAUSE", 0)
        assert (await keys.get("sleutel-2")).endorsements == frozenset()
        assert service.key_readings == 2
        del service.keys["sleutel-1"]
        monkeypatch.setattr(trust, "KEYS_AGE", 0)
        with pytest.raises(RefusedError):
            await keys.get("sleutel-1")  # withdrawn

    run(settings(service), work)


def test_keys_that_cannot_be_read(service: TeamsService, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(client: TeamsClient) -> None:
        keys = SigningKeys(f"{service.url}/elders", client.session)
        with pytest.raises(KeysUnavailableError):
            await keys.get("sleutel-1")
        known = SigningKeys(f"{service.url}/openid", client.session)
        await known.get("sleutel-1")
        monkeypatch.setattr(trust, "KEYS_AGE", 0)
        monkeypatch.setattr(trust, "KEYS_PAUSE", 0)
        known._openid = f"{service.url}/elders"
        await known.get("sleutel-1")  # old keys are better than none

    run(settings(service), work)
