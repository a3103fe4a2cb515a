"""What Slack sends, read as plain data."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.signed import MalformedError
from bot.channels.slack.incoming import (
    Place,
    Said,
    clean,
    read_command,
    read_event,
    read_interaction,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("<@U0BOT> hoi", "hoi"),
        ("<@U0BOT|interventiewijzer> hoi", "hoi"),
        ("vraag <@U1> of <@U2|jan> eens", "vraag of eens"),
        ("<!here> <!channel> kijk", "kijk"),
        ("<!subteam^S1|@team> kijk", "kijk"),
        ("in <#C1|algemeen> staat", "in #algemeen staat"),
        ("zie <https://voorbeeld.nl/a?b=1&amp;c=2>", "zie https://voorbeeld.nl/a?b=1&c=2"),
        ("zie <https://voorbeeld.nl|voorbeeld.nl>", "zie voorbeeld.nl"),
        ("mail <mailto:hr@voorbeeld.nl|hr@voorbeeld.nl>", "mail hr@voorbeeld.nl"),
        ("bel <tel:0612345678>", "bel 0612345678"),
        ("a &amp; b &lt; c &gt; d", "a & b < c > d"),
        ("&amp;lt; blijft", "&lt; blijft"),
        ("twee\nregels", "twee\nregels"),
        ("  ", ""),
    ],
)
def test_slacks_markup_is_undone(typed: str, read: str) -> None:
    assert clean(typed) == read


def test_a_mention_without_words_starts_a_talk() -> None:
    event = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "1.1", "text": "<@U0BOT>"}
    assert read_event({"team_id": "T1", "event": event}) == Said(Place("T1", "U1", "C1", "1.1"), "/start")


def test_conversations_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_SECRET", "geheim-voor-de-tests")
    direct = Place("T1", "U1", "D1").sender
    assert direct == Place("T1", "U1", "D1", "1.1").sender == Place("T1", "U1", "U1").sender
    places = [Place("T2", "U1", "D1"), Place("T1", "U2", "D2"), Place("T1", "U1", "C1", "1.1")]
    places += [Place("T1", "U1", "C1", "2.2"), Place("T1", "U1", "C2", "1.1"), Place("T1", "U2", "C1", "1.1")]
    senders = [direct, *(place.sender for place in places)]
    assert len(set(senders)) == len(senders)
    assert not any("U1" in sender or "T1" in sender for sender in senders)


def _spoiled(good: dict[str, Any], path: list[str], value: Any) -> dict[str, Any]:
    copy = dict(good)
    copy[path[0]] = value if len(path) == 1 else _spoiled(good[path[0]], path[1:], value)
    return copy


EVENT = {
    "team_id": "T1",
    "event": {"type": "message", "channel_type": "im", "user": "U1", "channel": "D1", "ts": "1.1", "text": "hoi"},
    "authorizations": [{"user_id": "U0BOT"}],
}
PRESS = {
    "type": "block_actions",
    "user": {"id": "U1", "team_id": "T1"},
    "channel": {"id": "D1"},
    "message": {"ts": "1.1", "blocks": []},
    "actions": [{"type": "button", "value": "/x", "block_id": "a-1", "text": {"type": "plain_text", "text": "X"}}],
}
PATHS = [[key] for key in EVENT] + [["event", key] for key in EVENT["event"]]  # type: ignore[attr-defined]
PRESS_PATHS = [[key] for key in PRESS] + [["user", "id"], ["channel", "id"], ["message", "ts"], ["message", "blocks"]]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PATHS), JSON)
def test_an_odd_event_is_read_or_called_malformed(path: list[str], value: Any) -> None:
    with suppress(MalformedError):
        read_event(_spoiled(EVENT, path, value))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PRESS_PATHS), JSON)
def test_an_odd_press_is_read_or_called_malformed(path: list[str], value: Any) -> None:
    with suppress(MalformedError):
        read_interaction(_spoiled(PRESS, path, value))


def test_a_command_needs_a_person() -> None:
    assert read_command({"team_id": "T1", "user_id": "U1", "text": "hoi"}) == Said(Place("T1", "U1", "U1"), "hoi")
    with pytest.raises(MalformedError):
        read_command({"team_id": "T1", "text": "hoi"})
