"""A real browser holds whole conversations with the real server, at desktop and phone size."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SIZES, Visit
from tests.conftest import Server

Open = Callable[..., Visit]
sizes = pytest.mark.parametrize("size", SIZES)


@sizes
@pytest.mark.parametrize("path", ["/", "/gesprek"])
def test_a_conversation_by_typing_and_buttons(visit: Open, server: Server, size: str, path: str) -> None:
    one = visit(server.url + path, size)
    if path == "/":
        one.open()
    expect(one.bot.last).to_contain_text("Interventiewijzer")
    one.say("ik werk in ploegendienst en kom nergens aan toe")
    expect(one.user).to_contain_text("ploegendienst")
    expect(one.cards.first).to_be_visible()
    one.cards.first.get_by_role("button").click()
    one.page.get_by_role("button", name="Zo werkt het").click()
    expect(one.bot.last).to_contain_text("zo werkt het")
    assert one.fits()


@sizes
def test_by_keyboard_alone(visit: Open, server: Server, size: str) -> None:
    one = visit(server.url, size)
    one.page.locator(".launcher").focus()
    one.page.keyboard.press("Enter")
    expect(one.bot.first).to_be_visible()
    tab_to(one, "Typ je bericht")
    one.page.keyboard.type("geen geld voor een opleiding")
    one.page.keyboard.press("Enter")
    expect(one.cards.first).to_be_visible()
    title = one.cards.first.get_by_role("button").inner_text()
    tab_to(one, title, "Shift+Tab")
    one.page.keyboard.press("Enter")
    tab_to(one, "Zo werkt het", "Shift+Tab")
    one.page.keyboard.press("Space")
    expect(one.bot.last).to_contain_text("zo werkt het")
    expect(one.input).to_be_focused()
    one.page.keyboard.press("Escape")
    expect(one.page.get_by_role("dialog")).to_have_count(0)
    expect(one.page.get_by_role("button", name="Stel een vraag")).to_be_focused()


def tab_to(one: Visit, name: str, key: str = "Tab") -> None:
    """Presses `key` until what is called `name` has the focus."""
    focus = "document.querySelector('interventiewijzer-chat').shadowRoot.activeElement"
    for _ in range(40):
        if one.page.evaluate(f"{focus}?.ariaLabel ?? {focus}?.textContent") == name:
            return
        one.page.keyboard.press(key)
    raise AssertionError(f"{name} cannot be reached with {key}")


@sizes
def test_the_conversation_is_there_after_a_reload_and_on_another_page(visit: Open, server: Server, size: str) -> None:
    one = visit(server.url, size).open()
    one.say("ik heb geen tijd om te leren")
    expect(one.cards.first).to_be_visible()
    said = one.bot.all_inner_texts()
    one.page.reload()
    expect(one.user).to_contain_text("geen tijd om te leren")
    assert one.bot.all_inner_texts() == said
    one.page.goto(server.url + "/gesprek")
    expect(one.user).to_contain_text("geen tijd om te leren")
    one.cards.first.get_by_role("button").click()  # an earlier card still works
    expect(one.page.get_by_role("button", name="Zo werkt het")).to_be_visible()


def test_answers_to_a_question_go_when_something_was_said_and_cards_stay(visit: Open, server: Server) -> None:
    one = visit(server.url).open()
    start = one.page.get_by_role("button", name="Mijn baan verdwijnt")
    start.click()
    expect(start).to_have_count(0)
    expect(one.cards).not_to_have_count(0)
    cards = one.cards.count()
    one.say("wat kost dat?")
    expect(one.user).to_have_count(2)
    expect(one.bot.last).not_to_contain_text("Voor wie")
    assert one.cards.get_by_role("button").count() >= cards


def test_two_tabs_stay_in_step(visit: Open, server: Server) -> None:
    one = visit(server.url + "/gesprek")
    expect(one.bot).to_have_count(1)
    other = one.tab(server.url + "/gesprek")
    expect(other.bot).to_have_count(1)
    one.say("ik heb geen tijd om te leren")
    expect(other.user).to_contain_text("geen tijd")
    expect(other.cards).to_have_count(3)
    other.cards.first.get_by_role("button").click()
    expect(one.page.get_by_role("button", name="Zo werkt het")).to_be_visible()
    one.page.wait_for_timeout(300)
    assert one.page.locator(".message").all_inner_texts() == other.page.locator(".message").all_inner_texts()


def test_a_window_that_nobody_opened_asks_nothing_of_the_server(visit: Open, server: Server) -> None:
    one = visit(server.url)
    expect(one.page.get_by_role("button", name="Stel een vraag")).to_be_visible()
    one.page.wait_for_timeout(500)
    assert not [address for address in one.requests if "socket.io/" in address]


def test_role_and_opening_are_set_by_attributes(visit: Open, server: Server) -> None:
    one = visit(server.url)
    one.page.evaluate(
        """() => {
          const chat = document.createElement('interventiewijzer-chat');
          chat.setAttribute('rol', 'hr');
          chat.setAttribute('opening', 'Welkom bij HR. Waar denk je aan?');
          document.querySelector('interventiewijzer-chat').replaceWith(chat);
        }"""
    )
    one.open()
    expect(one.bot.first).to_contain_text("Welkom bij HR. Waar denk je aan?")
    expect(one.bot.first).not_to_contain_text("Ik ben de Interventiewijzer")
    expect(one.page.get_by_role("button", name="Mijn baan verdwijnt")).to_be_visible()
    assert server.slots(session(one))["rol"] == "hr"


def test_begin_again(visit: Open, server: Server) -> None:
    one = visit(server.url + "/gesprek")
    one.say("ik heb geen tijd om te leren")
    expect(one.cards).to_have_count(3)
    one.menu("Begin opnieuw")
    expect(one.bot.last).to_contain_text(re.compile("opnieuw"))
    assert not server.slots(session(one))["belemmeringen"]


def session(one: Visit) -> str:
    key = "Object.keys(localStorage).find((key) => key.endsWith(' session'))"
    return str(one.page.evaluate(f"localStorage.getItem({key})"))


def test_markup_in_what_a_person_says_stays_text(visit: Open, server: Server) -> None:
    one = visit(server.url).open()
    one.say("<img src=x onerror=alert(1)><b>hoi</b>")
    expect(one.user).to_contain_text("<img src=x")
    expect(one.page.locator("img")).to_have_count(0)
