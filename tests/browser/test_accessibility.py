"""WCAG 2.2 AA: axe-core in every state of the window, focus, size of targets, zoom."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Visit, allows
from tests.browser.loopback import Loopback
from tests.browser.test_messages import VOICE, WHOLE, reply
from tests.conftest import Server

Open = Callable[..., Visit]
LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {"size": "desktop"},
    "phone": {"size": "phone"},
    "320px": {"size": (320, 640)},
    "zoom400": {"size": (320, 200)},  # a screen of 1280 by 800
    "dark": {"size": "desktop", "color_scheme": "dark"},
    "phone-dark": {"size": "phone", "color_scheme": "dark"},
    "contrast": {"size": "desktop", "contrast": "more"},
    "contrast-dark": {"size": "desktop", "contrast": "more", "color_scheme": "dark"},
    "forced-colors": {"size": "desktop", "forced_colors": "active"},
}
AXE_S_OWN = re.compile(r"Applying inline style|net::ERR_|WebSocket connection")  # how it measures; and being offline
looks = pytest.mark.parametrize("look", LOOKS)


def check(one: Visit) -> None:
    """axe-core finds nothing, nothing sticks out at the right, every target is at least 24 pixels."""
    results = Axe().run(one.page)
    found = [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]
    assert found == []
    assert len(results.response["passes"]) > 10  # it looked
    small = one.page.evaluate(
        """() => [...document.querySelector('interventiewijzer-chat').shadowRoot.querySelectorAll('button, textarea')]
          .filter((node) => node.checkVisibility() && getComputedStyle(node).position !== 'absolute')
          .map((node) => [node.textContent, node.getBoundingClientRect()])
          .filter(([, box]) => box.width < 24 || box.height < 24).map(([text]) => text)"""
    )
    assert small == []


@looks
@allows(AXE_S_OWN)
def test_the_page_with_the_window_closed_open_and_with_its_menu(visit: Open, server: Server, look: str) -> None:
    one = visit(server.url, **LOOKS[look])
    expect(one.page.get_by_role("button", name="Stel een vraag")).to_be_visible()
    check(one)
    one.open()
    check(one)
    one.say("ik werk in ploegendienst en kom nergens aan toe")
    expect(one.cards).to_have_count(3)
    check(one)
    assert one.fits()
    one.page.get_by_role("button", name="Menu").click()
    check(one)
    one.page.get_by_role("button", name="Wis mijn gegevens").click()
    check(one)


@looks
@allows(AXE_S_OWN)
def test_the_conversation_as_a_page_with_everything_in_it(visit: Open, loopback: Loopback, look: str) -> None:
    one = visit(loopback.page("/", 'mode="page"'), script=VOICE, **LOOKS[look])
    expect(one.bot).to_have_count(1)
    loopback.emit(**WHOLE, id="antwoord-1")
    expect(one.cards).to_have_count(3)
    check(one)
    assert one.fits()
    loopback.answer = lambda _: {"fout": "Dit bericht is te lang."}
    one.say("help")
    expect(one.page.locator(".failed")).to_be_visible()
    loopback.emit(id="antwoord-2", **reply("x" * 300 + "\n" + "https://example.org/" + "y" * 300))
    check(one)
    assert one.fits()
    one.context.set_offline(True)
    one.say("nog iets")
    expect(one.page.locator(".waiting")).to_be_visible()
    check(one)
    one.menu("Tekst groter")
    for _ in range(2):
        one.page.get_by_role("button", name="Tekst groter").click()
    check(one)
    one.page.keyboard.press("Escape")
    assert one.fits()


@allows(AXE_S_OWN)
def test_axe_looks_inside_the_window(visit: Open, loopback: Loopback) -> None:
    one = visit(loopback.page("/")).open()
    one.input.evaluate("(input) => { input.removeAttribute('aria-label'); input.removeAttribute('placeholder'); }")
    with pytest.raises(AssertionError, match="label"):
        check(one)


def test_on_a_phone_the_page_behind_is_out_of_reach_and_the_focus_returns(visit: Open, server: Server) -> None:
    one = visit(server.url, "phone", has_touch=True, is_mobile=True).open()
    expect(one.page.get_by_role("heading", name="Interventiewijzer")).to_be_focused()  # no keyboard over the greeting
    inside = "document.activeElement === document.body || document.activeElement.matches('interventiewijzer-chat')"
    for _ in range(25):
        one.page.keyboard.press("Tab")
        assert one.page.evaluate(inside)
    box = one.page.get_by_role("dialog").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 375, "height": 667}
    one.page.get_by_role("button", name="Mijn baan verdwijnt").tap()
    expect(one.cards.first).to_be_visible()
    expect(one.input).not_to_be_focused()
    one.page.keyboard.press("Escape")
    expect(one.page.get_by_role("button", name="Stel een vraag")).to_be_focused()


def test_beside_the_window_the_page_stays_in_use(visit: Open, server: Server) -> None:
    one = visit(server.url).open()
    expect(one.input).to_be_focused()
    one.page.get_by_role("link", name="Contact").click()
    expect(one.page.get_by_role("dialog")).to_be_visible()
    one.page.reload()  # stays open, and takes no focus
    expect(one.page.get_by_role("dialog")).to_be_visible()
    expect(one.input).not_to_be_focused()
    one.page.set_viewport_size({"width": 375, "height": 667})  # turned or made small
    expect(one.page.get_by_role("dialog")).to_have_css("width", "375px")
    one.page.set_viewport_size({"width": 1200, "height": 800})
    expect(one.page.get_by_role("dialog")).not_to_have_css("width", "1200px")


def test_escape_closes_one_thing_at_a_time(visit: Open, server: Server) -> None:
    one = visit(server.url, "phone").open()
    one.menu("Wis mijn gegevens")
    question = one.page.get_by_role("dialog", name="Wil je alles wissen")
    expect(question).to_be_visible()
    one.page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    menu = one.page.get_by_role("button", name="Menu")
    expect(menu).to_be_focused()
    menu.click()
    one.page.keyboard.press("Escape")
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(menu).to_be_focused()
    one.page.keyboard.press("Escape")
    expect(one.page.get_by_role("dialog")).to_have_count(0)


def test_no_movement_for_who_wants_none(visit: Open, loopback: Loopback) -> None:
    one = visit(loopback.page("/", 'mode="page"'), reduced_motion="reduce")
    expect(one.bot).to_have_count(1)
    expect(one.page.locator(".typing i").first).to_have_css("animation-name", "none")
