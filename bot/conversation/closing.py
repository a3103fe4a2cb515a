"""Rounding off: what was found, and the first step."""

from __future__ import annotations

from bot.conversation.reply import Button, Reply, payload
from bot.conversation.turn import Turn, join


def summarise(turn: Turn) -> list[Reply]:
    """What the person told and which items were explained or offered, with a first step."""
    state = turn.state
    items = [item for key in state.explained or state.suggesties if (item := turn.library.find(key))]
    if not items:
        return [turn.reply("samenvatting_leeg")]
    lines = [turn.say("samenvatting_kop")]
    if state.belemmeringen:
        lines.append(
            turn.say("samenvatting_over", belemmeringen=join([turn.barrier_name(b) for b in state.belemmeringen]))
        )
    lines += [f"- **{item.title}**: {item.simple}" for item in items[-3:]]
    lines.append(turn.say("samenvatting_stap", titel=items[-1].title))
    yes = Button(turn.say("ja_nuttig"), payload("feedback_goed"))
    no = Button(turn.say("nee_nuttig"), payload("feedback_slecht"))
    return [Reply("\n".join(lines)), turn.reply("was_dit_nuttig", yes, no)]
