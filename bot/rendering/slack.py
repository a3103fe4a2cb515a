"""Renders a reply as Slack messages made of Block Kit blocks, within Slack's limits.

Nothing is cut off: a long text becomes more sections, a long reply more messages. What a button cannot hold (a title,
payload or address that is too long) is also, or instead, written out above the buttons.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    LinkButtonElement,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
    TextObject,
)
from slack_sdk.models.views import View

from bot.address import public
from bot.conversation.phrases import Phrases
from bot.conversation.reply import Button, Card, Reply
from bot.rendering.fitting import is_web, one_line, pieces, shortened

MAX_SECTION = 3000  # characters, like all limits of a text
MAX_FIELD = 2000
MAX_HEADER = 150
MAX_LABEL = 75  # of a button
MAX_VALUE = 2000  # of a button
MAX_URL = 3000
MAX_FIELDS = 10  # in a section
MAX_ROW = 5  # buttons in an actions block; Slack takes 25, but five are still a row
MAX_BLOCKS = 50  # in a message
MAX_MESSAGE = 12_000  # all texts of a message together; Slack refuses messages from about 13,000 characters on

_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_BULLET = re.compile(r"^- ", re.MULTILINE)


@dataclass(frozen=True)
class SlackMessage:
    """`blocks` as Slack takes them; `text` says the same for notifications and screen readers."""

    text: str
    blocks: list[dict[str, Any]]


def render(reply: Reply, phrases: Phrases, owner: str = "") -> list[SlackMessage]:
    """`owner` marks for whom the choices are: `owner_of` finds it back in the block of a pressed button."""
    messages = _in_messages(_blocks(reply, phrases))
    return [SlackMessage(_as_text(blocks), _numbered(blocks, owner)) for blocks in messages]


def home(reply: Reply, phrases: Phrases) -> dict[str, Any]:
    """The home tab: a heading, the reply, and where the answers appear. The reply must fit in one message."""
    header = HeaderBlock(text=_label(phrases.say("kanalen.naam"), MAX_HEADER))
    note = ContextBlock(elements=[MarkdownTextObject(text=mrkdwn(phrases.say("kanalen.antwoord_bij_berichten")))])
    blocks = [header, *_blocks(reply, phrases), note]
    return View(type="home", blocks=_numbered(blocks, "")).to_dict()


def chosen(blocks: Sequence[dict[str, Any]], title: str, phrases: Phrases) -> list[dict[str, Any]]:
    """The blocks of a message as Slack gave them back, with the choices replaced by the one that was made.
    Link buttons stay."""
    kept: list[dict[str, Any]] = []
    place = len(blocks)
    for block in blocks:
        if block.get("type") != "actions":
            kept.append(block)
            continue
        links = [element for element in block["elements"] if element.get("url")]
        if links:
            kept.append({**block, "elements": links})
        if len(links) < len(block["elements"]):
            place = len(kept)
    note = ContextBlock(elements=[MarkdownTextObject(text=mrkdwn(phrases.say("kanalen.gekozen", titel=title)))])
    return [*kept[:place], note.to_dict(), *kept[place:]]


def owner_of(block_id: str) -> str:
    return block_id.rpartition("-")[0]


def mrkdwn(text: str) -> str:
    """Light formatting as Slack writes it, with what Slack would take for a link or mention made harmless."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _BULLET.sub("• ", _BOLD.sub(r"*\1*", safe)).strip()


def _blocks(reply: Reply, phrases: Phrases) -> Iterator[Block]:
    yield from _sections(reply.text)
    for card in reply.cards:
        yield DividerBlock()
        yield from _card(card, phrases)
    if reply.cards:
        yield DividerBlock()
    links = [(link.title, link.url) for link in reply.links]
    links += [(page.title, public(page.path)) for page in reply.pages]
    yield from _actions(reply.buttons, links, phrases)


def _card(card: Card, phrases: Phrases) -> Iterator[Block]:
    yield from _sections("\n".join([_bold(card.title), card.text]))
    yield from _facts(card.facts)
    yield from _actions(card.buttons, [(link.title, link.url) for link in card.links], phrases)


def _facts(facts: Iterable[tuple[str, str]]) -> Iterator[Block]:
    """In two columns; a fact too long for a column takes the whole width."""
    fields: list[MarkdownTextObject] = []
    for label, value in facts:
        whole = "\n".join([_bold(label), value])
        text = mrkdwn(whole)
        fits = len(text) <= MAX_FIELD
        if fields and (not fits or len(fields) == MAX_FIELDS):
            yield SectionBlock(fields=fields)
            fields = []
        if not fits:
            yield from _sections(whole)
        elif text:
            fields.append(MarkdownTextObject(text=text))
    if fields:
        yield SectionBlock(fields=fields)


def _actions(buttons: Sequence[Button], links: Sequence[tuple[str, str]], phrases: Phrases) -> Iterator[Block]:
    """Links first. What a button cannot hold is written out above them."""
    elements: list[ButtonElement] = []
    written: list[str] = []
    typed: list[str] = []
    for title, url in links:
        if len(url) > MAX_URL or not is_web(url):
            written.append(f"- {one_line(title)}: {url}")
            continue
        elements.append(LinkButtonElement(text=_label(title), url=url))
        written += [f"- {one_line(title)}"] * _too_long(title)
    for button in buttons:
        if len(button.payload) > MAX_VALUE:
            typed.append(f"- {one_line(button.title)}")
            continue
        elements.append(ButtonElement(text=_label(button.title), value=button.payload or button.title or "…"))
        written += [f"- {one_line(button.title)}"] * _too_long(button.title)
    if typed:
        written += [phrases.say("kanalen.typ_je_keuze"), *typed]
    yield from _sections("\n".join(written))
    for start in range(0, len(elements), MAX_ROW):
        yield ActionsBlock(elements=elements[start : start + MAX_ROW])


def _too_long(title: str) -> bool:
    return len(one_line(title)) > MAX_LABEL


def _label(title: str, limit: int = MAX_LABEL) -> PlainTextObject:
    return PlainTextObject(text=shortened(title, limit), emoji=True)


def _bold(title: str) -> str:
    line = one_line(title)
    return f"**{line}**" if line else ""


def _sections(text: str) -> Iterator[Block]:
    for piece in pieces(mrkdwn(text), MAX_SECTION):
        yield SectionBlock(text=MarkdownTextObject(text=piece), expand=True)


def _in_messages(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    message: list[Block] = []
    size = 0
    for block in blocks:
        length = sum(len(text) for text in _texts(block))
        if len(message) == MAX_BLOCKS or size + length > MAX_MESSAGE:
            yield from _without_outer_dividers(message)
            message, size = [], 0
        message.append(block)
        size += length
    yield from _without_outer_dividers(message)


def _without_outer_dividers(message: list[Block]) -> Iterator[list[Block]]:
    shown = [place for place, block in enumerate(message) if block.type != DividerBlock.type]
    if shown:
        yield message[shown[0] : shown[-1] + 1]


def _numbered(blocks: Iterable[Block], owner: str) -> list[dict[str, Any]]:
    """As Slack takes them. Ids must differ within a message. Raises SlackObjectFormationError for a broken limit."""
    numbers = count(1)
    for block in blocks:
        if isinstance(block, ActionsBlock):
            block.block_id = f"{owner}-{next(numbers)}"
            for button in _buttons(block):
                button.action_id = f"knop-{next(numbers)}"
    return [block.to_dict() for block in blocks]


def _as_text(blocks: Iterable[Block]) -> str:
    return "\n".join(text for block in blocks for text in _texts(block))


def _texts(block: Block) -> list[str]:
    if isinstance(block, SectionBlock):
        return [part.text for part in (block.text, *block.fields) if isinstance(part, TextObject)]
    if isinstance(block, ActionsBlock):
        return [mrkdwn(f"- {button.text.text}") for button in _buttons(block) if button.text]
    return []


def _buttons(block: ActionsBlock) -> list[ButtonElement]:
    return [element for element in block.elements if isinstance(element, ButtonElement)]
