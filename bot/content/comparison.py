"""What to set side by side of items."""

from __future__ import annotations

from bot.content.model import Item, Section

ASPECTS = (Section.COST, Section.TIME, Section.CONDITIONS, Section.WHEN, Section.CAUTION)
FACT_WORDS = 45  # of all facts of one item together
MOST_CONDITIONS = 3


def shortest_facts(item: Item) -> tuple[tuple[str, str], ...]:
    """Heading and the shortest passage of the aspects that the item has something for, as many as FACT_WORDS hold;
    of the conditions their headings. The rest is left for the page."""
    found = []
    room = FACT_WORDS
    for section in ASPECTS:
        passages = item.section(section)
        if section is Section.CONDITIONS:
            headings = list(dict.fromkeys(p.heading for p in passages))[:MOST_CONDITIONS]
            text = ", ".join(heading.lower() for heading in headings)
        else:
            text = min((p.text for p in passages), key=lambda words: len(words.split()), default="")
        words = len(text.split())
        if 0 < words <= room:
            room -= words
            found.append((section.heading, text))
    return tuple(found)
