"""For editors: what is wrong with the content, what it covers, and how an item will read. In Dutch."""

from __future__ import annotations

from datetime import date, timedelta

from bot.content.library import Library, load_library, normalise
from bot.content.matching import rank
from bot.content.model import ContentError, Section
from bot.paths import CONTENT

STALE_DAYS = 365
ENOUGH = 3  # fitting items per role and barrier


def check() -> int:
    """Checks content/ and prints its coverage. Returns the exit status: 1 when something is wrong."""
    try:
        library = load_library(CONTENT)
    except ContentError as error:
        print(error)
        return 1
    passages = sum(len(item.passages) for item in library.items.values())
    print(f"{len(library.items)} onderwerpen met {passages} feiten, {len(library.links)} links. Geen fouten.\n")
    print(coverage_table(library))
    stale = [i for i in library.items.values() if date.fromisoformat(i.reviewed) < date.today() - timedelta(STALE_DAYS)]
    if stale:
        print(f"\nLanger dan een jaar niet nagekeken: {', '.join(i.id for i in stale)}")
    return 0


def coverage(library: Library) -> dict[str, dict[str, int]]:
    """barrier -> role -> number of items that fit."""
    roles, barriers = library.taxonomy.roles, library.taxonomy.barriers
    return {b: {r: len(rank(library, r, [b], None)) for r in roles} for b in barriers}


def coverage_table(library: Library) -> str:
    """How many options there are per barrier and role; fewer than ENOUGH is marked with '!'."""
    roles = list(library.taxonomy.roles)
    lines = [f"{'opties per':22}" + "".join(f"{role[:9]:>10}" for role in roles)]
    for barrier, counts in coverage(library).items():
        cells = "".join(f"{counts[role]}{'!' if counts[role] < ENOUGH else ' '}".rjust(10) for role in roles)
        lines.append(f"{barrier:22}{cells}")
    return "\n".join(lines)


def preview(wanted: str) -> int:
    """Prints an item as the bot will say it."""
    try:
        library = load_library(CONTENT)
    except ContentError as error:
        print(error)
        return 1
    item = library.find(wanted) or library.find(library.names.get(normalise(wanted)))
    if item is None:
        near = [key for key in library.items if wanted.lower() in key]
        print(f"'{wanted}' bestaat niet." + (f" Bedoel je: {', '.join(near[:8])}?" if near else ""))
        return 1
    print(f"{item.title}\n\n{item.summary}\n\nMakkelijk: {item.simple}\n")
    for barrier, reason in item.barriers.items():
        print(f"  past bij {barrier}: {reason}")
    for section in Section:
        passages = item.section(section)
        if passages:
            print(f"\n{section.heading}")
        heading = ""
        for passage in passages:
            if passage.heading != heading:
                heading = passage.heading
                print(f"  {heading}")
            print(f"  - {passage.text}")
    for link in library.item_links(item):
        print(f"\n{link.label} ({link.status}): {link.url}")
    return 0
