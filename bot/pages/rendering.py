"""A page as HTML for the screen and the printer, or as Markdown to keep."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.conversation.phrases import Phrases
from bot.pages.sheet import Block, Bullets, Lines, Links, Quote, Sheet, Table, Text

TEMPLATES = Path(__file__).parent / "templates"
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def _bold(text: str) -> Markup:
    """Escaped text in which **this** is bold."""
    return Markup(_BOLD.sub(r"<strong>\1</strong>", str(escape(text))))


_templates = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_templates.filters["bold"] = _bold
_templates.tests["of_kind"] = lambda block, kind: type(block).__name__ == kind


def html(sheet: Sheet, phrases: Phrases, markdown_address: str) -> str:
    """The whole page; style and script are files of their own, so that the content policy can be strict."""
    texts = phrases.group("blad")
    return _templates.get_template("sheet.html").render(sheet=sheet, texts=texts, markdown_address=markdown_address)


def not_found(phrases: Phrases) -> str:
    return _templates.get_template("unknown.html").render(texts=phrases.group("blad"))


def notice(phrases: Phrases, sentence: str) -> str:
    """A page with one sentence, such as what went wrong."""
    return _templates.get_template("notice.html").render(texts=phrases.group("blad"), sentence=sentence)


def markdown(sheet: Sheet, phrases: Phrases) -> str:
    texts = phrases.group("blad")
    lines = [f"# {sheet.title}", sheet.intro]
    for part in sheet.parts:
        lines += [f"## {part.heading}", *(_block(block, texts) for block in part.blocks)]
    if sheet.sources:
        lines += [f"## {texts['bronnen']}", "\n".join(f"- {source}" for source in sheet.sources)]
    lines.append(texts["voet"])
    return "\n\n".join(lines) + "\n"


def _block(block: Block, texts: dict[str, str]) -> str:
    if isinstance(block, Bullets):
        mark = "- [ ] " if block.boxes else "- "
        return "\n".join(f"{mark}{point}" for point in block.points)
    if isinstance(block, Text):
        return block.text
    if isinstance(block, Lines):
        return "\n\n".join(["…" * 20] * block.count)
    if isinstance(block, Quote):
        return "\n".join(
            [f"“{block.say}”", "", *(f"- {f}" for f in block.facts), "", f"({texts['bron']}: {block.source})"]
        )
    if isinstance(block, Links):
        return "\n".join(f"- {label}: <{url}>" for label, url in block.links)
    return _table(block)


def _table(table: Table) -> str:
    head = [f"| | {' | '.join(table.columns)} |", "| --- " * (len(table.columns) + 1) + "|"]
    escaped = ((label, (cell.replace("|", "\\|") for cell in cells)) for label, cells in table.rows)
    return "\n".join([*head, *(f"| {label} | {' | '.join(cells)} |" for label, cells in escaped)])
