"""How easy the texts read, by the Dutch Flesch-Douma score of textstat: about 0 (hard) to 120 (very easy).

The score counts syllables per word and words per sentence; it says nothing about sense. So it only guards a floor:
items that stood under it when the floor was set are listed in an exceptions file, which can only shrink.
textstat is there for development only; without it nothing is measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import yaml

from bot.content.library import Library
from bot.content.model import Item, Problem, Section
from bot.content.reader import read_text

EXCEPTIONS_FILE = "leesbaarheid_uitzonderingen.yml"
Scores = Mapping[str, Mapping[str, float]]  # field -> id -> score
Lines = Mapping[str, Mapping[str, int]]  # field -> id -> line
POINTS = "punten"  # all bullets of an item together

# About the 10th percentile of the items in November 2026: 43.5, 79.3 and 43.0.
FLOORS: Mapping[str, float] = {Section.SUMMARY.value: 43.0, Section.SIMPLE.value: 79.0, POINTS: 43.0}
_HEADINGS = {
    Section.SUMMARY.value: Section.SUMMARY.heading,
    Section.SIMPLE.value: Section.SIMPLE.heading,
    POINTS: Section.HOW.heading,
}


def available() -> bool:
    return find_spec("textstat") is not None


def score(text: str) -> float:
    """The Flesch-Douma reading ease of a Dutch text."""
    from textstat import textstat

    textstat.set_lang("nl")
    return float(textstat.flesch_reading_ease(text))


def scores(item: Item) -> dict[str, float]:
    """field -> score. An item without bullets has no score for them."""
    texts = {
        Section.SUMMARY.value: item.summary,
        Section.SIMPLE.value: item.simple,
        POINTS: " ".join(passage.text for passage in item.passages),
    }
    return {field: score(text) for field, text in texts.items() if text}


def under_floor(library: Library) -> dict[str, dict[str, float]]:
    """field -> id -> score, of every item under the floor of that field."""
    found: dict[str, dict[str, float]] = {field: {} for field in FLOORS}
    for item in library.items.values():
        for field, value in scores(item).items():
            if value < FLOORS[field]:
                found[field][item.id] = value
    return found


def read_exceptions(folder: Path) -> tuple[dict[str, dict[str, int]], list[Problem]]:
    """field -> id -> line in the exceptions file, and what is wrong with that file."""
    path, shown = folder / EXCEPTIONS_FILE, f"{folder.name}/{EXCEPTIONS_FILE}"
    found: dict[str, dict[str, int]] = {field: {} for field in FLOORS}
    if not path.is_file():
        return found, [Problem(shown, 1, "Dit bestand ontbreekt.", "Zet het terug (git checkout).")]
    text, problems = read_text(path, shown)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 1 + (mark.line if mark else 0)
        return found, [Problem(shown, line, "Geen geldige YAML.", "Schrijf per regel '- id', twee spaties in.")]
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if key.value not in FLOORS or not isinstance(value.value, list):
            what, remedy = f"Onbekend veld: {key.value}.", f"Kies uit: {', '.join(FLOORS)}, met een lijst van ids."
            problems.append(Problem(shown, key.start_mark.line + 1, what, remedy))
            continue
        found[key.value] = {str(entry.value): entry.start_mark.line + 1 for entry in value.value}
    return found, problems


def problems(folder: Path, library: Library) -> list[Problem]:
    """Items that became too hard to read, and exceptions that are needed no longer."""
    exceptions, found = read_exceptions(folder)
    if found:
        return found
    below = under_floor(library)
    return [*_too_hard(folder, library, below, exceptions), *_superfluous(folder, library, below, exceptions)]


def _too_hard(folder: Path, library: Library, below: Scores, exceptions: Lines) -> Iterator[Problem]:
    for field, hard in below.items():
        for item_id, value in hard.items():
            if item_id in exceptions[field]:
                continue
            path = folder / library.items[item_id].theme / f"{item_id}.md"
            shown = f"{folder.name}/{path.relative_to(folder).as_posix()}"
            name = "De punten samen" if field == POINTS else f"'{_HEADINGS[field]}'"
            verb = "lezen" if field == POINTS else "leest"
            what = f"{name} {verb} te moeilijk: score {value:.0f}, minstens {FLOORS[field]:.0f} is nodig."
            remedy = "Maak de zinnen korter en kies woorden met minder lettergrepen."
            yield Problem(shown, _heading_line(path, _HEADINGS[field]), what, remedy)


def _superfluous(folder: Path, library: Library, below: Scores, exceptions: Lines) -> Iterator[Problem]:
    shown = f"{folder.name}/{EXCEPTIONS_FILE}"
    for field, listed in exceptions.items():
        for item_id, line in listed.items():
            if item_id not in library.items:
                what = f"'{item_id}' (onder {field}) bestaat niet."
                yield Problem(shown, line, what, "Haal deze regel weg.")
            elif item_id not in below[field]:
                what = f"'{item_id}' (onder {field}) leest nu goed genoeg."
                yield Problem(shown, line, what, "Haal deze regel weg.")


def _heading_line(path: Path, heading: str) -> int:
    rows = path.read_text("utf-8").splitlines()
    return next((number for number, row in enumerate(rows, 1) if row.strip() == f"## {heading}"), 1)
