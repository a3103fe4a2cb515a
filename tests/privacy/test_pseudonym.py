"""Pseudonyms of people whom a channel knows by an id of its own."""

from __future__ import annotations

import pytest

from bot.privacy.pseudonym import SecretMissing, pseudonym, short_hash


def test_a_pseudonym_is_always_the_same_and_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_SECRET", "een-geheim-van-genoeg-tekens")
    one = pseudonym("slack", "U024BE7LH")
    assert one == pseudonym("slack", "U024BE7LH")
    assert len(one) == 32 and "U024" not in one
    assert len({one, pseudonym("teams", "U024BE7LH"), pseudonym("slack", "U024BE7LI")}) == 3


def test_another_secret_gives_another_pseudonym(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_SECRET", "een-geheim-van-genoeg-tekens")
    one = pseudonym("slack", "U1")
    monkeypatch.setenv("BOT_SECRET", "een-ander-geheim-van-genoeg-tekens")
    assert pseudonym("slack", "U1") != one


@pytest.mark.parametrize("secret", ["", "kort"])
def test_without_a_good_secret_there_is_none(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("BOT_SECRET", secret)
    with pytest.raises(SecretMissing, match="BOT_SECRET"):
        pseudonym("slack", "U1")


def test_the_hash_in_the_log_is_short_and_tells_conversations_apart() -> None:
    assert len(short_hash("een")) == 8
    assert short_hash("een") == short_hash("een") != short_hash("twee")
