"""Cue words: whole words, whatever capitals and accents; every kind has its text."""

from __future__ import annotations

import pytest

from bot.conversation import care
from bot.conversation.cues import Cues
from bot.conversation.turn import Knowledge


@pytest.fixture(scope="module")
def cues(knowledge: Knowledge) -> Cues:
    return knowledge.cues


def test_a_command_is_the_whole_message_but_for_filler(cues: Cues) -> None:
    for text, intent in (
        ("Opnieuw!", "opnieuw"),
        ("doe maar iets anders graag", "anders"),
        ("nou, weet ik niet hoor", "overslaan"),
        ("Wat kost dat dan?", "vraag_kosten"),
        ("prima", "bevestigen"),
    ):
        assert cues.command(text) == intent, text
    for text in ("ik wil iets anders doen met mijn leven", "opnieuw naar school", "ja maar ik durf niet"):
        assert cues.command(text) is None, text


def test_words_are_whole_words(cues: Cues) -> None:
    assert cues.kinds("belemmeringen", "TIJD en géld") == ["weinig_tijd", "geen_geld"]
    assert cues.kinds("belemmeringen", "altijd") == []
    assert cues.first("zorg", "dat zijn schuldgevoelens") is None
    assert cues.first("thuis", "ik heb schulden.") == "schulden"


def test_the_gravest_kind_comes_first(cues: Cues) -> None:
    assert cues.first("zorg", "ik word gepest en ik wil niet meer leven") == "zelfdoding"


def test_every_kind_of_help_has_texts_with_a_referral_and_links(knowledge: Knowledge) -> None:
    for kind in (*care.INTENTS, *care.KINDS):
        for turn in range(2):
            text = knowledge.phrases.say(f"zorg.{kind}", turn)
            assert "112" in text, kind
            assert any(who in text for who in ("huisarts", "vertrouwenspersoon", "bedrijfsarts")), kind
        assert knowledge.phrases.say(f"zorg.{kind}", 0) != knowledge.phrases.say(f"zorg.{kind}", 1)
        assert all(key in knowledge.library.links for key in knowledge.phrases.list(f"zorg.links_{kind}"))
    assert "0800-0113" in knowledge.phrases.say("zorg.zelfdoding")
    assert "0800-2000" in knowledge.phrases.say("zorg.thuis")
