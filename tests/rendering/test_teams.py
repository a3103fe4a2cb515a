"""Teams messages at the edges of Teams' limits, and for random replies."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.conversation.phrases import Phrases
from bot.conversation.reply import Button, Card, LinkButton, PageLink, Reply, payload
from bot.conversation.turn import Knowledge
from bot.rendering.teams import MAX_LABEL, MAX_PAYLOAD, MAX_TEXT, MAX_URL, render
from tests.channels.adaptive_card import elements, problems_of_message


@pytest.fixture(scope="module")
def phrases(knowledge: Knowledge) -> Phrases:
    return knowledge.phrases


def checked(reply: Reply, phrases: Phrases) -> list[dict[str, Any]]:
    """The messages; each is what Teams takes."""
    messages = render(reply, phrases)
    for message in messages:
        assert problems_of_message(message) == []
    return messages


def shown(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    cards = [attachment["content"] for message in messages for attachment in message.get("attachments", [])]
    return [element for card in cards for element in elements(card)]


def actions(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [action for element in shown(messages) for action in element.get("actions", [])]


def read(messages: list[dict[str, Any]]) -> str:
    """All that is read, without formatting, escapes and white space."""
    texts = [message.get("text", "") for message in messages]
    for element in shown(messages):
        texts.append(element.get("text", ""))
        texts += [fact["title"] + fact["value"] for fact in element.get("facts", [])]
    return bare("".join(texts))


def bare(text: str) -> str:
    return re.sub(r"[\s\\*]|[\x00-\x1f\x7f-\x9f]", "", text)


BUTTON = Button("Zo werkt het", payload("uitleg", item="evc"))


def test_a_short_text_is_no_card(phrases: Phrases) -> None:
    assert checked(Reply("Hoi **jij**!"), phrases) == [
        {"type": "message", "textFormat": "markdown", "text": "Hoi **jij**!"}
    ]


def test_nothing_to_say_is_no_message(phrases: Phrases) -> None:
    assert checked(Reply(" \n"), phrases) == []


def test_a_long_text_becomes_more_messages(phrases: Phrases) -> None:
    text = "Dit is een zin van precies veertig tekens. " * 1000
    messages = checked(Reply(text), phrases)
    assert len(messages) > 1
    assert read(messages) == bare(text)
    assert all(message["text"].endswith("tekens.") for message in messages)


def test_a_reply_as_a_card(phrases: Phrases) -> None:
    reply = Reply(
        "Dit **past**:\n1. Een\n2. Twee\n\nKies er een.",
        buttons=(BUTTON,),
        links=(LinkButton("Lees meer", "https://example.org/meer"),),
        cards=(Card("EVC", "Wat je kunt op papier.", (("Kosten", "€ 1.500"), ("Tijd", "3 maanden")), (BUTTON,)),),
        pages=(PageLink("Print dit", "/pagina/kaart"),),
    )
    (message,) = checked(reply, phrases)
    found = shown([message])
    assert [(e["type"], e.get("text")) for e in found] == [
        ("TextBlock", "Dit **past**:"),
        ("TextBlock", "1. Een\r2. Twee"),
        ("TextBlock", "Kies er een."),
        ("Container", None),
        ("TextBlock", "EVC"),
        ("TextBlock", "Wat je kunt op papier."),
        ("FactSet", None),
        ("ActionSet", None),
        ("ActionSet", None),
    ]
    assert found[6]["facts"] == [{"title": "Kosten", "value": "€ 1.500"}, {"title": "Tijd", "value": "3 maanden"}]
    assert [a["title"] for a in actions([message])] == ["Zo werkt het", "Lees meer", "Print dit", "Zo werkt het"]
    assert actions([message])[2]["url"].endswith("/pagina/kaart")
    assert message["summary"] == "Dit past: 1. Een 2. Twee Kies er een."


def test_a_button_comes_back_as_said_by_the_person(phrases: Phrases) -> None:
    (action,) = actions(checked(Reply("Kies.", (BUTTON,)), phrases))
    assert action["data"] == {
        "msteams": {
            "type": "messageBack",
            "displayText": "Zo werkt het",
            "text": "Zo werkt het",
            "value": {"payload": BUTTON.payload},
        },
        "payload": BUTTON.payload,
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("een **vet** woord en **nog een**", "een **vet** woord en **nog een**"),
        ("a_b_c *niet schuin* [geen](https://x.nl) `code`", r"a\_b\_c \*niet schuin\* \[geen\](https://x.nl) \`code\`"),
        ("# geen kop", r"\# geen kop"),
        ("> geen citaat", r"\> geen citaat"),
        ("3) drie", r"3\) drie"),
        ("---", r"\---"),
        ("AT&amp;T & co", r"AT\&amp;T & co"),
        ("2 ** 3 ** 4", r"2 \*\* 3 \*\* 4"),
    ],
)
def test_formatting(text: str, expected: str, phrases: Phrases) -> None:
    found = shown(checked(Reply(text, (BUTTON,)), phrases))
    assert found[0]["text"] == expected


@pytest.mark.parametrize(("number", "sets"), [(1, [1]), (6, [6]), (7, [6, 1]), (12, [6, 6]), (13, [6, 6, 1])])
def test_at_most_six_buttons_in_a_set(number: int, sets: list[int], phrases: Phrases) -> None:
    buttons = tuple(Button(f"K{i}", f"/knop{i}") for i in range(number))
    messages = checked(Reply("Kies.", buttons), phrases)
    assert [len(e["actions"]) for e in shown(messages) if e["type"] == "ActionSet"] == sets
    assert [a["data"]["payload"] for a in actions(messages)] == [b.payload for b in buttons]


@pytest.mark.parametrize(
    ("titles", "sets"),
    [
        (["Overheid", "Zorg en welzijn", "Sla over"], [3]),  # 40 wide
        (["Overheid", "Zorg en welzijn", "Sla over!"], [2, 1]),
        (["t" * 37, "a"], [1, 1]),
        (["t" * 40, "t" * 40, "a", "b"], [1, 1, 2]),
    ],
)
def test_buttons_that_stand_side_by_side_have_room_for_their_titles(
    titles: list[str], sets: list[int], phrases: Phrases
) -> None:
    messages = checked(Reply("Kies.", tuple(Button(title, "/kies") for title in titles)), phrases)
    assert [len(e["actions"]) for e in shown(messages) if e["type"] == "ActionSet"] == sets
    assert [a["title"] for a in actions(messages)] == titles


def test_when_a_title_is_written_out_the_others_are_too(phrases: Phrases) -> None:
    buttons = (Button("Kort", "/kort"), Button("Een titel die zo lang is dat een telefoon hem afkapt", "/lang"))
    found = shown(checked(Reply("Over welke?", buttons), phrases))
    assert found[1]["text"] == "- Kort\r- Een titel die zo lang is dat een telefoon hem afkapt"


@pytest.mark.parametrize("length", [MAX_LABEL, MAX_LABEL + 1])
def test_a_long_title_is_written_out(length: int, phrases: Phrases) -> None:
    title = "t" * length
    messages = checked(Reply("Kies.", (Button(title, "/kies"),)), phrases)
    (action,) = actions(messages)
    assert len(action["title"]) == MAX_LABEL
    assert (title in read(messages)) == (action.get("tooltip") == title) == (length > MAX_LABEL)


def test_a_long_title_that_was_just_read_is_not_written_out(phrases: Phrases) -> None:
    title = "Een collega die je helpt om te gaan leren (leerambassadeur)"
    messages = checked(Reply(f"Dit past:\n1. {title}", (Button(title, "/kies"),)), phrases)
    assert read(messages).count(bare(title)) == 1


def test_a_payload_too_long_can_be_typed(phrases: Phrases) -> None:
    buttons = (Button("Lang", "/" + "x" * MAX_PAYLOAD), Button("Net niet", "/" + "x" * (MAX_PAYLOAD - 1)))
    messages = checked(Reply("Kies.", buttons), phrases)
    assert [a["title"] for a in actions(messages)] == ["Net niet"]
    assert bare(phrases.say("kanalen.typ_je_keuze") + "- Lang") in read(messages)


@pytest.mark.parametrize("url", ["https://x.nl/" + "a" * MAX_URL, "mailto:iemand@example.org", "javascript:alert(1)"])
def test_what_a_link_button_cannot_open_is_written_out(url: str, phrases: Phrases) -> None:
    messages = checked(Reply("Kijk hier.", links=(LinkButton("Hier", url),)), phrases)
    assert not actions(messages)
    assert bare(f"- Hier: {url}") in read(messages)


def test_a_card_that_fits_is_not_spread_over_messages(phrases: Phrases) -> None:
    cards = tuple(Card(f"Kaart {i}", "zin. " * 800) for i in range(8))
    messages = checked(Reply("Vergelijk:", cards=cards), phrases)
    assert len(messages) > 1
    for message in messages:
        for element in message["attachments"][0]["content"]["body"]:
            if element["type"] == "Container":
                assert element["items"][0]["text"].startswith("Kaart")


def test_a_card_too_long_for_a_message_goes_on_in_the_next(phrases: Phrases) -> None:
    text = "Een zin die vaak terugkomt. " * 1500
    messages = checked(Reply("", cards=(Card("Lang", text, buttons=(BUTTON,)),)), phrases)
    assert len(messages) > 1
    assert read(messages) == bare("Lang" + text)
    assert len(actions(messages)) == 1


def test_a_fact_too_long_for_a_column_takes_the_width(phrases: Phrases) -> None:
    facts = (("Kosten", "geen"), ("Voor wie", "w" * 301), ("Tijd", "een dag"))
    found = shown(checked(Reply("", cards=(Card("EVC", facts=facts),)), phrases))
    assert [e["type"] for e in found] == ["Container", "TextBlock", "FactSet", "TextBlock", "TextBlock", "FactSet"]


def test_stars_that_are_no_formatting_are_all_shown(phrases: Phrases) -> None:
    found = shown(checked(Reply("*" * (3 * MAX_TEXT), (BUTTON,)), phrases))
    assert sum(e.get("text", "").count(r"\*") for e in found) == 3 * MAX_TEXT


TEXT = st.text(max_size=60) | st.builds(
    lambda piece, times: piece * times, st.text(min_size=1, max_size=9), st.integers(1, 900)
)
LINE = st.builds(lambda start, text: start + text, st.sampled_from(["", "- ", "1. ", "**", "# ", "\n\n"]), TEXT)
TEXTS = st.lists(LINE, max_size=4).map("\n".join)
BUTTONS = st.lists(st.builds(Button, TEXT, TEXT.map("/{}".format)), max_size=14).map(tuple)
URLS = TEXT.map("https://x.nl/{}".format) | TEXT
LINKS = st.lists(st.builds(LinkButton, TEXT, URLS), max_size=8).map(tuple)
FACTS = st.lists(st.tuples(TEXT, TEXT), max_size=6).map(tuple)
CARDS = st.lists(st.builds(Card, TEXT, TEXTS, FACTS, BUTTONS, LINKS), max_size=4).map(tuple)
PAGES = st.lists(st.builds(PageLink, TEXT, st.just("/pagina")), max_size=2).map(tuple)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.builds(Reply, TEXTS, BUTTONS, LINKS, CARDS, PAGES))
def test_any_reply_becomes_messages_that_teams_takes_with_nothing_lost(phrases: Phrases, reply: Reply) -> None:
    messages = checked(reply, phrases)
    seen = read(messages)
    for text in (reply.text, *(t for card in reply.cards for t in (card.title, card.text))):
        for word in text.split():
            assert bare(word) in seen
    found = actions(messages)
    pressed = [a["data"]["payload"] for a in found if a["type"] == "Action.Submit"]
    assert pressed == [b.payload for b in reply.all_buttons if len(b.payload) <= MAX_PAYLOAD]
    json.dumps(messages, ensure_ascii=False).encode()
