"""Conversations of a period, from the database to plain data without words or codes of persons."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.engine import Engine

from bot.insight.turns import FOREIGN, OTHER, OUT_OF_SCOPE, TYPES, Turn, read_turns
from bot.privacy.care_words import BARRIERS as CARE_BARRIERS

_SENDERS = text("SELECT DISTINCT sender_id FROM events WHERE timestamp >= :since AND timestamp < :until")
_EVENTS = text(
    "SELECT sender_id, data FROM events WHERE sender_id IN :senders AND type_name IN :types ORDER BY sender_id, id"
).bindparams(bindparam("senders", expanding=True), bindparam("types", expanding=True))
_AT_ONCE = 200  # conversations in memory


@dataclass(frozen=True)
class Period:
    """Both days included, in local time."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def seconds(self) -> tuple[float, float]:
        """Start (included) and end (not included), in seconds since 1970."""
        start = datetime.combine(self.first, time())
        return start.timestamp(), datetime.combine(self.last + timedelta(1), time()).timestamp()


@dataclass(frozen=True)
class Conversation:
    """What is counted of a conversation. Role, barriers (those about care left out) and sector are what was known
    last; `unanswered` holds the masked messages that the bot had nothing to say to."""

    day: date  # of the first message in the period
    messages: int
    role: str | None = None
    barriers: frozenset[str] = frozenset()
    sector: str | None = None
    offered: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()
    linked: frozenset[str] = frozenset()
    judgement: str | None = None
    unanswered: tuple[str, ...] = ()
    not_understood: int = 0  # messages
    out_of_scope: int = 0
    foreign: int = 0  # messages that seemed to be in another language
    other: int = 0  # times 'iets anders'
    care: bool = False


def read(engine: Engine, period: Period) -> Iterator[Conversation]:
    """The conversations in which something was said in the period."""
    since, until = period.seconds
    with engine.connect() as connection:
        senders = connection.execute(_SENDERS, {"since": since, "until": until}).scalars().all()
        for start in range(0, len(senders), _AT_ONCE):
            some = {"senders": senders[start : start + _AT_ONCE], "types": TYPES}
            for _, rows in groupby(connection.execute(_EVENTS, some), key=lambda row: row[0]):
                turns = [turn for turn in read_turns(_loaded(rows)) if since <= turn.time < until]
                if turns:
                    yield summarise(turns)


def _loaded(rows: Iterable[Any]) -> Iterator[dict[str, Any]]:
    return (json.loads(data) for _, data in rows)


def summarise(turns: Sequence[Turn]) -> Conversation:
    """`turns`: at least one."""
    barriers = _last(turn.barriers for turn in turns) or ()
    return Conversation(
        day=datetime.fromtimestamp(turns[0].time).date(),
        messages=len(turns),
        role=_last(turn.role for turn in turns),
        barriers=frozenset(barriers) - frozenset(CARE_BARRIERS),
        sector=_last(turn.sector for turn in turns),
        offered=frozenset(key for turn in turns for key in turn.offered),
        opened=frozenset(turn.opened for turn in turns if turn.opened),
        linked=frozenset(turn.linked for turn in turns if turn.linked),
        judgement=_last(turn.judgement for turn in turns),
        unanswered=tuple(turn.typed for turn in turns if turn.unanswered and turn.typed),
        not_understood=sum(turn.not_understood for turn in turns),
        out_of_scope=sum(turn.intent == OUT_OF_SCOPE for turn in turns),
        foreign=sum(turn.intent == FOREIGN for turn in turns),
        other=sum(turn.intent == OTHER for turn in turns),
        care=any(turn.care or set(turn.barriers) & set(CARE_BARRIERS) for turn in turns),
    )


def _last(values: Iterable[Any]) -> Any:
    return next((value for value in reversed(list(values)) if value), None)
