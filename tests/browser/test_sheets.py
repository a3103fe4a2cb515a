"""The printable pages in a real browser: accessible, no errors under the content policy, the right size of paper."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bot.conversation.turn import Knowledge
from tests.conftest import Server
from tests.server.test_sheets import PAGES


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 375, "height": 667})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert errors == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_and_fits_a_phone(page: Page, server: Server, path: str) -> None:
    page.goto(f"{server.url}/blad/{path}")
    expect(page.get_by_role("button", name="Print dit blad")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_every_conversation_card_is_one_sheet_of_paper(page: Page, server: Server, knowledge: Knowledge) -> None:
    longer = []
    for barrier in knowledge.guides.cards:
        page.goto(f"{server.url}/blad/gesprekskaart/{barrier}")
        if len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) != 1:
            longer.append(barrier)
    assert longer == []
