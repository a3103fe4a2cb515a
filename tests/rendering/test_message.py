"""A reply reaches the output channels whole, and as text where a channel knows no more than text."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from bot.conversation.reply import Button, Card, LinkButton, PageLink, Reply
from bot.rendering import plain
from bot.rendering.message import from_rasa, to_rasa

WHOLE = Reply(
    "Dit past bij jou:",
    (Button("Iets anders", "/anders"),),
    (LinkButton("Site", "https://example.org"),),
    (Card("1. Taalles", "Kort en dichtbij.", (("Kosten", "gratis"),), (Button("Taalles", '/kiezen{"n": "1"}'),)),),
    (PageLink("Print dit", "/blad/samenvatting"),),
)


@pytest.mark.parametrize("reply", [Reply("Hoi"), Reply("Hoi", (Button("Ja", "/bevestigen"),)), WHOLE])
def test_a_reply_survives_the_journey_through_rasa(reply: Reply) -> None:
    dispatcher = CollectingDispatcher()
    dispatcher.utter_message(**to_rasa(reply))
    assert from_rasa(dispatcher.messages[0]) == reply


def test_text_and_buttons_alone_show_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_PUBLIC_URL", "https://bot.example.org/")
    message = to_rasa(WHOLE)
    assert message["text"] == plain.text(WHOLE)
    for part in ("Dit past bij jou:", "1. Taalles", "Kort en dichtbij.", "Kosten: gratis"):
        assert part in message["text"]
    assert "[Site](https://example.org)" in message["text"]
    assert "[Print dit](https://bot.example.org/blad/samenvatting)" in message["text"]
    assert [button["title"] for button in message["buttons"]] == ["Taalles", "Iets anders"]
