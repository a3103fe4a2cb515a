"""What is done in several steps (a scan, a sheet, a first step to choose), and how any message falls in with it.

`State.task` is a plain dict: `name` is a key of STEPS, `aside` counts the messages in a row about something else, and
the rest belongs to the step. A message is first read as an answer to the step. When it is none, it gets its usual
answer and the step is taken up again, twice at most: who goes on about something else wants something else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.conversation import answers, care, closing, coaching, preparation, scan
from bot.conversation.reply import Button, Reply, payload
from bot.conversation.turn import Turn

PATIENCE = 2
ENDING = ("afscheid", "mens", "opnieuw", "privacy", "wissen")
DOUBTFUL_ALARM = 0.25  # from here on every doubtful cry for help is asked about; below it once
CHECKED = "zorg_check"


@dataclass(frozen=True)
class Step:
    """`answer` returns None for a message that is no answer to the step; `resume` puts the question again."""

    answer: Callable[[Turn], list[Reply] | None]
    resume: Callable[[Turn], list[Reply]] | None = None


STEPS = {
    scan.TASK: Step(scan.answer, scan.resume),
    scan.PHASES: Step(scan.answer_phase),
    scan.OUTCOME: Step(scan.answer_outcome),
    coaching.TASK: Step(coaching.answer),
    preparation.TASK: Step(preparation.answer, preparation.resume),
    closing.FIRST_STEP: Step(closing.answer_step),
    closing.REMARK: Step(closing.answer_remark),
}


def respond(turn: Turn, otherwise: Callable[[Turn], list[Reply]]) -> list[Reply]:
    """The reply of the step under way, or that of `otherwise`."""
    task = turn.state.task
    if task is None:
        return otherwise(turn)
    alarm = turn.heard.intent in care.INTENTS
    doubtful = alarm and not turn.heard.button and turn.heard.confidence < care.CERTAIN
    leaves = turn.heard.intent in ENDING and not answers.read(turn, ("stop",))
    if leaves or (alarm and not doubtful):
        turn.state.task = None
        return otherwise(turn)
    if care.comes_first(turn):
        turn.state.task = None
        return care.respond(turn)
    step = STEPS[task["name"]]
    replies = step.answer(turn)
    if replies is not None:
        if turn.state.task is task:
            task["aside"] = 0
        return [*_checked(turn), *replies] if doubtful else replies
    if doubtful:
        turn.state.task = None
        return otherwise(turn)
    replies = otherwise(turn)
    if turn.state.task is not task:
        return replies  # the answer began, or ended, something of its own
    task["aside"] = task.get("aside", 0) + 1
    if step.resume is None or task["aside"] > PATIENCE:
        turn.state.task = None
        return replies
    return [*replies, *step.resume(turn)]


def _checked(turn: Turn) -> list[Reply]:
    """An answer to a step that may be a cry for help: the numbers, and the step goes on."""
    asked = turn.state.asked
    if turn.heard.confidence < DOUBTFUL_ALARM and CHECKED in asked:
        return []
    asked += [CHECKED] * (CHECKED not in asked)
    return [turn.reply("zorg.check", Button(turn.say("zorg.check_ja"), payload(turn.heard.intent)))]
