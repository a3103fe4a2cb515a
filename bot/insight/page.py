"""The report as one page to read or print, and as CSV files."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.insight import charts
from bot.insight.report import Table
from bot.insight.suppression import SMALLEST, Cell, Hidden

TEMPLATES = Path(__file__).parent / "templates"
_DARKEST = 0.55  # of the shade of the largest number


@dataclass(frozen=True)
class _Shown:
    table: Table
    chart: str
    largest: int

    def shade(self, cell: str | Cell) -> float:
        """How dark a cell is, 0 to _DARKEST."""
        if not self.table.shaded or not isinstance(cell, int) or not self.largest:
            return 0.0
        return round(_DARKEST * cell / self.largest, 3)


def html(tables: Sequence[Table], facts: Mapping[str, str]) -> str:
    """`facts`: what is told at the top, name -> value."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["hidden"] = lambda cell: isinstance(cell, Hidden)
    environment.tests["count"] = lambda cell: isinstance(cell, int | Hidden)
    shown = [_Shown(table, _chart(table), max(_numbers(table), default=0)) for table in tables]
    return environment.get_template("report.html").render(shown=shown, facts=facts, smallest=SMALLEST)


def write_csv(tables: Sequence[Table], folder: Path) -> list[Path]:
    """A file per table, made for a Dutch spreadsheet (semicolons)."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for table in tables:
        path = folder / f"{table.name}.csv"
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(table.head)
            writer.writerows([[str(cell) for cell in row] for row in table.rows])
        paths.append(path)
    return paths


def _chart(table: Table) -> str:
    rows = [row for row in table.rows if table.chart == "columns" or not isinstance(row[1], Hidden)]
    if not rows or not table.chart:
        return ""
    draw = {"bars": charts.bars, "columns": charts.columns}[table.chart]
    return draw([str(row[0]) for row in rows], [row[1] for row in rows], table.title)  # type: ignore[misc]


def _numbers(table: Table) -> list[int]:
    return [cell for row in table.rows for cell in row if isinstance(cell, int)]
