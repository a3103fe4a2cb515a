"""Greeting and the small courtesies of a talk."""

from __future__ import annotations

from bot.conversation import intake, suggestions
from bot.conversation.explain import contact_links, contact_text
from bot.conversation.reply import Button, Reply, payload
from bot.conversation.turn import Turn, join


def greet(turn: Turn) -> list[Reply]:
    """Says who it is and what it can do; offers to go on with someone who was here before."""
    turn.absorb()
    state = turn.state
    if state.belemmeringen:
        topic = join([turn.barrier_name(b) for b in state.belemmeringen])
        go_on = Button(turn.say("verder_gaan"), payload("vraag_opties"))
        again = Button("Opnieuw beginnen", payload("opnieuw"))
        return [turn.reply("welkom_terug", go_on, again, onderwerp=topic)]
    return [Reply(turn.say("welkom"), _starts(turn))]


def introduce(turn: Turn) -> list[Reply]:
    return [Reply(turn.say("wie_ben_ik"), suggestions.buttons(turn) or _starts(turn))]


def restart(turn: Turn) -> list[Reply]:
    turn.state.forget()
    question = intake.ask_barrier(turn)
    return [Reply(turn.say("opnieuw"), question.buttons)]


def thanks(turn: Turn) -> list[Reply]:
    return [turn.reply("bedankt")]


def goodbye(turn: Turn) -> list[Reply]:
    return [turn.reply("afscheid")]


def small_talk(turn: Turn) -> list[Reply]:
    return [turn.reply("praatje")]


def human(turn: Turn) -> list[Reply]:
    return [turn.reply("mens", links=contact_links(turn), contact=contact_text(turn))]


def privacy(turn: Turn) -> list[Reply]:
    days = str(turn.knowledge.retention_days)
    return [turn.reply("privacy", Button("Wis mijn gegevens", payload("wissen")), dagen=days)]


def erase(turn: Turn) -> list[Reply]:
    """The mark on the reply makes the store erase the conversation, this message included."""
    turn.state.forget()
    return [Reply(turn.say("wissen"), wissen=True)]


def _starts(turn: Turn) -> tuple[Button, ...]:
    examples = turn.knowledge.phrases.group("voorbeelden_knoppen")
    found = [Button(text, payload("vertellen", belemmering=barrier)) for barrier, text in examples.items()]
    roles = [
        Button(turn.say(f"rollen.{r}"), payload("vertellen", rol=r))
        for r in ("leidinggevende", "hr", "leerambassadeur")
    ]
    return (*found, *roles, Button(turn.say("weet_niet"), payload("scan")))
