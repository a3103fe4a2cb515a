"""A real browser holds a conversation on the page, at desktop and phone width, with the keyboard alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import Server, needs

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"desktop": (1200, 800), "phone": (375, 667)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        needs("chromium is not installed (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(params=list(SIZES))
def page(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Page]:
    width, height = SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(server.url)
    yield page
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{request.node.name}.png"))
    context.close()
    assert errors == []


def last(page: Page):  # type: ignore[no-untyped-def]
    return page.locator(".message.bot").last


def test_a_conversation_by_typing_and_buttons(page: Page) -> None:
    expect(last(page)).to_contain_text("Interventiewijzer")
    page.get_by_label("Typ je bericht").fill("ik werk in ploegendienst en kom nergens aan toe")
    page.get_by_role("button", name="Stuur").click()
    expect(page.locator(".message.user")).to_contain_text("ploegendienst")
    expect(page.locator(".message.bot .card").first).to_be_visible()
    page.locator(".choices button:enabled").first.click()
    expect(page.get_by_role("button", name="Zo werkt het").last).to_be_enabled()
    page.get_by_role("button", name="Zo werkt het").last.click()
    expect(last(page)).to_contain_text("zo werkt het")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_by_keyboard_alone(page: Page) -> None:
    expect(page.locator(".choices button").first).to_be_visible()
    page.get_by_label("Typ je bericht").focus()
    page.keyboard.type("geen geld voor een opleiding")
    page.keyboard.press("Enter")
    expect(page.locator(".message.bot .card").first).to_be_visible()
    page.locator(".choices button:enabled").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Zo werkt het").last).to_be_enabled()
    expect(page.get_by_label("Typ je bericht")).to_be_focused()


def test_the_conversation_is_there_after_a_reload(page: Page) -> None:
    expect(last(page)).to_contain_text("Interventiewijzer")
    page.get_by_label("Typ je bericht").fill("mijn baas wil niet dat ik leer")
    page.keyboard.press("Enter")
    expect(page.locator(".message.bot .card").first).to_be_visible()
    page.reload()
    expect(page.locator(".message.user")).to_contain_text("mijn baas wil niet")
    expect(page.locator(".message.bot")).not_to_have_count(1)


def test_markup_in_a_message_stays_text(page: Page) -> None:
    expect(last(page)).to_contain_text("Interventiewijzer")
    page.get_by_label("Typ je bericht").fill("<img src=x onerror=alert(1)><b>hoi</b>")
    page.keyboard.press("Enter")
    expect(page.locator(".message.user")).to_contain_text("<img src=x")
    expect(page.locator("img")).to_have_count(0)
