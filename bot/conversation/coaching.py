"""Help for a talk: for those who encourage others, for an employee with a manager, for the case towards a board."""

from __future__ import annotations

from bot.conversation import explain, intake, suggestions
from bot.conversation.reply import Reply
from bot.conversation.turn import Turn

TALK_WITH_MANAGER = "persoonlijk_ontwikkelplan"


def help_with_talk(turn: Turn) -> list[Reply]:
    """Options to bring to a talk with a colleague, for what stands in that colleague's way."""
    turn.absorb()
    turn.state.rol = turn.state.rol or "leerambassadeur"
    if not turn.state.belemmeringen:
        return [intake.ask_barrier(turn)]
    turn.state.seen.clear()
    return [turn.reply("gesprek_tips"), *suggestions.offer(turn)]


def prepare_own_talk(turn: Turn) -> list[Reply]:
    """A talk with one's manager: what to bring, and the plan it can lead to."""
    turn.absorb()
    item = turn.library.find(TALK_WITH_MANAGER)
    return [turn.reply("gesprek_voorbereiden"), *(explain.show(turn, item, "samenvatting") if item else [])]


def make_the_case(turn: Turn) -> list[Reply]:
    """Arguments for an employer who doubts."""
    turn.absorb()
    barriers = [b for b in turn.state.belemmeringen if b != "werkgever_overtuigen"]
    turn.state.belemmeringen = ["werkgever_overtuigen", *barriers]
    turn.state.rol = turn.state.rol or "hr"
    return intake.advance(turn)
