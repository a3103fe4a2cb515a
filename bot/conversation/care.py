"""Distress and unsafe situations: a fixed, careful answer with the right referral, before anything else."""

from __future__ import annotations

from bot.content.library import normalise
from bot.conversation.reply import Button, LinkButton, Reply, payload
from bot.conversation.turn import Turn

INTENTS = ("nood", "grensoverschrijding")
# What can be the matter -> the intent it belongs to; content/teksten.yml has a text and links for each.
KINDS = {
    "zelfdoding": "nood",
    "op": "nood",
    "thuis": "grensoverschrijding",
    "gevaar": "grensoverschrijding",
    "geweld": "grensoverschrijding",
    "intimidatie": "grensoverschrijding",
    "discriminatie": "grensoverschrijding",
}
AT_HOME = ("schulden", "mantelzorg", "scheiding", "verslaving")  # each has a text and links of its own too
ALWAYS = ("zelfdoding", "gevaar", "thuis")  # whoever tells it
CERTAIN = 0.5  # an alarm less likely than this is asked about
SPEAKS_FOR_SELF = (None, "medewerker")
# Barriers that a sign of distress may belong to.
UNSAFE = frozenset({"ongewenst_gedrag", "onveilig_werk", "werkdruk", "prive"})
# Barriers that are the trouble itself: who tells more about it has not asked for options yet.
TROUBLE = frozenset({"ongewenst_gedrag", "onveilig_werk", "werkdruk", "gezondheid", "prive"})


def respond(turn: Turn) -> list[Reply]:
    """Help, and nothing else: nothing of the message is kept, and no course is offered."""
    heard, state = turn.heard, turn.state
    if heard.intent in INTENTS and not heard.button and heard.confidence < CERTAIN:
        return [check(turn)]
    state.care, state.question = True, None
    if "zorg" not in state.asked:
        state.asked.append("zorg")
    kind = _kind(turn)
    for_other = KINDS.get(kind) != "nood" and kind != "thuis" and state.rol not in SPEAKS_FOR_SELF
    text = turn.say("zorg.voor_ander") if for_other and kind != "gevaar" else turn.say(f"zorg.{kind}")
    return [Reply(text, (), _links(turn, f"zorg.links_{kind}")), turn.reply("zorg.daarna")]


def _kind(turn: Turn) -> str:
    """What is the matter: by a word that tells it, otherwise the widest kind of the intent."""
    intent = turn.heard.intent
    found = turn.cues.first("zorg", turn.heard.text)
    if found and (KINDS[found] == intent or intent not in INTENTS):
        return found
    return intent if intent in INTENTS else "grensoverschrijding"


def check(turn: Turn) -> Reply:
    """For a message that may be a cry for help: the numbers at once, and one tap to go on if it was not."""
    turn.state.question = "ja_nee"
    barriers = list(turn.heard.barriers)
    on = payload("vertellen", belemmering=barriers) if barriers else payload("scan")
    return turn.reply(
        "zorg.check",
        Button(turn.say("zorg.check_ja"), payload(turn.heard.intent)),
        Button(turn.say("zorg.check_nee"), on),
    )


def ask_softly(turn: Turn) -> Reply:
    """Below an answer to a message with a weak sign of distress: help is there for who wants it."""
    return turn.reply("zorg.zacht", Button(turn.say("zorg.check_ja"), payload(turn.heard.alarm)))


def comes_first(turn: Turn) -> bool:
    """Whether someone who tells about work met harassment himself: help comes before options, once."""
    state = turn.state
    said = "ongewenst_gedrag" in turn.heard.barriers and not turn.heard.button
    return said and state.rol in SPEAKS_FOR_SELF and "zorg" not in state.asked


def still_first(turn: Turn) -> bool:
    """Whether someone who got help tells more about it: options wait until they are asked for."""
    heard = turn.heard
    if not turn.state.care or heard.button or heard.intent == "vraag_opties":
        return False
    return not set(heard.barriers) - TROUBLE and not turn.cues.any("leerwoorden", heard.text)


def listen(turn: Turn) -> list[Reply]:
    """To who tells more: the referral stays, options only on request."""
    yes = Button(turn.say("zorg.opties_ja"), payload("vraag_opties"))
    return [turn.reply("zorg.verder", yes, Button(turn.say("vraag_contact"), payload("mens")))]


def at_home(turn: Turn) -> list[Reply]:
    """A referral for trouble at home (debts, informal care, divorce, addiction), once for each kind."""
    kind = None if turn.heard.button else turn.cues.first("thuis", turn.heard.text)
    own = turn.state.rol in SPEAKS_FOR_SELF or "ik" in normalise(turn.heard.text).split()
    if kind is None or f"thuis.{kind}" in turn.state.asked or not own:
        return []
    turn.state.asked.append(f"thuis.{kind}")
    return [Reply(turn.say(f"thuis.{kind}"), (), _links(turn, f"thuis.links_{kind}"))]


def _links(turn: Turn, key: str) -> tuple[LinkButton, ...]:
    links = [turn.library.links[name] for name in turn.knowledge.phrases.list(key)]
    return tuple(LinkButton(link.label, link.url) for link in links)
