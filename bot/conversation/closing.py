"""Rounding off: what was found, a first step, a page to keep, and whether it helped.

The judgement ends in the slot `oordeel` (see bot/conversation/state.py), masked; a first step in own words is said
back once and kept nowhere.
"""

from __future__ import annotations

from bot.content.model import Item
from bot.conversation import answers, explain, suggestions
from bot.conversation.reply import Button, PageLink, Reply, payload
from bot.conversation.turn import Turn, join
from bot.pages.address import sheet_path
from bot.privacy.masking import mask

FIRST_STEP, REMARK = "stap", "oordeel"
ASK_AFTER = "navragen"  # the step that is about one item
STEPS = ("gesprek", "collega", "lezen", "later")
SHOWN = 3  # items in a summary
LONGEST = 300  # characters kept of a remark
SHORT = 5  # words; a longer message says something about the talk, even when it sounds like a command
# Who says one of these while asked for a remark or a step, wants that, and says nothing about the talk.
COMMANDS = frozenset(
    "afscheid bedanken groeten herhalen mens opnieuw privacy samenvatting scan start terug vergelijken wissen".split()
)


def summarise(turn: Turn) -> list[Reply]:
    """What the person told, what was found, and the question for a first step; or, by button, that step."""
    step = turn.heard.entities.get("onderdeel")
    if step in (*STEPS, ASK_AFTER):
        return agreed(turn, step, turn.library.find(turn.heard.entities.get("interventie")))
    items = _found(turn)
    if not items:
        return [turn.reply("samenvatting_leeg", Button(turn.say("weet_niet"), payload("scan")))]
    lines = [turn.say("samenvatting_kop")]
    barriers = turn.state.belemmeringen
    if barriers:
        lines.append(turn.say("samenvatting_over", belemmeringen=join([turn.barrier_name(b) for b in barriers])))
    lines += [f"- **{item.title}**: {item.simple.partition('. ')[0].rstrip('.')}." for item in items]
    turn.state.task = {"name": FIRST_STEP}
    turn.state.question = None
    asks = [
        Button(
            turn.say("stap_knop_navragen", titel=item.title),
            payload("samenvatting", onderdeel=ASK_AFTER, interventie=item.id),
        )
        for item in items[:2]
    ]
    others = [Button(turn.say(f"stappen.{step}"), payload("samenvatting", onderdeel=step)) for step in STEPS]
    return [
        Reply("\n".join(lines), pages=_pages(turn, items)),
        turn.reply("stap_vraag", *asks, *others),
    ]


def answer_step(turn: Turn) -> list[Reply] | None:
    """A first step in own words. It is not kept."""
    heard = turn.heard
    if heard.button or answers.is_question(turn) or _is_command(turn):
        return None
    read = answers.read(turn, ("stop", "overslaan", "weet_niet", "nee"))
    if read:
        return agreed(turn, "later", None)
    number = heard.number()
    items = _found(turn)
    if number and number <= len(items[:2]):
        return agreed(turn, ASK_AFTER, items[number - 1])
    if len(heard.text.split()) < 2:
        return None
    return _end(turn, turn.say("stap_eigen", stap=heard.text.strip()[:LONGEST].rstrip(".")), "", None)


def agreed(turn: Turn, step: str, item: Item | None) -> list[Reply]:
    """The step that was chosen, with the page that holds it."""
    if step == ASK_AFTER and item is None:
        step = "gesprek"
    text = turn.say("stap_navragen", titel=item.title) if step == ASK_AFTER and item else turn.say(f"stap_tekst.{step}")
    return _end(turn, text, step, item)


def _end(turn: Turn, text: str, step: str, item: Item | None) -> list[Reply]:
    turn.state.task = None
    good = Button(turn.say("ja_nuttig"), payload("feedback_goed"))
    bad = Button(turn.say("nee_nuttig"), payload("feedback_slecht"))
    items = _found(turn)
    pages = _pages(turn, items, step, item) if items else ()
    told = Reply(f"{text}\n{explain.contact_text(turn)}", links=explain.contact_links(turn), pages=pages)
    return [told, turn.reply("was_dit_nuttig", good, bad)]


def _is_command(turn: Turn) -> bool:
    return turn.heard.intent in COMMANDS and len(turn.heard.text.split()) <= SHORT


def rate_good(turn: Turn) -> list[Reply]:
    return _rate(turn, "goed")


def rate_bad(turn: Turn) -> list[Reply]:
    return _rate(turn, "slecht")


def answer_remark(turn: Turn) -> list[Reply] | None:
    """One sentence about the talk, kept for the report; a question or a command is none."""
    heard = turn.heard
    if heard.button:
        return _thank(turn) if heard.intent == "overslaan" else None
    if answers.is_question(turn) or (_is_command(turn) and heard.intent != "bedanken"):
        return None
    short = len(heard.text.split()) <= SHORT
    if not (short and heard.intent == "bedanken") and not answers.read(
        turn, ("stop", "overslaan", "weet_niet", "nee", "ja")
    ):
        assert turn.state.oordeel is not None
        turn.state.oordeel = {**turn.state.oordeel, "tekst": mask(heard.text.strip()[:LONGEST])}
    return _thank(turn)


def _rate(turn: Turn, value: str) -> list[Reply]:
    turn.state.oordeel = {"waarde": value, "tekst": ""}
    turn.state.task = {"name": REMARK}
    none = Button(turn.say("oordeel_geen"), payload("overslaan"))
    return [Reply(turn.say(f"feedback_{value}"), (none, *suggestions.buttons(turn)))]


def _thank(turn: Turn) -> list[Reply]:
    turn.state.task = None
    again = Button(turn.say("opnieuw_knop"), payload("opnieuw"))
    return [Reply(turn.say("oordeel_dank"), (*suggestions.buttons(turn), again))]


def _found(turn: Turn) -> list[Item]:
    """The items explained, the last one first; else those offered."""
    keys = [*reversed(turn.state.explained)] or turn.state.suggesties
    return [item for key in keys if (item := turn.library.find(key))][:SHOWN]


def _pages(turn: Turn, items: list[Item], step: str = "", about: Item | None = None) -> tuple[PageLink, ...]:
    keys = {
        "onderwerpen": [item.id for item in items],
        "belemmeringen": turn.state.belemmeringen,
        "rol": turn.state.rol,
        "stap": step,
        "bij": about.id if about else None,
    }
    return (
        PageLink(turn.say("samenvatting_print"), sheet_path("samenvatting", **keys)),
        PageLink(turn.say("samenvatting_md"), sheet_path("samenvatting", **keys, vorm="md")),
    )
