"""For editors: what is wrong with the content, what it covers, and how an item will read. In Dutch."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import yaml

from bot.content import readability
from bot.content.library import Library, normalise
from bot.content.matching import SUGGESTIBLE, rank
from bot.content.model import Item, Link, Problem, Section
from bot.content.reader import read_text
from bot.conversation.explain import portion
from bot.knowledge import content_folder, key_lines, read_folder
from bot.paths import ROOT

STALE_DAYS = 365
ENOUGH = 3  # fitting items per role and barrier
BUILD = ROOT / "build"
PICTURE, TO_REVIEW = "dekking.png", "nalopen.txt"
SHOWN = 8  # of a long list
WIDTH = 110

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times as fast

Coverage = Mapping[str, Mapping[str, int]]  # barrier -> role -> number of items that fit


def check(folder: Path | None = None, build: Path = BUILD) -> int:
    """Checks the content, prints what it covers and puts the rest in `build`. Returns the exit status: 1 when
    something is wrong."""
    folder = folder or content_folder()
    library, problems = read_folder(folder)
    problems += stray_files(folder) + double_keys(folder)
    if library is not None and readability.available():
        problems += readability.problems(folder, library)
    if library is None or problems:
        print(problem_list(problems))
        return 1
    passages = sum(len(item.passages) for item in library.items.values())
    print(f"{len(library.items)} onderwerpen met {passages} feiten, {len(library.links)} links. Geen fouten.")
    if not readability.available():
        print("Leesbaarheid: overgeslagen, want textstat is niet geïnstalleerd (wel na 'make setup-dev').")
    found = coverage(library)
    print(f"\n{coverage_table(found)}\n\n{counts(library)}\n\n{attention(library)}")
    build.mkdir(parents=True, exist_ok=True)
    (build / TO_REVIEW).write_text(attention(library, shown=len(library.items)) + "\n", "utf-8")
    print(f"\nDe lijsten voluit: {_place(build / TO_REVIEW)}\nDe dekking als plaatje: {draw(found, build / PICTURE)}")
    return 0


def problem_list(problems: Iterable[Problem]) -> str:
    """Every mistake with its place and remedy, by file and line."""
    ordered = sorted(problems, key=lambda p: (p.file, p.line))
    lines: list[str] = []
    for file, group in groupby(ordered, key=lambda p: p.file):
        lines.append(file)
        lines += [f"  regel {p.line}: {p.what}\n      -> {p.remedy}" for p in group]
    files = len({p.file for p in ordered})
    some = f"{len(ordered)} fout{'en' if len(ordered) != 1 else ''} in {files} bestand{'en' if files != 1 else ''}"
    return "\n".join([*lines, "", f"{some}. De bot gebruikt deze inhoud pas als alles klopt."])


def stray_files(folder: Path) -> list[Problem]:
    """Files in content/ that the bot would never read, such as an item in the wrong place."""
    problems: list[Problem] = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        place = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in place.parts)
        read = (path.suffix, len(place.parts)) in {(".yml", 1), (".md", 2)}
        if hidden or read:
            continue
        remedy = "Een onderwerp hoort in de map van zijn thema en eindigt op .md. Verplaats of verwijder dit bestand."
        shown = f"{folder.name}/{place.as_posix()}"
        problems.append(Problem(shown, 1, "De bot leest dit bestand niet.", remedy))
    return problems


def double_keys(folder: Path) -> list[Problem]:
    """Names that are there twice in one file: YAML keeps the last one without a word."""
    problems: list[Problem] = []
    for path in sorted((*folder.glob("*.yml"), *folder.glob("*/*.md"))):
        shown = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        text, _ = read_text(path, shown)
        if path.suffix == ".md":
            text = text.partition("\n---\n")[0]  # the fields above; the opening '---' keeps the line numbers right
        try:
            places = list(key_lines(yaml.compose(text, Loader=_LOADER)))
        except yaml.YAMLError:
            continue  # told by the reader
        seen: dict[str, int] = {}
        for key, line in places:
            if key in seen:
                what = f"'{key}' staat er twee keer (ook op regel {seen[key]}); alleen de laatste telt."
                problems.append(Problem(shown, line, what, "Haal er een weg."))
            seen.setdefault(key, line)
    return problems


def coverage(library: Library) -> Coverage:
    """How many items fit, per barrier and role."""
    roles, barriers = library.taxonomy.roles, library.taxonomy.barriers
    return {b: {r: len(rank(library, r, [b], None)) for r in roles} for b in barriers}


def coverage_table(found: Coverage) -> str:
    """The coverage as text; fewer than ENOUGH is marked with '!' and told again below."""
    roles = list(next(iter(found.values()), {}))
    widths = [max(len(role), 4) + 2 for role in roles]
    lines = [
        "Dekking: hoeveel opties de bot heeft per belemmering en rol",
        " " * 22 + "".join(f"{role:>{width}}" for role, width in zip(roles, widths, strict=True)),
    ]
    for barrier, row in found.items():
        cells = (f"{'!' if row[r] < ENOUGH else ''}{row[r]:d}".rjust(w) for r, w in zip(roles, widths, strict=True))
        lines.append(f"{barrier:22}{''.join(cells)}")
    few = [f"{role} x {barrier} ({n})" for barrier, row in found.items() for role, n in row.items() if n < ENOUGH]
    lines.append(
        _paragraph(f"! minder dan {ENOUGH} opties", few, len(few)) if few else f"Overal minstens {ENOUGH} opties."
    )
    return "\n".join(lines)


def counts(library: Library) -> str:
    """Items per theme, and per sector the items made for it."""
    items = library.items.values()
    themes = {theme: sum(item.theme == theme for item in items) for theme in library.taxonomy.themes}
    sectors = {sector: sum(sector in item.sectors for item in items) for sector in library.taxonomy.sectors}
    offered = sum(item.kind in SUGGESTIBLE and not item.ended for item in items)
    every = sum(not item.sectors for item in items)
    return "\n".join(
        [
            f"De bot raadt {offered} onderwerpen zelf aan; de andere legt hij alleen uit als iemand ernaar vraagt.",
            "",
            "Onderwerpen per thema",
            *_columns(themes),
            "",
            f"Onderwerpen die voor één of meer sectoren gemaakt zijn (nog {every} gelden overal)",
            *_columns(sectors),
        ]
    )


def attention(library: Library, today: date | None = None, shown: int = SHOWN) -> str:
    """What is not wrong but needs an eye now and then, at most `shown` of each kind."""
    stale = stale_items(library, today or date.today())
    doubtful = [i for i in library.items.values() if i.validity and i.validity.status == "controleren"]
    ended = [i for i in library.items.values() if i.ended]
    links = unknown_links(library)
    lists = {
        "Langer dan een jaar niet nagekeken": [f"{i.id} ({i.reviewed})" for i in stale],
        "Controleren of het nog geldt (geldig.status: controleren)": [i.id for i in doubtful],
        "Gestopt (geldig.status: beeindigd)": [i.id for i in ended],
        "Links die nog niemand nakeek (status: onbekend)": [link.id for link in links],
    }
    parts = (_paragraph(title, names, shown) for title, names in lists.items())
    return "\n".join(["Om na te lopen", *(textwrap.indent(part, "  ") for part in parts)])


def stale_items(library: Library, today: date) -> list[Item]:
    """Items reviewed more than a year ago, oldest first."""
    limit = (today - timedelta(STALE_DAYS)).isoformat()
    return sorted((i for i in library.items.values() if i.reviewed < limit), key=lambda i: (i.reviewed, i.id))


def unknown_links(library: Library) -> list[Link]:
    return [link for link in library.links.values() if link.status == "onbekend"]


def draw(found: Coverage, path: Path) -> str:
    """Writes the coverage as a heat map with numbers. Returns where, or why not."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # type: ignore[import-untyped]
        from matplotlib.figure import Figure  # type: ignore[import-untyped]
    except ImportError:
        return "overgeslagen, want matplotlib is niet geïnstalleerd."
    barriers = list(found)
    roles = list(found[barriers[0]])
    figure = Figure(figsize=(2.5 + len(roles), 1.6 + 0.36 * len(barriers)), dpi=110)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    grid = [[found[barrier][role] for role in roles] for barrier in barriers]
    top = 40  # beyond this more items make no difference to a person: keep the colours for the thin places
    axes.imshow(grid, cmap="YlGnBu", vmin=0, vmax=top, aspect="auto")
    axes.set_xticks(range(len(roles)), roles, rotation=30, ha="left")
    axes.set_yticks(range(len(barriers)), barriers)
    axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    for y, row in enumerate(grid):
        for x, number in enumerate(row):
            few = number < ENOUGH
            colour = "#b00020" if few else "white" if number > top * 0.6 else "black"
            axes.text(x, y, number, ha="center", va="center", color=colour, fontweight="bold" if few else "normal")
    axes.set_title(f"Opties per belemmering en rol (rood: minder dan {ENOUGH})", fontsize=11, pad=12)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    return _place(path)


def preview(wanted: str, folder: Path | None = None) -> int:
    """Prints an item as the bot will say it, portion by portion. Returns the exit status."""
    library, problems = read_folder(folder or content_folder())
    if library is None:
        print(problem_list(problems))
        return 1
    item = library.find(wanted) or library.find(library.names.get(normalise(wanted)))
    if item is None:
        near = [key for key, other in library.items.items() if wanted.lower() in f"{key} {other.name.lower()}"]
        print(f"'{wanted}' bestaat niet." + (f" Bedoel je: {', '.join(near[:SHOWN])}?" if near else ""))
        return 1
    print("\n".join(preview_lines(library, item)))
    return 0


def preview_lines(library: Library, item: Item) -> Iterator[str]:
    yield f"{item.title}   [{item.theme}/{item.id}.md, {item.kind}, gewicht {item.weight}]"
    if item.validity:
        yield from _block(f"Let op: {item.validity.text}")
        if item.validity.alternatives:
            yield f"  In plaats hiervan: {', '.join(item.validity.alternatives)}"
    for section, text in ((Section.SUMMARY, item.summary), (Section.SIMPLE, item.simple)):
        yield f"\n{section.heading}   ({_words(text)} woorden)"
        yield from _block(text)
    if item.barriers:
        yield "\nDe bot raadt dit aan"
        for barrier, reason in item.barriers.items():
            yield from _block(f"bij {barrier}: {reason}")
        yield f"  aan: {', '.join(item.roles)}; in: {', '.join(item.sectors) or 'alle sectoren'}"
    for section in Section:
        yield from _section(item, section)
    if item.links:
        yield "\nLinks"
        for link in library.item_links(item):
            told = "  (de bot noemt hem niet)" if link.status == "gestopt" else ""
            yield f"  {link.label} [{link.status}]: {link.url}{told}"
    yield f"\nBron (nagekeken op {item.reviewed}; de bot noemt de eerste drie)"
    for source in item.sources:
        yield from _block(f"{library.sources[source.document]}, {source.place}")


def portions(item: Item, section: Section) -> list[str]:
    """The portions in which the bot tells a section, one after each 'Lees verder'."""
    passages = item.section(section)
    found: list[str] = []
    start = 0
    while start < len(passages):
        text, start = portion(section, passages, start)
        found.append(text)
    return found


def _section(item: Item, section: Section) -> Iterator[str]:
    texts = portions(item, section)
    for number, text in enumerate(texts, 1):
        place = f", bericht {number} van {len(texts)}" if len(texts) > 1 else ""
        yield f"\n{section.heading}   ({_words(text)} woorden{place})"
        for row in text.replace("**", "").split("\n"):
            yield from _block(row, hanging="  " if row.startswith("- ") else "")


def _place(path: Path) -> str:
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def _words(text: str) -> int:
    return sum(any(c.isalnum() for c in word) for word in text.split())


def _block(text: str, hanging: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  " + hanging)


def _paragraph(title: str, names: Sequence[str], shown: int) -> str:
    """'Title (3): a, b, c', wrapped, with the end of a long list left off."""
    if not names:
        return f"{title}: geen"
    left = f" en nog {len(names) - shown}" if len(names) > shown else ""
    return textwrap.fill(f"{title} ({len(names)}): {', '.join(names[:shown])}{left}", WIDTH, subsequent_indent="    ")


def _columns(numbers: Mapping[str, int], columns: int = 4) -> list[str]:
    cells = [f"{key:20}{number:4}" for key, number in numbers.items()]
    height = -(-len(cells) // columns)
    return ["  " + "    ".join(cells[row::height]) for row in range(height)]
