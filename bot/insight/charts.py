"""Charts as SVG text to put into a page: no scripts, nothing from outside."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib import rc_context  # type: ignore[import-untyped]
from matplotlib.backends.backend_svg import FigureCanvasSVG  # type: ignore[import-untyped]
from matplotlib.figure import Figure  # type: ignore[import-untyped]

from bot.insight.suppression import Cell, Hidden

COLOUR, PALE = "#1f5f8b", "#9aa5ad"
_STYLE = {"svg.fonttype": "none", "svg.hashsalt": "interventiewijzer", "font.family": "sans-serif", "font.size": 10}


def bars(labels: Sequence[str], numbers: Sequence[int], title: str) -> str:
    """Horizontal bars, the first on top."""
    with rc_context(_STYLE):
        figure = Figure(figsize=(6, 0.4 + 0.28 * len(labels)))
        axes = figure.add_subplot()
        axes.barh(range(len(numbers)), numbers, color=COLOUR, height=0.7)
        for place, number in enumerate(numbers):
            axes.annotate(str(number), (number, place), (4, 0), textcoords="offset points", va="center")
        axes.set_yticks(range(len(labels)), labels)
        axes.invert_yaxis()
        axes.set_xlim(0, max([1, *numbers]) * 1.08)
        axes.tick_params(left=False, bottom=False, labelbottom=False)
        axes.spines[["top", "right", "bottom"]].set_visible(False)
        return _svg(figure, title)


def columns(labels: Sequence[str], cells: Sequence[Cell], title: str) -> str:
    """Columns from left to right, for what goes on in time. A hidden number has no column and says so."""
    with rc_context(_STYLE):
        figure = Figure(figsize=(max(6, 0.62 * len(labels)), 2.4))
        axes = figure.add_subplot()
        axes.bar(range(len(cells)), [_length(cell) for cell in cells], color=COLOUR, width=0.7)
        for place, cell in enumerate(cells):
            colour = PALE if isinstance(cell, Hidden) else "black"
            axes.annotate(
                str(cell), (place, _length(cell)), (0, 3), textcoords="offset points", ha="center", color=colour
            )
        axes.set_xticks(range(len(labels)), [label.replace(" ", "\n", 1) for label in labels])
        axes.set_ylim(0, max([1, *map(_length, cells)]) * 1.15)
        axes.tick_params(left=False, bottom=False, labelleft=False)
        axes.spines[["top", "right", "left"]].set_visible(False)
        return _svg(figure, title)


def _length(cell: Cell) -> int:
    return 0 if isinstance(cell, Hidden) else cell


def _svg(figure: Figure, title: str) -> str:
    figure.tight_layout()
    out = io.StringIO()
    FigureCanvasSVG(figure).print_svg(out, metadata={"Date": None, "Creator": None, "Title": title})
    return out.getvalue().partition("<svg")[1] + out.getvalue().partition("<svg")[2]
