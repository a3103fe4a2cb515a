"""The window on somebody else's page: size, policy, origin, house style."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.conftest import Visit, allows
from tests.browser.loopback import Loopback
from tests.conftest import Server

Open = Callable[..., Visit]
ANYTHING = "default-src * data:"  # a site with a policy that stops nothing: what is refused, the server refuses
LIMIT = 120_000  # bytes, compressed
SCRIPT = "/widget/interventiewijzer-chat.js"


@pytest.fixture(scope="module")
def site() -> Iterator[Loopback]:
    """Somebody else's site."""
    with Loopback() as started:
        yield started


@pytest.fixture(scope="module")
def friend(site: Loopback, start_server: Callable[..., Server]) -> Server:
    """A real server that lets the pages of `site` call it."""
    return start_server(BOT_ORIGINS=f"https://ander.example.org {site.url}/")


def policy(server: Server) -> str:
    """What docs/widget.md tells an administrator to add, and nothing else that could help."""
    address = server.url
    return (
        f"default-src 'none'; script-src {address}; style-src {address}; "
        f"connect-src {address} {address.replace('http', 'ws')}; img-src data:; frame-src 'none'; base-uri 'none'"
    )


def test_a_page_of_an_allowed_site_under_a_strict_policy(visit: Open, site: Loopback, friend: Server) -> None:
    page = site.page("/intranet", script=friend.url + SCRIPT, Content_Security_Policy=policy(friend))
    one = visit(page).open()
    one.say("ik heb geen tijd om te leren")
    expect(one.cards).to_have_count(3)
    one.menu("Print het gesprek")
    one.page.get_by_role("button", name="Kopieer").last.click()
    one.menu("Tekst groter")
    one.page.keyboard.press("Escape")
    hosts = {urlsplit(address).netloc for address in one.requests if address.startswith(("http", "ws"))}
    assert hosts == {urlsplit(site.url).netloc, urlsplit(friend.url).netloc}  # nobody else


def test_the_server_can_be_named_by_an_attribute(visit: Open, site: Loopback, friend: Server) -> None:
    page = site.page(
        "/intranet", f'server="{friend.url}"', Content_Security_Policy=ANYTHING
    )  # the script is the site's own copy
    one = visit(page).open()
    one.say("ik heb geen tijd om te leren")
    expect(one.cards).to_have_count(3)


@allows(re.compile(r"CORS|net::ERR_FAILED|Access-Control"))
def test_a_page_of_another_site_gets_neither_script_nor_conversation(
    visit: Open, site: Loopback, server: Server
) -> None:
    one = visit(site.page("/vreemd", script=server.url + SCRIPT, Content_Security_Policy=ANYTHING))
    one.page.wait_for_timeout(500)
    expect(one.page.get_by_role("button")).to_have_count(0)
    copy = one.tab(site.page("/kopie", f'server="{server.url}" mode="page"', Content_Security_Policy=ANYTHING))
    expect(copy.status).to_contain_text("mag niet op deze site")
    expect(copy.bot).to_have_count(0)


@allows(re.compile(r"WebSocket|CORS|net::ERR_FAILED|Access-Control"))
def test_nor_over_a_bare_websocket_which_no_browser_checks(visit: Open, site: Loopback, server: Server) -> None:
    one = visit(site.page("/vreemd", Content_Security_Policy=ANYTHING))
    address = f"{server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
    heard = one.page.evaluate(
        """(address) => new Promise((done) => {
          const heard = [];
          const socket = new WebSocket(address);
          socket.onmessage = ({data}) => {
            heard.push(data);
            if (data.startsWith('0')) {
              socket.send('40');
              const said = {message: '/start', session_id: 'vreemdeling-1', id: 'bericht-1'};
              socket.send('42' + JSON.stringify(['session_request', said]));
              socket.send('42' + JSON.stringify(['user_uttered', said]));
            }
          };
          setTimeout(() => done(heard), 1500);
        })""",
        address,
    )
    assert not [data for data in heard if data.startswith("42")]
    assert any("BOT_ORIGINS" in data for data in heard)


def test_all_that_it_loads_is_small(visit: Open, server: Server) -> None:
    one = visit(server.url + "/gesprek")
    expect(one.bot).to_have_count(1)
    one.menu("Print het gesprek")
    loaded = {address for address in one.requests if "/widget/" in address}
    assert {urlsplit(address).path.rsplit("/", 1)[-1] for address in loaded} >= {"socket.io.esm.min.js", "chat.css"}
    total = sum(len(gzip.compress(requests.get(address, timeout=10).content)) for address in loaded)
    print(f"{len(loaded)} files, {total} bytes compressed")
    assert total < LIMIT


def test_files_are_compressed_and_not_sent_twice(server: Server) -> None:
    first = requests.get(server.url + SCRIPT, timeout=10)
    assert first.headers["Content-Encoding"] == "gzip"
    again = requests.get(server.url + SCRIPT, headers={"If-None-Match": first.headers["ETag"]}, timeout=10)
    assert again.status_code == 304
    plain = requests.get(server.url + SCRIPT, headers={"Accept-Encoding": "identity"}, timeout=10)
    assert plain.content == first.content


def test_only_named_sites_may_frame_the_pages(start_server: Callable[..., Server], server: Server) -> None:
    policy = requests.get(server.url + "/gesprek", timeout=10).headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy
    teams = start_server(BOT_ORIGINS="https://teams.microsoft.com https://*.cloud.microsoft")
    policy = requests.get(teams.url + "/gesprek", timeout=10).headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://teams.microsoft.com https://*.cloud.microsoft" in policy
    for origin in ("https://x.cloud.microsoft", "https://xcloudymicrosoft.example.org", "https://*.cloud.microsoft"):
        allowed = requests.get(teams.url + SCRIPT, headers={"Origin": origin}, timeout=10)
        assert "Access-Control-Allow-Origin" not in allowed.headers
    teams.stop()


def test_house_style_by_properties(visit: Open, loopback: Loopback) -> None:
    one = visit(loopback.page("/", 'mode="page"'))
    expect(one.bot).to_have_count(1)
    one.page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(`
            html { font-size: 62.5%; }
            interventiewijzer-chat { --iw-accent: rgb(120, 10, 20); --iw-font: serif; }
            interventiewijzer-chat::part(header) { text-transform: uppercase; }`);
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    header = one.page.locator("header")
    expect(header).to_have_css("background-color", "rgb(120, 10, 20)")
    expect(header).to_have_css("text-transform", "uppercase")
    expect(one.page.locator(".bubble").first).to_have_css("font-family", "serif")
    expect(one.page.locator(".bubble").first).to_have_css("font-size", "16px")  # never smaller
