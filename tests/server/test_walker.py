"""Talks at random with the real server; `python -m tests.server.walker` talks longer."""

from __future__ import annotations

from bot.conversation.turn import Knowledge
from tests.conftest import Server
from tests.server.walker import Rules, walk

TURNS, SEED = 2000, 20


def test_the_bot_always_has_a_fitting_answer(server: Server, knowledge: Knowledge) -> None:
    report = walk(server.say, server.slots, Rules.of(knowledge), TURNS, SEED)
    print(report)
    assert not report.faults, f"{report}\n" + "\n".join(report.faults[:20])
    assert report.turns >= TURNS
    assert len(report.states) > TURNS / 5, f"the walk went in circles: {report}"
