"""A real Chromium, and pages in it that note everything that goes wrong."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.browser.loopback import Loopback
from tests.conftest import needs

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
NO_NETWORK = re.compile(r"net::ERR_|WebSocket connection")  # what a browser without a network complains of


@pytest.fixture(scope="package")  # Playwright holds an event loop in this thread: no later test could have its own
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        needs("chromium is not installed (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


@dataclass
class Visit:
    """One person with a browser; the words are those of the window."""

    context: BrowserContext
    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> Page:
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)
        page.on("request", lambda request: self.requests.append(request.url))
        return page

    def tab(self, address: str) -> Visit:
        """Another tab of the same browser."""
        other = Visit(self.context, self.context.new_page(), self.errors, self.requests)
        self.watch(other.page).goto(address)
        return other

    def open(self) -> Visit:
        self.page.get_by_role("button", name="Stel een vraag").click()
        expect(self.bot.first).to_be_visible()
        return self

    def say(self, text: str) -> None:
        self.input.fill(text)
        self.input.press("Enter")

    @property
    def input(self) -> Locator:
        return self.page.get_by_label("Typ je bericht")

    @property
    def status(self) -> Locator:
        return self.page.locator("[role=status]")

    @property
    def bot(self) -> Locator:
        return self.page.locator(".message.bot")

    @property
    def user(self) -> Locator:
        return self.page.locator(".message.user:visible")

    @property
    def cards(self) -> Locator:
        return self.page.locator(".message.bot .card")

    def menu(self, name: str) -> None:
        self.page.get_by_role("button", name="Menu").click()
        self.page.get_by_role("button", name=name).click()

    def fits(self) -> bool:
        """Whether nothing sticks out at the right, of the page and of the window."""
        return bool(
            self.page.evaluate(
                """() => {
                  const root = document.querySelector('interventiewijzer-chat').shadowRoot;
                  const boxes = [document.documentElement, root.querySelector('.panel'), root.querySelector('.log')];
                  return boxes.every((box) => box.scrollWidth <= box.clientWidth);
                }"""
            )
        )


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visit]]:
    """Opens an address: `visit(address, size="phone", color_scheme="dark")`. Afterwards there may be no error in any
    of its pages, but for those that match `visit.allowed`."""
    made: list[Visit] = []

    def open_page(address: str, size: str | tuple[int, int] = "desktop", script: str = "", **settings: Any) -> Visit:
        width, height = SIZES[size] if isinstance(size, str) else size
        context = browser.new_context(viewport={"width": width, "height": height}, **settings)
        if script:
            context.add_init_script(script)
        one = Visit(context, context.new_page())
        made.append(one)
        one.watch(one.page).goto(address)
        return one

    yield open_page
    allowed: re.Pattern[str] | None = getattr(request.function, "allowed_errors", None)
    for number, one in enumerate(made):
        if folder := os.environ.get("SCREENSHOTS"):
            name = re.sub(r"[^\w-]+", "-", f"{request.node.name}-{number}").strip("-")
            one.page.screenshot(path=str(Path(folder) / f"{name}.png"))
        one.context.close()
    errors = [error for one in made for error in one.errors]
    assert [error for error in errors if not (allowed and allowed.search(error))] == []


def allows(pattern: re.Pattern[str]) -> Callable[[Any], Any]:
    """Marks a test in which errors that match are expected."""

    def mark(function: Any) -> Any:
        function.allowed_errors = pattern
        return function

    return mark


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with Loopback() as started:
        yield started
