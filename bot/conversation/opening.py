"""Greeting and the small courtesies of a talk."""

from __future__ import annotations

from bot.conversation import intake, suggestions
from bot.conversation.explain import contact_links, contact_text
from bot.conversation.reply import Button, Reply, payload
from bot.conversation.turn import Turn, join

AWAY = 3600  # seconds after which a greeting says that someone is back


def greet(turn: Turn) -> list[Reply]:
    """Says who it is and what it can do, once. In a running talk, or to who comes back, what it was about."""
    first = turn.state.turn <= 1
    turn.absorb()
    if first and turn.heard.barriers:
        return intake.tell(turn)  # 'hoi, ik kom nergens aan toe'
    topic = _topic(turn)
    if topic:
        turn.state.question = "ja_nee"
        go_on = Button(turn.say("verder_gaan"), payload("herhalen"))
        again = Button(turn.say("opnieuw_beginnen"), payload("opnieuw"))
        text = turn.say("welkom_terug" if turn.away >= AWAY else "welkom_intussen", onderwerp=topic)
        return [Reply(text, (go_on, again))]
    return [Reply(turn.say("welkom" if first or turn.away >= AWAY else "welkom_kort"), _starts(turn))]


def welcome_back(turn: Turn) -> list[Reply]:
    """For someone who goes on after a long time without a greeting: kind, and what it was about."""
    topic = _topic(turn)
    return [turn.reply("weer_verder", onderwerp=topic)] if topic else []


def _topic(turn: Turn) -> str:
    """What the talk was about, in a few words; empty when nothing was said yet."""
    state = turn.state
    item = turn.library.find(state.interventie)
    if item is not None:
        return item.title
    if state.belemmeringen:
        return join([turn.barrier_name(b) for b in state.belemmeringen[:2]])
    found = turn.library.find(next(iter(state.suggesties), None))
    return found.title if found else ""


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
    return [turn.reply("privacy", Button(turn.say("wis_gegevens"), payload("wissen")), dagen=days)]


def erase(turn: Turn) -> list[Reply]:
    """The mark on the reply makes the store erase the conversation, this message included."""
    turn.state.forget()
    return [Reply(turn.say("wissen"), _starts(turn), wissen=True)]


def _starts(turn: Turn) -> tuple[Button, ...]:
    examples = turn.knowledge.phrases.group("voorbeelden_knoppen")
    found = [Button(text, payload("vertellen", belemmering=barrier)) for barrier, text in examples.items()]
    roles = [
        Button(turn.say(f"rollen.{r}"), payload("vertellen", rol=r))
        for r in ("leidinggevende", "hr", "leerambassadeur")
    ]
    return (*found, *roles, Button(turn.say("weet_niet"), payload("scan")))
