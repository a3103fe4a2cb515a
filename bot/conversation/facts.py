"""Answering a question of fact with the one passage that holds the answer, and its source."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.content.figures import Figure, asked_figure, gives
from bot.content.model import Item, Passage, Section
from bot.content.search import Hit, stem, telling_words
from bot.conversation import explain
from bot.conversation.reply import MAX_BUTTONS, Button, Reply, payload
from bot.conversation.turn import Turn

SURE = 0.6  # share of the question's telling words that the passage and its item's names must hold
OWN = 0.4  # the same, of the words beside the item's name, in the passage alone
WHOLE = 0.9  # of a passage of another item than the one named
NEAR = 0.3
CERTAIN = 0.85  # for a question inside a message that tells about something
CANDIDATES = 5

_MONEY = re.compile(r"\b(kost|kosten|betaal|betalen|betaalt|gratis|prijs|duur)\b")
_DEFINITION = re.compile(r"\b(wat (is|zijn|was|betekent|houdt)|leg .*uit)\b", re.IGNORECASE)


def answer(turn: Turn) -> list[Reply]:
    """The best passage, or what is known about the item named, or the nearest items; what was not found is said."""
    question = turn.heard.text
    named = [item for key in turn.heard.named_items(turn.library) if (item := turn.library.find(key))]
    if named and (_asks_what_it_is(turn, named[0]) or named[0].ended):
        return explain.show(turn, named[0], Section.SUMMARY.value)
    figure = asked_figure(question)
    sure = [hit for hit in _candidates(turn, named) if hit.coverage >= SURE]
    fitting = _fitting(turn, sure, figure)
    if fitting:
        return [_tell(turn, fitting)]
    found = turn.knowledge.index.items(question, 3)
    if named:
        item = next((hit.item for hit in found if hit.item in named), named[0])
        return _about(turn, item, [hit for hit in sure if hit.item is item], figure)
    person = _person(turn)
    near = [turn.item_button(hit.item) for hit in found if hit.coverage >= NEAR]
    if near:
        return [turn.reply("feit_onbekend", *near, person)]
    return [turn.reply("feit_niets", Button(turn.say("weet_niet"), payload("scan")), person)]


def answer_beside(turn: Turn, question: str) -> list[Reply]:
    """For a question inside a message that tells something: the passage when it is certain, otherwise the nearest
    items; nothing for a question that has no subject of its own ('wat kan ik doen?')."""
    asking = replace(turn, heard=replace(turn.heard, text=question))
    named = [item for key in asking.heard.named_items(turn.library) if (item := turn.library.find(key))]
    if named and (named[0].ended or _asks_what_it_is(asking, named[0])):
        return explain.show(turn, named[0], Section.SUMMARY.value)
    sure = [hit for hit in _candidates(asking, named) if hit.coverage >= CERTAIN and _fits_aspect(question, hit)]
    fitting = _fitting(asking, sure, asked_figure(question))
    if fitting:
        return [_tell(turn, fitting)]
    near = [hit.item for hit in turn.knowledge.index.items(question, 3) if hit.coverage >= SURE and not hit.item.ended]
    return [turn.reply("vraag_naast", *map(turn.item_button, near))] if near else []


def _fitting(turn: Turn, sure: list[Hit], figure: Figure | None) -> Hit | None:
    """The best of the passages that answer the question."""
    fitting = [hit for hit in sure if hit.passage and _fits(turn, hit.passage, figure)]
    if not fitting:
        return None
    return fitting[0] if figure else max(fitting, key=lambda hit: hit.coverage)


def _fits_aspect(question: str, hit: Hit) -> bool:
    """Whether a question about money is answered from what something costs."""
    section = hit.passage.section if hit.passage else None
    return section is Section.COST or not _MONEY.search(question.lower())


def _asks_what_it_is(turn: Turn, item: Item) -> bool:
    """'Wat is EVC?': the question says nothing but the item's name."""
    names = {stem(word) for name in (item.name, item.title, *item.names) for word in telling_words(name)}
    subject, asked = _DEFINITION.subn(" ", turn.heard.text)
    return bool(asked) and {stem(word) for word in telling_words(subject)} <= names


def _candidates(turn: Turn, named: list[Item]) -> list[Hit]:
    """Passages of the items named or under discussion first; of others only when they speak of all of it."""
    index, question = turn.knowledge.index, turn.heard.text
    about = turn.library.find(turn.state.interventie)
    places = named or ([about] if about else [])
    own = [hit for item in places for hit in index.passages(question, CANDIDATES, item.id)]
    least = WHOLE if named else 0.0
    return own + [hit for hit in index.passages(question, CANDIDATES) if hit.coverage >= least and hit not in own]


def _fits(turn: Turn, passage: Passage, figure: Figure | None) -> bool:
    """Whether a passage answers the question: not only about the item named, and with the figure asked for."""
    if figure is not None and not gives(passage.text, turn.heard.text, figure):
        return False
    return turn.knowledge.index.beside_name(turn.heard.text, passage) >= OWN


def _about(turn: Turn, item: Item, sure: list[Hit], figure: Figure | None) -> list[Reply]:
    """What is known of an item when no passage answers the question, and that it does not."""
    summary = explain.show(turn, item, Section.SUMMARY.value)
    if _fits(turn, Passage(item.id, Section.SUMMARY, item.summary), figure):
        return summary
    known = _tell(turn, sure[0]) if sure else summary[0]
    text = f"{turn.say('feit_ontbreekt')}\n{known.text}"
    return [replace(known, text=text, buttons=(*known.buttons[: MAX_BUTTONS - 1], _person(turn)))]


def _person(turn: Turn) -> Button:
    return Button(turn.say("vraag_contact"), payload("mens"))


def _tell(turn: Turn, hit: Hit) -> Reply:
    assert hit.passage is not None
    item = hit.item
    turn.state.interventie, turn.state.section = item.id, hit.passage.section.value
    place = item.sources[0]
    lines = [hit.passage.text]
    if item.validity:
        lines.append(explain.validity_text(turn, item.validity))
    source = f"{turn.library.sources[place.document]}, {place.place}"
    lines.append(turn.say("feit_bron", titel=item.title, bron=source))
    return Reply("\n".join(lines), (turn.item_button(item), *explain.menu(turn, item, "")[:4]))
