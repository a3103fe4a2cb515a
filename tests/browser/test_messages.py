"""How the window shows what the bot says, and what can be done with it. The loopback server says it on command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.loopback import Loopback

Open = Callable[..., Visit]
MARKUP = "<img src=x onerror=alert(1)><b>vet</b>"
SCRIPT = "javascript:alert(1)"
VOICE = """
  window.spoken = [];
  const voices = [{lang: 'en-GB', name: 'Anna'}, {lang: 'nl-NL', name: 'Lotte'}];
  Object.defineProperty(window, 'SpeechSynthesisUtterance', {value: function (text) { this.text = text; }});
  Object.defineProperty(window, 'speechSynthesis', {value: {
    getVoices: () => voices, addEventListener: () => {}, cancel: () => window.spoken.push('stop'),
    speak: (one) => window.spoken.push(`${one.voice.name}: ${one.text}`),
  }});
"""


def reply(text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "buttons": [], "links": [], "cards": [], "pages": [], **more}


def card(title: str, text: str = "", **more: Any) -> dict[str, Any]:
    return {"title": title, "text": text, "facts": [], "buttons": [], "links": [], **more}


WHOLE = reply(
    "Dit **past** bij je:\n- een\n- twee",
    links=[{"title": "Meer lezen", "url": "https://example.org/lezen"}],
    pages=[{"title": "Print dit blad", "path": "/blad/samenvatting"}],
    buttons=[{"title": "Iets anders", "payload": "/anders"}],
    cards=[
        card(
            title,
            "Kort en dichtbij.",
            facts=[["Kosten", "gratis"], ["Tijd", "2 uur per week"]],
            buttons=[{"title": f"Kies {title}", "payload": f'/vraag_uitleg{{"interventie": "{title}"}}'}],
            links=[{"title": "Naar de site", "url": "https://example.org/site"}],
        )
        for title in ("Taalles", "Meelopen", "Cursus")
    ],
)


def start(visit: Open, loopback: Loopback, size: Any = "desktop", **settings: Any) -> Visit:
    one = visit(loopback.page("/", 'mode="page"'), size, **settings)
    expect(one.bot).to_have_count(1)
    return one


def test_a_reply_with_everything(visit: Open, loopback: Loopback) -> None:
    one = start(visit, loopback)
    loopback.emit(**WHOLE, id="antwoord-1")
    expect(one.cards).to_have_count(3)
    shown = one.bot.last
    expect(shown.locator("strong")).to_have_text("past")
    expect(shown.locator("dt").first).to_have_text("Kosten")
    expect(shown.locator("dd").first).to_have_text("gratis")
    link = shown.get_by_role("link", name="Meer lezen")
    assert link.get_attribute("href") == "https://example.org/lezen"
    assert link.get_attribute("target") == "_blank"
    assert "noopener" in str(link.get_attribute("rel"))
    page = shown.get_by_role("link", name="Print dit blad")
    assert page.get_attribute("href") == f"{loopback.url}/blad/samenvatting"
    boxes = [one.cards.nth(number).bounding_box() for number in range(3)]
    assert len({box["y"] for box in boxes if box}) == 1  # side by side
    shown.get_by_role("button", name="Iets anders").click()
    expect(shown.get_by_role("button", name="Iets anders")).to_have_count(0)
    shown.get_by_role("button", name="Kies Meelopen").click()
    expect(one.user).to_have_count(2)
    expect(one.page.locator(".waiting")).to_have_count(0)
    assert [message["message"] for message in loopback.told[1:]] == [
        "/anders",
        '/vraag_uitleg{"interventie": "Meelopen"}',
    ]


def test_cards_are_stacked_on_a_phone(visit: Open, loopback: Loopback) -> None:
    one = start(visit, loopback, "phone")
    loopback.emit(**WHOLE, id="antwoord-1")
    expect(one.cards).to_have_count(3)
    boxes = [one.cards.nth(number).bounding_box() for number in range(3)]
    assert len({box["x"] for box in boxes if box}) == 1
    assert one.fits()


def test_markup_stays_text_wherever_it_stands(visit: Open, loopback: Loopback) -> None:
    one = start(visit, loopback)
    loopback.emit(
        id="antwoord-1",
        **reply(
            MARKUP,
            links=[{"title": MARKUP, "url": "https://example.org"}],
            pages=[{"title": MARKUP, "path": "/blad"}],
            buttons=[{"title": MARKUP, "payload": "/x"}],
            cards=[card(MARKUP, MARKUP, facts=[[MARKUP, MARKUP]], buttons=[{"title": MARKUP, "payload": "/x"}])],
        ),
    )
    expect(one.cards).to_have_count(1)
    assert one.bot.last.inner_text().count(MARKUP) == 9
    expect(one.page.locator("img")).to_have_count(0)
    one.page.reload()
    expect(one.cards).to_have_count(1)
    expect(one.page.locator("img")).to_have_count(0)


@pytest.mark.parametrize(
    "url", [SCRIPT, "JAVASCRIPT:alert(1)", " java\nscript:alert(1)", "data:text/html,x", "vbscript:x", ""]
)
def test_an_address_that_could_run_script_is_no_link(visit: Open, loopback: Loopback, url: str) -> None:
    one = start(visit, loopback)
    links = [{"title": "Klik hier", "url": url}]
    pages = [{"title": "Blad", "path": path} for path in (SCRIPT, "//example.org/x", "/../../x:", "\\\\example.org")]
    text = f"[in de tekst]({url.replace(chr(10), '')})"
    loopback.emit(id="antwoord-1", **reply(text, links=links, pages=pages, cards=[card("Kaart", text, links=links)]))
    expect(one.cards).to_have_count(1)
    expect(one.bot.last).to_contain_text("Klik hier")
    for found in one.bot.last.locator("a").all():
        assert str(found.get_attribute("href")).startswith(f"{loopback.url}/")


@pytest.mark.parametrize("url", ["http://example.org/", "https://example.org/", "mailto:hr@example.org", "tel:0800123"])
def test_an_ordinary_address_is_a_link(visit: Open, loopback: Loopback, url: str) -> None:
    one = start(visit, loopback)
    loopback.emit(id="antwoord-1", **reply(f"[in de tekst]({url})", links=[{"title": "Klik hier", "url": url}]))
    expect(one.bot.last.locator(f'a[href="{url}"]')).to_have_count(2)


def test_only_new_messages_are_announced(visit: Open, loopback: Loopback) -> None:
    one = start(visit, loopback)
    announced = one.page.locator("[aria-live=polite]:not([role])")
    loopback.emit(**WHOLE, id="antwoord-1")
    expect(announced).to_contain_text("Dit past bij je")
    expect(announced).to_contain_text("Kosten: gratis")
    expect(announced).to_contain_text("4 knoppen")
    expect(announced).not_to_contain_text("Hoi!")
    one.page.reload()
    expect(one.cards).to_have_count(3)
    expect(announced).to_be_empty()


def test_copy_a_message(visit: Open, loopback: Loopback) -> None:
    one = start(visit, loopback, permissions=["clipboard-read", "clipboard-write"])
    loopback.emit(**WHOLE, id="antwoord-1")
    one.page.get_by_role("button", name="Kopieer").click()
    expect(one.status).to_have_text("Gekopieerd")
    copied = one.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Hoi!\n\nDit past bij je:")  # all that was said in one go
    assert "Kosten: gratis" in copied
    assert "Meer lezen: https://example.org/lezen" in copied


def test_copy_without_https(visit: Open, loopback: Loopback) -> None:
    """A page without https has no navigator.clipboard."""
    one = start(
        visit,
        loopback,
        script="Object.defineProperty(navigator, 'clipboard', {value: undefined})",
        permissions=["clipboard-read", "clipboard-write"],
    )
    one.page.get_by_role("button", name="Kopieer").click()
    expect(one.status).to_have_text("Gekopieerd")
    one.input.focus()
    one.page.keyboard.press("Control+V")
    expect(one.input).to_have_value("Hoi!")


def test_read_aloud_with_a_dutch_voice(visit: Open, loopback: Loopback) -> None:
    one = start(visit, loopback, script=VOICE)
    one.page.get_by_role("button", name="Lees voor").click()
    assert one.page.evaluate("spoken.at(-1)") == "Lotte: Hoi!"
    one.page.get_by_role("button", name="Stop met voorlezen").click()
    assert one.page.evaluate("spoken.at(-1)") == "stop"
    expect(one.page.get_by_role("button", name="Lees voor")).to_be_visible()


def test_no_reading_aloud_without_a_dutch_voice(visit: Open, loopback: Loopback) -> None:
    one = start(visit, loopback, script=VOICE.replace("nl-NL", "de-DE"))
    expect(one.page.get_by_role("button", name="Kopieer")).to_be_visible()
    expect(one.page.get_by_role("button", name="Lees voor")).to_have_count(0)


def test_print_the_conversation(visit: Open, loopback: Loopback) -> None:
    one = start(visit, loopback)
    loopback.emit(**WHOLE, id="antwoord-1")
    one.say("dank je")
    expect(one.page.locator(".waiting")).to_have_count(0)
    # Headless Chromium prints nothing: what it is asked to print is read instead.
    one.page.evaluate(
        """() => {
          const panel = document.querySelector('interventiewijzer-chat').shadowRoot.querySelector('.panel');
          new MutationObserver((changes) => {
            const frame = changes.flatMap((change) => [...change.addedNodes]).find((node) => node.contentWindow);
            if (!frame) return;
            frame.contentWindow.print = () => { window.paper = frame.contentDocument.body.innerText; };
          }).observe(panel, {childList: true});
        }"""
    )
    one.menu("Print het gesprek")
    one.page.wait_for_function("window.paper")
    text = str(one.page.evaluate("window.paper"))
    assert text.startswith("Gesprek met de Interventiewijzer")
    assert text.index("Hoi!") < text.index("Kosten") < text.index("dank je")
    assert "(https://example.org/lezen)" in text


def test_text_size_is_kept(visit: Open, loopback: Loopback) -> None:
    one = start(visit, loopback, "phone")
    loopback.emit(**WHOLE, id="antwoord-1")
    size = "(node) => Number.parseFloat(getComputedStyle(node).fontSize)"
    bubble = one.page.locator(".bubble").first
    before = bubble.evaluate(size)
    one.menu("Tekst groter")
    for _ in range(4):
        one.page.get_by_role("button", name="Tekst groter").click()
    one.page.keyboard.press("Escape")
    assert bubble.evaluate(size) == 2 * before
    assert one.fits()
    one.page.reload()
    expect(one.cards).to_have_count(3)
    assert bubble.evaluate(size) == 2 * before
    one.menu("Tekst kleiner")
    assert bubble.evaluate(size) == 1.5 * before


def test_erase_asks_first_and_then_forgets_everything_in_every_tab(visit: Open, loopback: Loopback) -> None:
    one = start(visit, loopback)
    loopback.emit(**WHOLE, id="antwoord-1")
    other = one.tab(loopback.url + "/")
    expect(other.cards).to_have_count(3)
    one.menu("Wis mijn gegevens")
    one.page.get_by_role("button", name="Nee").click()
    assert len(loopback.told) == 1

    def answer(message: dict[str, Any]) -> dict[str, Any]:
        assert message["message"] == "/wissen"
        return {"ok": True}

    loopback.answer = answer
    one.menu("Wis mijn gegevens")
    one.page.get_by_role("button", name="Ja").click()
    expect(one.page.locator(".waiting")).to_have_count(0)
    loopback.emit(id="gewist-1", wissen=True, **reply("Alles is gewist."))
    for tab in (one, other):
        expect(tab.page.locator(".message")).to_have_count(1)
        expect(tab.bot).to_contain_text("Alles is gewist.")
    kept = one.page.evaluate("JSON.stringify(localStorage)")
    assert "past" not in kept
    assert loopback.told[0]["session_id"] not in kept
    loopback.answer = lambda _: {"ok": True}
    for tab in (one, other):
        tab.say("hallo")
        expect(tab.page.locator(".waiting")).to_have_count(0)
    sessions = [message["session_id"] for message in loopback.told]
    assert sessions[-1] == sessions[-2] != sessions[0]


def test_a_busy_server_gets_the_message_later(visit: Open, loopback: Loopback) -> None:
    one = start(visit, loopback)
    refusals = iter([{"fout": "Het is druk.", "opnieuw": 1}, {"fout": "Het is druk.", "opnieuw": 0.5}])
    loopback.answer = lambda _: next(refusals, {"ok": True})
    one.say("help")
    expect(one.status).to_contain_text("Het is druk")
    expect(one.page.locator(".waiting")).to_be_visible()
    expect(one.page.locator(".waiting")).to_have_count(0)
    expect(one.status).to_be_empty()
    assert [message["message"] for message in loopback.told[1:]] == ["help"] * 3
    assert len({message["id"] for message in loopback.told[1:]}) == 1


def test_a_refused_message_says_why_and_can_be_sent_again(visit: Open, loopback: Loopback) -> None:
    one = start(visit, loopback)
    loopback.answer = lambda _: {"fout": "Dit bericht is te lang."}
    one.say("help")
    expect(one.page.locator(".failed")).to_contain_text("Dit bericht is te lang.")
    one.say("nog iets")
    expect(one.page.locator(".failed")).to_have_count(2)
    assert len(loopback.told) == 3  # not by itself
    loopback.answer = lambda _: {"ok": True}
    one.page.get_by_role("button", name="Probeer opnieuw").first.click()
    expect(one.page.locator(".failed")).to_have_count(1)
    assert loopback.told[3]["id"] == loopback.told[1]["id"]


def test_500_messages_of_history_stay_smooth(visit: Open, loopback: Loopback) -> None:
    one = start(visit, loopback)
    one.page.evaluate(
        """(whole) => {
          const key = Object.keys(localStorage).find((key) => key.includes(' message '));
          const prefix = key.split(' message ')[0];
          for (let number = 0; number < 600; number++) {
            const entry = number % 3
              ? {...whole, who: 'bot', text: `Antwoord ${number}`} : {who: 'user', text: `Vraag ${number}`};
            const id = `bericht-${number}`;
            localStorage.setItem(`${prefix} message ${id}`, JSON.stringify({...entry, id, at: Date.now() + number}));
          }
        }""",
        WHOLE,
    )
    one.page.reload()
    expect(one.page.get_by_text("Antwoord 599", exact=True)).to_be_visible()
    one.say("nog een")
    expect(one.page.locator(".message")).to_have_count(500)
    expect(one.user.last).to_contain_text("nog een")
    assert one.page.evaluate("Object.keys(localStorage).filter((key) => key.includes(' message ')).length") == 500
    expect(one.page.get_by_role("button", name="Iets anders")).to_have_count(0)


def test_what_is_broken_in_the_browsers_storage_does_no_harm(visit: Open, loopback: Loopback) -> None:
    one = start(visit, loopback)
    one.page.evaluate(
        """() => {
          const key = Object.keys(localStorage).find((key) => key.includes(' message '));
          const prefix = key.split(' message ')[0];
          localStorage.setItem(`${prefix} message kapot`, '{"id": 3');
          localStorage.setItem(`${prefix} message leeg`, 'null');
          localStorage.setItem(`${prefix} textSize`, 'veel');
        }"""
    )
    one.page.reload()
    expect(one.bot).to_have_count(1)


def test_without_storage_the_talk_lasts_as_long_as_the_page(visit: Open, loopback: Loopback) -> None:
    forbid = "for (const kind of ['localStorage', 'sessionStorage'])"
    forbid += " Object.defineProperty(window, kind, {get() { throw new Error('nee'); }})"
    one = visit(loopback.page("/"), script=forbid).open()
    one.say("hallo")
    expect(one.user).to_have_count(1)
    expect(one.page.locator(".waiting")).to_have_count(0)
