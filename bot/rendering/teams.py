"""Renders a reply as Teams messages: Adaptive Cards 1.5, or plain text when there is nothing to press.

Nothing is cut off: a long reply becomes more messages. What a button cannot hold (a title, payload or address that
is too long) is also, or instead, written out above the buttons.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.address import public
from bot.conversation.phrases import Phrases
from bot.conversation.reply import Button, Card, Reply
from bot.rendering.fitting import is_web, one_line, pieces, shortened

CARD = "application/vnd.microsoft.card.adaptive"
MAX_MESSAGE = 28_000  # bytes of a whole message; Teams refuses more
MAX_BODY = 24_000  # bytes of all elements; leaves room for what is around them
MAX_ROW = 10_000  # bytes of the actions or facts in one set
MAX_TEXT = 2000  # characters of a text block
MAX_PLAIN = 4000  # characters of a message without a card
MAX_ACTIONS = 6  # in a set; Teams hides the rest
MAX_WIDTH = 40  # characters of the buttons in a set, which stand side by side; Teams would shorten their titles
BUTTON_WIDTH = 3  # characters that a button takes beside its title
MAX_LABEL = 40  # characters of a button: what a phone shows
MAX_ECHO = 200  # characters shown as the choice of the person
MAX_PAYLOAD = 1000  # characters
MAX_URL = 2000  # characters
MAX_FACT = (40, 300)  # characters of a label and a value; a longer fact takes the whole width
MAX_SUMMARY = 100  # characters in a notification

Element = dict[str, Any]

_BOLD = re.compile(r"\*\*(?=[^\s*])(.+?)(?<=[^\s*])\*\*(?!\*)")
_LIST = re.compile(r"- |\d{1,9}\. ")
_MARKUP = re.compile(r"([\\*_~`\[\]]|&(?=#?\w+;))")  # what Teams would take for formatting
_BLOCK = re.compile(r"^(\d*)([#>+=.)-])")  # and at the start of a line
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class _Group:
    """Elements that belong together, with a border around them when it is a card."""

    elements: Sequence[Element]
    card: bool = False


def render(reply: Reply, phrases: Phrases) -> list[dict[str, Any]]:
    """Message activities, without what says to whom they go."""
    if not (reply.buttons or reply.links or reply.cards or reply.pages):
        shown = (_as_message(piece) for piece in pieces(_clean(reply.text).strip(), MAX_PLAIN))
        return [{"type": "message", "textFormat": "markdown", "text": text} for text in shown]
    summary = shortened(_clean(reply.text).replace("**", ""), MAX_SUMMARY)
    return [_message(body, summary) for body in _in_messages(_groups(reply, phrases))]


def _message(body: list[Element], summary: str) -> dict[str, Any]:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "body": body,
    }
    return {"type": "message", "summary": summary, "attachments": [{"contentType": CARD, "content": card}]}


def _groups(reply: Reply, phrases: Phrases) -> Iterator[_Group]:
    seen = _as_read(reply)
    yield _Group(list(_text(reply.text)))
    for card in reply.cards:
        yield _Group(list(_card(card, phrases, seen)), card=True)
    links = [(link.title, link.url) for link in reply.links]
    links += [(page.title, public(page.path)) for page in reply.pages]
    yield _Group(list(_actions(reply.buttons, links, phrases, seen)))


def _as_read(reply: Reply) -> str:
    """All that is read above the buttons."""
    return "\n".join([reply.text, *(f"{card.title}\n{card.text}" for card in reply.cards)])


def _card(card: Card, phrases: Phrases, seen: str) -> Iterator[Element]:
    for piece in pieces(one_line(_clean(card.title)), MAX_TEXT):
        yield _block(_escape(piece), size="Medium", weight="Bolder", style="heading")
    yield from _text(card.text)
    yield from _facts(card.facts)
    yield from _actions(card.buttons, [(link.title, link.url) for link in card.links], phrases, seen)


def _facts(facts: Iterable[tuple[str, str]]) -> Iterator[Element]:
    row: list[Element] = []
    for label, value in facts:
        name, text = one_line(_clean(label)), _clean(value).strip()
        if name and text and len(name) <= MAX_FACT[0] and len(text) <= MAX_FACT[1] and "\n" not in text:
            row.append({"title": _escape(name), "value": _markdown(text)})
            continue
        yield from _fact_sets(row)
        row = []
        yield from _text("\n".join(part for part in (f"**{name}**" if name else "", text) if part))
    yield from _fact_sets(row)


def _fact_sets(facts: Sequence[Element]) -> Iterator[Element]:
    for row in _rows(facts, len(facts)):
        yield {"type": "FactSet", "facts": row}


def _actions(
    buttons: Sequence[Button], links: Sequence[tuple[str, str]], phrases: Phrases, seen: str
) -> Iterator[Element]:
    """Links first. What a button cannot hold is written out above them, unless it was just read."""
    actions: list[Element] = []
    titles: list[str] = []  # of the actions
    written: list[str] = []
    typed: list[str] = []
    for title, url in links:
        if len(url) > MAX_URL or not is_web(url):
            written.append(f"- {one_line(title)}: {url}")
        else:
            actions.append({"type": "Action.OpenUrl", **_titled(title), "url": url})
            titles.append(title)
    for button in buttons:
        if len(button.payload) > MAX_PAYLOAD:
            typed.append(f"- {one_line(button.title)}")
        else:
            actions.append(_submit(button))
            titles.append(button.title)
    if any(_too_long(title) and title not in seen for title in titles):
        written += [f"- {one_line(title)}" for title in titles]  # all: half a list looks odd
    if typed:
        written += [phrases.say("kanalen.typ_je_keuze"), *typed]
    yield from _text("\n".join(written))
    for number, row in enumerate(_rows(actions, MAX_ACTIONS, MAX_WIDTH)):
        yield {"type": "ActionSet", "actions": row, **({"spacing": "Small"} if number else {})}


def _submit(button: Button) -> Element:
    """What is pressed is seen in the conversation as said by the person. Outside Teams (the test window of Azure)
    `msteams` means nothing and the payload beside it counts."""
    echo = shortened(_clean(button.title), MAX_ECHO)
    back = {"type": "messageBack", "displayText": echo, "text": echo, "value": {"payload": button.payload}}
    return {"type": "Action.Submit", **_titled(button.title), "data": {"msteams": back, "payload": button.payload}}


def _too_long(title: str) -> bool:
    return len(one_line(_clean(title))) > MAX_LABEL


def _titled(title: str) -> dict[str, str]:
    """The tooltip is what a screen reader says."""
    shown, whole = (shortened(_clean(title), limit) for limit in (MAX_LABEL, MAX_ECHO))
    return {"title": shown} if shown == whole else {"title": shown, "tooltip": whole}


def _text(text: str) -> Iterator[Element]:
    """A block per line, because clients differ in what they do with a line break; the lines of a list together."""
    for piece in pieces(_clean(text).strip(), MAX_TEXT):
        close = False  # to the line above
        for lines in _lines(piece):
            if lines:
                yield _block("\r".join(_markdown(line) for line in lines), **({"spacing": "None"} if close else {}))
            close = bool(lines)


def _lines(text: str) -> Iterator[list[str]]:
    """Single lines and whole lists; an empty list for an empty line."""
    found: list[str] = []
    for line in (line.strip() for line in text.split("\n")):
        if found and not _LIST.match(line):
            yield found
            found = []
        if _LIST.match(line):
            found.append(line)
        else:
            yield [line] if line else []
    if found:
        yield found


def _block(text: str, **style: str) -> Element:
    return {"type": "TextBlock", "text": text, "wrap": True, **style}


def _as_message(text: str) -> str:
    return "\n\n".join("\n".join(_markdown(line) for line in lines) for lines in _lines(text) if lines)


def _markdown(line: str) -> str:
    """Light formatting as Teams reads it."""
    mark = _LIST.match(line)
    start = mark.group() if mark else ""
    rest = line[len(start) :]
    parts = _BOLD.split(rest)  # every second one is bold
    shown = "".join(f"**{_escaped(part)}**" if index % 2 else _escaped(part) for index, part in enumerate(parts))
    return start + _BLOCK.sub(r"\1\\\2", shown)


def _escape(text: str) -> str:
    """Without any formatting."""
    return _BLOCK.sub(r"\1\\\2", _escaped(text))


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)


def _clean(text: str) -> str:
    return _UNSEEN.sub(" ", text.replace("\r\n", "\n"))


def _rows(items: Sequence[Element], most: int, width: float = math.inf) -> Iterator[list[Element]]:
    """`width` is that of all titles in a row, in characters."""
    row: list[Element] = []
    for item in items:
        longer = [*row, item]
        wide = sum(len(one["title"]) + BUTTON_WIDTH for one in longer)
        if row and (len(longer) > most or wide > width or _size(longer) > MAX_ROW):
            yield row
            longer = [item]
        row = longer
    if row:
        yield row


def _in_messages(groups: Iterable[_Group]) -> Iterator[list[Element]]:
    body: list[Element] = []
    for group in groups:
        if body and _size([*body, _container(group.elements)]) > MAX_BODY >= _size([_container(group.elements)]):
            yield body  # rather a new message than a card in two halves
            body = []
        inside: list[Element] | None = None
        for element in group.elements:
            if body and _size([*body, _container([element])]) > MAX_BODY:
                yield body
                body, inside = [], None
            if not group.card:
                body.append(element)
            elif inside is None:
                inside = [element]
                body.append(_container(inside))
            else:
                inside.append(element)
    if body:
        yield body


def _container(elements: Sequence[Element]) -> Element:
    return {"type": "Container", "separator": True, "spacing": "Medium", "items": elements}


def _size(data: Any) -> int:
    """Bytes. It is not documented in which encoding Teams counts, so the longest."""
    text = json.dumps(data, ensure_ascii=False)
    return max(len(text.encode()), len(text.encode("utf-16-le")))
