"""Slack messages at the edges of Slack's limits, and for random replies."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.conversation.phrases import Phrases
from bot.conversation.reply import Button, Card, LinkButton, PageLink, Reply
from bot.conversation.turn import Knowledge
from bot.rendering.slack import MAX_MESSAGE, SlackMessage, chosen, home, mrkdwn, owner_of, render
from tests.channels.block_kit import problems_of_home, problems_of_message, texts


@pytest.fixture(scope="module")
def phrases(knowledge: Knowledge) -> Phrases:
    return knowledge.phrases


def blocks(reply: Reply, phrases: Phrases) -> list[dict[str, Any]]:
    messages = render(reply, phrases, "iemand")
    for message in messages:
        check(message)
    return [block for message in messages for block in message.blocks]


def check(message: SlackMessage) -> None:
    assert problems_of_message(message.blocks) == []
    for block in Block.parse_all(message.blocks):
        block.to_dict()
    assert message.text.strip()
    assert message.blocks[0]["type"] != "divider" != message.blocks[-1]["type"]


def seen(found: list[dict[str, Any]]) -> str:
    """All that is read in the sections, without white space."""
    return "".join("".join(texts(block)) for block in found if block["type"] == "section").translate(SPACES)


SPACES = {ord(c): None for c in map(chr, range(0x3001)) if c.isspace()}


def buttons(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [element for block in found if block["type"] == "actions" for element in block["elements"]]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("een **vet** woord en **nog een**", "een *vet* woord en *nog een*"),
        ("kies:\n- een\n- twee\n1. drie", "kies:\n• een\n• twee\n1. drie"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("<!channel> <@U1> <https://x.nl|klik>", "&lt;!channel&gt; &lt;@U1&gt; &lt;https://x.nl|klik&gt;"),
        ("2 ** 3 ** 4", "2 ** 3 ** 4"),
        ("5 - 3 - 1", "5 - 3 - 1"),
    ],
)
def test_formatting(text: str, shown: str) -> None:
    assert mrkdwn(text) == shown


@pytest.mark.parametrize(("length", "sections"), [(1, 1), (2999, 1), (3000, 1), (3001, 2), (9000, 3), (9001, 4)])
def test_a_long_text_becomes_more_sections(length: int, sections: int, phrases: Phrases) -> None:
    found = blocks(Reply("x" * length), phrases)
    assert len(found) == sections
    assert seen(found) == "x" * length


def test_a_text_is_cut_after_a_sentence(phrases: Phrases) -> None:
    found = blocks(Reply("Dit is een zin van precies veertig tekens. " * 100), phrases)
    assert all(block["text"]["text"].endswith("tekens.") for block in found)


@pytest.mark.parametrize("before", range(2990, 3002))
def test_an_escaped_character_is_never_cut(before: int, phrases: Phrases) -> None:
    first, second = blocks(Reply("x" * before + "&" * 10), phrases)
    for block in (first, second):
        assert not block["text"]["text"].replace("&amp;", "").strip("x")
    assert seen([first, second]) == "x" * before + "&amp;" * 10


def test_a_very_long_reply_becomes_more_messages(phrases: Phrases) -> None:
    messages = render(Reply("Een woord. " * 4000), phrases)
    assert len(messages) > 3
    for message in messages:
        check(message)
        assert len(message.text) <= MAX_MESSAGE + len(message.blocks)
    assert seen([block for message in messages for block in message.blocks]) == "Eenwoord." * 4000


@pytest.mark.parametrize(("cards", "expected"), [(16, 1), (17, 2), (60, 4)])
def test_at_most_fifty_blocks_a_message(cards: int, expected: int, phrases: Phrases) -> None:
    card = Card("Titel", "Tekst", buttons=(Button("Kies", "/x"),))
    messages = render(Reply("Kijk:", cards=(card,) * cards), phrases)
    assert len(messages) == expected
    for message in messages:
        check(message)
    assert len(buttons([block for message in messages for block in message.blocks])) == cards


@pytest.mark.parametrize(("number", "rows"), [(1, [1]), (5, [5]), (6, [5, 1]), (11, [5, 5, 1])])
def test_five_buttons_a_row(number: int, rows: list[int], phrases: Phrases) -> None:
    found = blocks(Reply("Kies", tuple(Button(f"Knop {n}", f"/k{n}") for n in range(number))), phrases)
    assert [len(block["elements"]) for block in found if block["type"] == "actions"] == rows
    assert [button["value"] for button in buttons(found)] == [f"/k{n}" for n in range(number)]


@pytest.mark.parametrize(("length", "written_out"), [(75, False), (76, True)])
def test_a_long_title_is_written_out_above_its_button(length: int, written_out: bool, phrases: Phrases) -> None:
    found = blocks(Reply("Kies", (Button("k" * length, "/kies"),)), phrases)
    assert ("k" * length in seen(found)) is written_out
    assert buttons(found)[0]["text"]["text"].startswith("k" * 74)
    assert buttons(found)[0]["value"] == "/kies"


@pytest.mark.parametrize(("length", "number"), [(2000, 1), (2001, 0)])
def test_a_payload_that_does_not_fit_can_be_typed(length: int, number: int, phrases: Phrases) -> None:
    found = blocks(Reply("Kies", (Button("Veel", "/" + "x" * (length - 1)),)), phrases)
    assert len(buttons(found)) == number
    assert (phrases.say("kanalen.typ_je_keuze") in str(found)) is (number == 0)
    assert ("•Veel" in seen(found)) is (number == 0)


@pytest.mark.parametrize(
    ("url", "is_button"),
    [
        ("https://voorbeeld.nl/a?b=1&c=2", True),
        ("http://voorbeeld.nl", True),
        ("https://voorbeeld.nl/" + "x" * (3000 - 21), True),
        ("https://voorbeeld.nl/" + "x" * (3001 - 21), False),
        ("mailto:hr@voorbeeld.nl", False),
        ("javascript:alert(1)", False),
        ("geen adres", False),
    ],
)
def test_a_link_is_a_button_or_else_text(url: str, is_button: bool, phrases: Phrases) -> None:
    found = blocks(Reply("Zie", links=(LinkButton("Meer", url),)), phrases)
    assert [button["url"] for button in buttons(found)] == [url] * is_button
    assert (mrkdwn(f"•Meer:{url}").translate(SPACES) in seen(found)) is not is_button


def test_a_page_is_a_link_with_the_public_address(phrases: Phrases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_PUBLIC_URL", "https://leren.voorbeeld.nl/")
    found = blocks(Reply("Klaar", pages=(PageLink("Print", "/kaart/1"),)), phrases)
    assert buttons(found)[0]["url"] == "https://leren.voorbeeld.nl/kaart/1"


@pytest.mark.parametrize(("facts", "sections"), [(10, [10]), (11, [10, 1]), (21, [10, 10, 1])])
def test_ten_facts_a_section(facts: int, sections: list[int], phrases: Phrases) -> None:
    card = Card("Titel", facts=tuple((f"Feit {n}", f"waarde {n}") for n in range(facts)))
    found = blocks(Reply("", cards=(card,)), phrases)
    assert [len(block["fields"]) for block in found if "fields" in block] == sections


@pytest.mark.parametrize(("length", "is_field"), [(1996, True), (1997, False), (7000, False)])
def test_a_long_fact_takes_the_whole_width(length: int, is_field: bool, phrases: Phrases) -> None:
    found = blocks(Reply("", cards=(Card("T", facts=(("L", "x" * length),)),)), phrases)
    assert any("fields" in block for block in found) is is_field
    assert "x" * length in seen(found)


def test_cards_are_parted_by_lines(phrases: Phrases) -> None:
    card = Card("Titel", "Tekst", (("Kosten", "geen"),), (Button("Meer", "/m"),), (LinkButton("Site", "https://x.nl"),))
    found = blocks(Reply("Hoi", (Button("Anders", "/anders"),), cards=(card, card)), phrases)
    one = ["divider", "section", "section", "actions"]
    assert [block["type"] for block in found] == ["section", *one, *one, "divider", "actions"]


def test_an_empty_reply_is_no_message(phrases: Phrases) -> None:
    assert render(Reply(" \n "), phrases) == []


def test_the_owner_of_a_button_is_found_back(phrases: Phrases) -> None:
    found = blocks(Reply("Kies", (Button("A", "/a"),)), phrases)
    assert owner_of(found[-1]["block_id"]) == "iemand"


def test_a_choice_takes_the_place_of_the_buttons_and_leaves_the_links(phrases: Phrases) -> None:
    card = Card("Titel", "Tekst", buttons=(Button("Meer", "/m"),))
    before = blocks(
        Reply("Hoi", (Button("A & B", "/a"),), (LinkButton("Site", "https://x.nl"),), (card,)),
        phrases,
    )
    after = chosen(before, "A & B", phrases)
    assert problems_of_message(after) == []
    assert [button["text"]["text"] for button in buttons(after)] == ["Site"]
    assert [block["type"] for block in after] == ["section", "divider", "section", "divider", "actions", "context"]
    assert "A &amp; B" in after[-1]["elements"][0]["text"]


WORDS = st.text(max_size=120) | st.text("a<>&*- \n.", max_size=300) | st.integers(0, 1000).map(lambda n: "wóórd & " * n)
TITLES = st.text(max_size=200)
URLS = st.sampled_from(["https://x.nl/?a=b&c", "mailto:a@b.nl", "x", "", "https://x.nl/" + "y" * 3000]) | TITLES
BUTTONS = st.builds(Button, TITLES, st.text(max_size=40) | st.integers(0, 2100).map(lambda n: "/" + "x" * n))
LINKS = st.builds(LinkButton, TITLES, URLS)
FACTS = st.lists(st.tuples(TITLES, WORDS), max_size=11).map(tuple)
CARDS = st.builds(
    Card, TITLES, WORDS, FACTS, st.lists(BUTTONS, max_size=7).map(tuple), st.lists(LINKS, max_size=3).map(tuple)
)
REPLIES = st.builds(
    Reply,
    WORDS,
    st.lists(BUTTONS, max_size=7).map(tuple),
    st.lists(LINKS, max_size=3).map(tuple),
    st.lists(CARDS, max_size=4).map(tuple),
    st.lists(st.builds(PageLink, TITLES, st.just("/print/1")), max_size=2).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(REPLIES)
def test_slack_takes_every_reply_and_nothing_is_lost(phrases: Phrases, reply: Reply) -> None:
    found = blocks(reply, phrases)
    shown = seen(found) + "".join(button["text"]["text"] for button in buttons(found)).translate(SPACES)
    for text in (reply.text, *(card.text for card in reply.cards)):
        assert mrkdwn(text).translate(SPACES) in shown
    for card in reply.cards:
        for _, value in card.facts:
            assert mrkdwn(value).translate(SPACES).lstrip("•-") in shown
    values = [button.get("value") for button in buttons(found)]
    assert [v for v in values if v] == [
        b.payload or b.title or "…" for b in reply.all_buttons if len(b.payload) <= 2000
    ]
    titles = [choice.title for group in (reply.all_buttons, reply.links, reply.pages) for choice in group]
    for title in titles:
        line = " ".join(title.split())
        assert line.translate(SPACES) in shown or mrkdwn(f"- {line}").translate(SPACES).rstrip(":") in shown


@settings(max_examples=50, deadline=None)
@given(REPLIES)
def test_a_choice_made_is_a_message_too(phrases: Phrases, reply: Reply) -> None:
    for message in render(reply, phrases):
        after = chosen(message.blocks, "Wat ik koos", phrases)
        assert len(after) <= len(message.blocks) + 1
        assert problems_of_message(after) == [] or len(message.blocks) == 50


def test_the_home_tab(knowledge: Knowledge, phrases: Phrases) -> None:
    view = home(Reply("Welkom", (Button("Begin", "/start"),)), phrases)
    assert problems_of_home(view) == []
    View(**view).to_dict()
