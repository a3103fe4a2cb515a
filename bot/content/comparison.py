"""What to set side by side of items."""

from __future__ import annotations

from bot.content.model import Item, Section

ASPECTS = (Section.COST, Section.TIME, Section.CONDITIONS, Section.WHEN, Section.CAUTION)
SHORT_WORDS = 14
MOST_CONDITIONS = 3


def shortest_facts(item: Item) -> tuple[tuple[str, str], ...]:
    """Heading and the shortest passage of every aspect that the item has something for; of the conditions their
    headings. Too long passages are left for the page."""
    found = []
    for section in ASPECTS:
        passages = item.section(section)
        if section is Section.CONDITIONS:
            headings = list(dict.fromkeys(p.heading for p in passages))[:MOST_CONDITIONS]
            text = ", ".join(heading.lower() for heading in headings)
        else:
            text = min((p.text for p in passages), key=lambda words: len(words.split()), default="")
        if text and len(text.split()) <= SHORT_WORDS:
            found.append((section.heading, text))
    return tuple(found)
