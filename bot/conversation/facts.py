"""Answering a question of fact with the one passage that holds the answer, and its source."""

from __future__ import annotations

from bot.content.search import Hit
from bot.conversation import explain
from bot.conversation.reply import Button, Reply, payload
from bot.conversation.turn import Turn

SURE = 0.6  # share of the question's telling words that the passage and its item's names must hold
NEAR = 0.3


def answer(turn: Turn) -> list[Reply]:
    """The best passage, or the nearest items when no passage is good enough, or an honest 'I do not know'."""
    about = turn.library.find(turn.state.interventie)
    named = turn.heard.named_items(turn.library)
    item_id = named[0] if named else None
    question = turn.heard.text
    hits = turn.knowledge.index.passages(question, 3, item_id)
    if about and not named:
        hits = [*turn.knowledge.index.passages(question, 1, about.id), *hits]
    sure = [hit for hit in hits if hit.coverage >= SURE]
    if sure:
        return [_tell(turn, max(sure, key=lambda hit: hit.coverage))]
    if item_id and (item := turn.library.find(item_id)):
        return explain.show(turn, item, "samenvatting")
    near = [hit for hit in turn.knowledge.index.items(question, 3) if hit.coverage >= NEAR]
    if near:
        return [turn.reply("feit_onbekend", *(turn.item_button(hit.item) for hit in near))]
    return [turn.reply("feit_niets", Button(turn.say("weet_niet"), payload("scan")))]


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
