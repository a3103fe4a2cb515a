"""One turn from beginning to end: reads the message, answers it, takes up what was left open, never says the same
thing three times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from zlib import crc32

from bot.content.model import Item, Section
from bot.conversation import care, explain, facts, intake, opening, reading, repair, steps
from bot.conversation.reply import Reply
from bot.conversation.turn import Turn

Answer = Callable[[Turn], list[Reply]]

LONG_PAUSE = 4 * 3600  # seconds after which someone comes back rather than goes on
REMINDERS = 2  # times in a row that an open question is put again
# After these the question that was open is put again.
ASIDE = frozenset({"vraag_feit", "privacy", "vraag_bot", "praatje", "mens", "bedanken", "vraag_bron"})
QUESTIONS = frozenset({"privacy", "vraag_bot", "mens"})  # beside those that start with 'vraag_'
RETURNING = frozenset({"start", "groeten", "opnieuw", "wissen"})  # these speak of coming back themselves


def respond(turn: Turn, answers: Mapping[str, Answer]) -> list[Reply]:
    """The replies to a message; `answers` says which function answers which intent. Changes the state."""
    state = turn.state
    state.turn += 1
    turn.away = turn.now - state.last if state.last and turn.now else 0.0
    state.last = turn.now
    state.missed = False
    question, options = state.question, list(state.suggesties)
    if state.task:
        reading.read_briefly(turn)
    replies = steps.respond(turn, lambda now: _usual(now, answers))
    aside = turn.heard.intent in ASIDE or _about_another(turn, options)
    if aside and question and state.question == question and state.reminded < REMINDERS:
        state.reminded += 1
        replies += intake.ask_again(turn)
    elif not aside:
        state.reminded = 0
    if turn.away >= LONG_PAUSE and turn.heard.intent not in {*RETURNING, *care.INTENTS}:
        replies = [*opening.welcome_back(turn), *replies]
    if turn.heard.alarm:
        replies.append(care.ask_softly(turn))
    replies = _not_three_times(turn, replies)
    state.offered = {button.title: button.payload for reply in replies for button in reply.all_buttons}
    return replies


def _usual(turn: Turn, answers: Mapping[str, Answer]) -> list[Reply]:
    reading.read(turn)
    return _answers(turn, answers)


def _answers(turn: Turn, answers: Mapping[str, Answer]) -> list[Reply]:
    """Answers the message; one that holds both a question and something told gets both answered."""
    heard = turn.heard
    answer = answers.get(heard.intent, repair.not_understood)
    if answer not in (repair.not_understood, repair.out_of_scope):
        turn.state.misunderstood = 0
    questions = [] if heard.button else heard.questions()
    asks = (heard.intent.startswith("vraag_") and heard.intent != "vraag_opties") or heard.intent in QUESTIONS
    if asks and questions and _told(turn, questions):
        turn.heard = replace(heard, text=" ".join(questions), role=None, barriers=(), sector=None)
        first = answer(turn)
        turn.heard = replace(heard, intent="vertellen")
        return [*first, *intake.tell(turn)]
    if heard.intent == "vertellen" and not heard.button and (ended := _ended(turn)):
        return [*explain.show(turn, ended, Section.SUMMARY.value), *answer(turn)]
    if heard.intent in ("vertellen", "corrigeren") and questions and _told(turn, questions):
        return [*facts.answer_beside(turn, questions[-1]), *answer(turn)]
    return answer(turn)


def _about_another(turn: Turn, options: list[str]) -> bool:
    """Whether the question was about a subject of its own, not about one of the options."""
    return turn.heard.intent.startswith("vraag_") and turn.state.interventie not in (None, *options)


def _ended(turn: Turn) -> Item | None:
    """A scheme named in the message that is no more: that is said before anything else."""
    named = [turn.library.items[key] for key in turn.heard.named_items(turn.library)]
    return next((item for item in named if item.ended), None)


def _told(turn: Turn, questions: list[str]) -> bool:
    """Whether the message tells something new besides its questions."""
    heard, state = turn.heard, turn.state
    beside = len(heard.text.split()) - sum(len(question.split()) for question in questions)
    new = [b for b in heard.barriers if b not in state.belemmeringen]
    return beside >= 3 and bool(new or (heard.role and heard.role != state.rol))


def _not_three_times(turn: Turn, replies: list[Reply]) -> list[Reply]:
    """The replies; something else when the last two answers were exactly these. Help is never left out."""
    said = turn.state.said
    mark = _mark(replies)
    if said[-2:] == [mark, mark] and turn.heard.intent not in care.INTENTS:
        replies = repair.same_again(turn)
        mark = _mark(replies)
    turn.state.said = [*said[-1:], mark]
    return replies


def _mark(replies: list[Reply]) -> str:
    return f"{crc32(repr([(r.text, r.cards) for r in replies]).encode()):x}"
