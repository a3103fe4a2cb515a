"""The tables of the report: conversations counted, small numbers hidden. In Dutch.

Everything is counted in conversations, so that one talkative person is one. What is hidden of a role, barrier, sector
or week in its own table is hidden in every other table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.content.library import normalise
from bot.content.report import ENOUGH, Coverage
from bot.insight.reading import Conversation, Period
from bot.insight.suppression import SMALLEST, Cell, Hidden, hide, hide_parts, hide_small

UNTOLD = "niet gezegd"
WEEKS = 10  # a longer period is shown by month
OFTEN = 1 / 3  # of the conversations: from here on 'iets anders' says something about the content
MOST = 25  # rows of a long list

Head = tuple[str, ...]
Row = tuple[str | Cell, ...]
Names = Callable[[str, str], str]  # group of teksten.yml ('rollen', ...) and key -> name


@dataclass(frozen=True)
class Table:
    """`name`: of its CSV file and of its place in the page. `chart`: 'bars' or 'columns', for one number per row."""

    name: str
    title: str
    head: Head
    rows: Sequence[Row]
    note: str = ""
    chart: str = ""
    shaded: bool = False


@dataclass(frozen=True)
class Source:
    """What the report is made of, beside the conversations. `titles`: id of an item -> title."""

    period: Period
    coverage: Coverage
    titles: Mapping[str, str]
    names: Names


@dataclass
class _Group:
    """Conversations per key, with the cells that are shown of it everywhere."""

    keys: list[str]
    names: list[str]
    members: Mapping[str, set[int]]  # key -> places of conversations
    cells: list[Cell] = field(default_factory=list)
    in_time: bool = False

    def __post_init__(self) -> None:
        self.counts = [len(self.members.get(key, ())) for key in self.keys]

    @property
    def secret(self) -> list[int]:
        return [place for place, cell in enumerate(self.cells) if isinstance(cell, Hidden)]

    def table(self, name: str, title: str, what: str, note: str = "") -> Table:
        """In the order of time, or the most frequent first and hidden ones last."""
        rows = list(zip(self.names, self.cells, strict=True))
        if not self.in_time:
            rows = sorted((row for row in rows if row[1] != 0), key=lambda row: _order(row[1]))
        return Table(name, title, (what, "gesprekken"), rows, note, "columns" if self.in_time else "bars")


def tables(conversations: Sequence[Conversation], source: Source) -> list[Table]:
    """All tables, or one that says why there are none."""
    total = len(conversations)
    if total < SMALLEST:
        rows: list[Row] = [("gesprekken", hide_small(total))]
        note = f"Met minder dan {SMALLEST} gesprekken is er geen rapport."
        return [Table("in_het_kort", "In het kort", ("", "aantal"), rows, note)]
    names = source.names
    roles = _parts([c.role for c in conversations], "rollen", names)
    sectors = _parts([c.sector for c in conversations], "sectoren", names)
    times = _times(conversations, source.period)
    barriers = _members((key, place) for place, c in enumerate(conversations) for key in c.barriers)
    told = _Group(sorted(barriers), [names("belemmeringen", key) for key in sorted(barriers)], barriers)
    told.cells = [hide_small(count) for count in told.counts]
    pairs = _cross(told, roles, rows=True)
    return [
        _in_short(conversations),
        times.table("verloop", "Verloop", _unit(source.period)),
        roles.table("rollen", "Rollen", "rol"),
        told.table("belemmeringen", "Belemmeringen", "belemmering", "In één gesprek kunnen er meer zijn."),
        sectors.table("sectoren", "Sectoren", "sector"),
        _cross_table("belemmering_rol", "Belemmering en rol", "belemmering", told, roles, pairs),
        _cross_table("rol_verloop", "Rollen in de tijd", "rol", roles, times, _cross(roles, times, True, True)),
        _cross_table(
            "belemmering_verloop", "Belemmeringen in de tijd", "belemmering", told, times, _cross(told, times, True)
        ),
        _cross_table(
            "sector_verloop", "Sectoren in de tijd", "sector", sectors, times, _cross(sectors, times, True, True)
        ),
        _items(conversations, source.titles),
        _unanswered(conversations),
        _gaps(conversations, source, roles, told, pairs),
    ]


def _in_short(conversations: Sequence[Conversation]) -> Table:
    """Numbers of conversations; of messages only where at least SMALLEST conversations have them."""

    def row(name: str, times: Callable[[Conversation], int], messages: bool = True) -> Row:
        found = [n for c in conversations if (n := times(c))]
        cell = hide_small(len(found))
        return (name, cell, (Hidden.OTHER if isinstance(cell, Hidden) else sum(found)) if messages else "")

    judged = hide_parts([sum(c.judgement == value for c in conversations) for value in ("goed", "slecht", None)])
    labels = ("vond het nuttig", "vond het niet nuttig", "gaf geen oordeel")
    rows = [
        row("alle", lambda c: c.messages),
        *((label, cell, "") for label, cell in zip(labels, judged, strict=True)),
        row("niet begrepen", lambda c: c.not_understood),
        row("geen onderwerp van de bot", lambda c: c.out_of_scope),
        row("leek geen Nederlands", lambda c: c.foreign),
        row("vroeg om iets anders", lambda c: c.other),
        row("zorg: nood, ongewenst gedrag of onveilig werk", lambda c: int(c.care), messages=False),
    ]
    note = "Zorg staat hier als één getal en nergens anders: ook vals alarm telt mee."
    return Table("in_het_kort", "In het kort", ("", "gesprekken", "berichten"), rows, note)


def _items(conversations: Sequence[Conversation], titles: Mapping[str, str]) -> Table:
    offered = Counter(key for c in conversations for key in c.offered)
    opened = Counter(key for c in conversations for key in c.opened)
    linked = Counter(key for c in conversations for key in c.linked)
    liked = Counter(key for c in conversations if c.judgement == "goed" for key in c.opened)
    often = sorted({*offered, *opened}, key=lambda key: (-offered[key], -opened[key], key))
    shown = [key for key in often if max(offered[key], opened[key]) >= SMALLEST]
    rows = [
        (titles.get(key, key), *(hide_small(count[key]) for count in (offered, opened, linked, liked)))
        for key in shown[:MOST]
    ]
    note = "'Nuttig': het onderwerp is geopend in een gesprek dat iemand nuttig vond. "
    note += f"Onderwerpen die in minder dan {SMALLEST} gesprekken voorkwamen, staan er niet bij."
    head = ("onderwerp", "voorgesteld", "geopend", "link gegeven", "nuttig")
    return Table("onderwerpen", "Wat de bot voorstelde", head, rows, note)


def _unanswered(conversations: Sequence[Conversation]) -> Table:
    """Masked messages that the bot had nothing to say to, in words when SMALLEST conversations have the same."""
    said = Counter(words for c in conversations for words in {normalise(text) for text in c.unanswered})
    masked = {normalise(text) for c in conversations for text in c.unanswered if "[" in text}
    rows: Sequence[Row] = [
        (words, count) for words, count in said.most_common() if count >= SMALLEST and words not in masked
    ][:MOST]
    note = f"Alleen zinnen die in minstens {SMALLEST} gesprekken hetzelfde waren. Andere zinnen staan in geen rapport."
    return Table("zonder_antwoord", "Waar de bot vaker geen antwoord op had", ("gezegd", "gesprekken"), rows, note)


def _gaps(
    conversations: Sequence[Conversation],
    source: Source,
    roles: _Group,
    barriers: _Group,
    pairs: Sequence[Sequence[Cell]],
) -> Table:
    rows: list[Row] = []
    for y, barrier in enumerate(barriers.keys):
        for x, role in enumerate(roles.keys):
            having = barriers.members[barrier] & roles.members.get(role, set())
            if not having or role == UNTOLD:
                continue
            options = source.coverage.get(barrier, {}).get(role, 0)
            number, other = pairs[y][x], hide_small(sum(conversations[place].other > 0 for place in having))
            often = isinstance(number, int) and isinstance(other, int) and other >= OFTEN * number
            if options < ENOUGH or often:
                other = Hidden.OTHER if isinstance(number, Hidden) else other
                rows.append((barriers.names[y], roles.names[x], number, options, other))
    rows.sort(key=lambda row: (row[3], _order(row[2])))  # type: ignore[index,arg-type,return-value]
    note = f"Combinaties met minder dan {ENOUGH} onderwerpen, of waar in minstens een derde van de gesprekken om iets "
    note += "anders is gevraagd."
    head = ("belemmering", "rol", "gesprekken", "onderwerpen", "vroeg om iets anders")
    return Table("ontbreekt", "Waar inhoud ontbreekt", head, rows, note)


def _order(cell: str | Cell) -> int:
    return {Hidden.SMALL: 1, Hidden.OTHER: 0}.get(cell, 0) if isinstance(cell, Hidden) else -int(cell)


def _parts(values: Sequence[str | None], group: str, names: Names) -> _Group:
    """Each conversation has one value, or did not tell it."""
    members = _members((value or UNTOLD, place) for place, value in enumerate(values))
    keys = [*sorted(key for key in members if key != UNTOLD), UNTOLD]
    found = _Group(keys, [UNTOLD if key == UNTOLD else names(group, key) for key in keys], members)
    found.cells = hide_parts(found.counts)
    return found


def _times(conversations: Sequence[Conversation], period: Period) -> _Group:
    start = _week if _unit(period) == "week" else _month
    days = (period.first + timedelta(n) for n in range(period.days))
    keys = list(dict.fromkeys(start(day) for day in days))
    members = _members((start(c.day), place) for place, c in enumerate(conversations))
    found = _Group(keys, keys, members, in_time=True)
    found.cells = hide_parts(found.counts)
    return found


def _unit(period: Period) -> str:
    return "week" if period.days <= WEEKS * 7 else "maand"


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year} wk {week:02}"


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _members(pairs: Iterable[tuple[str, int]]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for key, place in pairs:
        found.setdefault(key, set()).add(place)
    return found


def _cross(down: _Group, across: _Group, rows: bool = False, columns: bool = False) -> list[list[Cell]]:
    """`rows`, `columns`: the cells of a row (column) add up to the number of its group."""
    if not down.keys:
        return []
    counts = [[len(down.members.get(y, set()) & across.members.get(x, set())) for x in across.keys] for y in down.keys]
    return hide(counts, rows, columns, down.secret, across.secret)


def _cross_table(
    name: str, title: str, what: str, down: _Group, across: _Group, cells: Sequence[Sequence[Cell]]
) -> Table:
    rows: list[Row] = [
        (label, *row)
        for label, row in zip(down.names, cells, strict=True)
        if not all(isinstance(cell, Hidden) for cell in row)
    ]
    rows.sort(key=lambda row: -sum(cell for cell in row if isinstance(cell, int)))
    note = "" if len(rows) == len(cells) else "Een rij waarin alles verborgen is, staat er niet bij."
    return Table(name, title, (what, *across.names), rows, note, shaded=True)
