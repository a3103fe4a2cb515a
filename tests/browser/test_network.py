"""Bad networks: away and back, slow, a server that restarts. What was said arrives, and arrives once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.conftest import NO_NETWORK, SIZES, Visit, allows
from tests.browser.test_conversation import session
from tests.conftest import TOKEN, Server

Open = Callable[..., Visit]


def said_to(server: Server, one: Visit) -> list[str]:
    """What this person said, as the server kept it."""
    address = f"{server.url}/conversations/{session(one)}/tracker"
    events = requests.get(address, params={"token": TOKEN}, timeout=30).json()["events"]
    return [event["text"] for event in events if event["event"] == "user"]


@allows(NO_NETWORK)
@pytest.mark.parametrize("size", SIZES)
def test_what_is_typed_offline_is_sent_once_when_the_network_is_back(visit: Open, server: Server, size: str) -> None:
    one = visit(server.url, size).open()
    one.context.set_offline(True)
    expect(one.status).to_contain_text("Geen verbinding")
    one.say("ik heb geen tijd om te leren")
    one.say("ik werk in de zorg")
    expect(one.page.locator(".waiting:visible")).to_have_count(2)
    one.page.wait_for_timeout(1500)
    assert said_to(server, one) == ["/start"]
    one.context.set_offline(False)
    expect(one.page.locator(".waiting")).to_have_count(0, timeout=15_000)
    expect(one.status).to_be_empty()
    expect(one.cards.first).to_be_visible()
    assert said_to(server, one) == ["/start", "ik heb geen tijd om te leren", "ik werk in de zorg"]


@allows(NO_NETWORK)
def test_what_waits_is_sent_by_the_next_page(visit: Open, start_server: Callable[..., Server], tmp_path: Path) -> None:
    """The server goes away, the page is reloaded meanwhile (from the browser's cache), the server comes back."""
    server = start_server(tmp_path)
    one = visit(server.url + "/gesprek")
    expect(one.bot).to_have_count(1)
    port = server.port
    server.stop()
    expect(one.status).to_contain_text("Geen verbinding")
    one.say("ik heb geen tijd om te leren")
    expect(one.page.locator(".waiting:visible")).to_have_count(1)
    one.page.goto("about:blank")
    server = start_server(tmp_path, port)
    one.page.goto(server.url + "/gesprek")
    expect(one.user).to_contain_text("geen tijd")
    expect(one.cards.first).to_be_visible(timeout=15_000)
    assert said_to(server, one) == ["/start", "ik heb geen tijd om te leren"]
    server.stop()


@allows(NO_NETWORK)
def test_an_answer_that_got_lost_is_shown_without_asking_twice(visit: Open, server: Server) -> None:
    """The message arrived, the connection broke before its answer and acknowledgement came back."""
    one = visit(server.url + "/gesprek")
    expect(one.bot).to_have_count(1)
    one.page.evaluate(
        """() => {
          const chat = document.querySelector('interventiewijzer-chat');
          const socket = chat.connection.socket;
          socket.io.engine.transport.ws.onmessage = () => {};  // nothing comes in any more
        }"""
    )
    one.say("ik heb geen tijd om te leren")
    one.page.wait_for_timeout(1000)
    expect(one.cards).to_have_count(0)
    expect(one.page.locator(".typing")).to_be_visible()
    one.page.reload()
    expect(one.cards).to_have_count(3)
    expect(one.user).to_have_count(1)
    assert said_to(server, one) == ["/start", "ik heb geen tijd om te leren"]


@allows(NO_NETWORK)
def test_an_open_window_finds_a_restarted_server(
    visit: Open, start_server: Callable[..., Server], tmp_path: Path
) -> None:
    server = start_server(tmp_path)
    one = visit(server.url).open()
    one.say("ik heb geen tijd om te leren")
    expect(one.cards).to_have_count(3)
    port = server.port
    server.stop()
    one.cards.first.get_by_role("button").click()
    expect(one.page.locator(".waiting:visible")).to_have_count(1)
    server = start_server(tmp_path, port)
    expect(one.page.get_by_role("button", name="Zo werkt het")).to_be_visible(timeout=15_000)
    assert len(said_to(server, one)) == 3
    server.stop()


@pytest.mark.parametrize("size", SIZES)
def test_a_slow_network_shows_that_the_bot_is_typing(visit: Open, server: Server, size: str) -> None:
    one = visit("about:blank", size)
    network = one.context.new_cdp_session(one.page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 700, "downloadThroughput": 30_000, "uploadThroughput": 15_000}
    network.send("Network.emulateNetworkConditions", slow)
    # Chromium slows requests down, not a WebSocket: this browser has none, as behind some companies' proxies.
    one.context.add_init_script("delete window.WebSocket")
    one.page.goto(server.url)
    one.page.get_by_role("button", name="Stel een vraag").click(timeout=30_000)
    expect(one.bot.first).to_be_visible(timeout=30_000)
    one.say("ik heb geen tijd om te leren")
    expect(one.page.locator(".typing")).to_be_visible()
    expect(one.cards).to_have_count(3, timeout=30_000)
    expect(one.page.locator(".typing")).to_be_hidden()
    assert said_to(server, one) == ["/start", "ik heb geen tijd om te leren"]
