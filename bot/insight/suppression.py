"""Hides small numbers, and as many others as it takes that nobody can compute them from the totals.

A number under SMALLEST is hidden. Then we play the reader who wants to know it: given everything that is shown, the
totals and the rules of this module, between which values must a hidden number lie (a linear programme)? When that
leaves fewer than POSSIBLE values, another number in the same row or column is hidden as well.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import Enum

import numpy as np
from scipy.optimize import linprog

SMALLEST = 5  # conversations
POSSIBLE = 3  # values that a hidden number may have at least, as far as a reader can tell


class Hidden(Enum):
    SMALL = f"<{SMALLEST}"
    OTHER = "–"  # hidden because a small number could be computed from it

    def __str__(self) -> str:
        return str(self.value)


Cell = int | Hidden
Counts = Sequence[Sequence[int]]
Line = tuple[int | slice, int | slice]  # of a table: (row, all) or (all, column)


def hide_small(number: int) -> Cell:
    """For a number that is part of no sum."""
    return Hidden.SMALL if 0 < number < SMALLEST else number


def hide_parts(counts: Sequence[int]) -> list[Cell]:
    """For the parts of a total that is shown."""
    return hide([counts], rows=True)[0]


def hide(
    counts: Counts,
    rows: bool = False,
    columns: bool = False,
    secret_rows: Collection[int] = (),
    secret_columns: Collection[int] = (),
) -> list[list[Cell]]:
    """A table with its small numbers hidden.

    `rows`, `columns`: the reader knows the sum of each row, of each column. Of a secret row or column the reader
    does not know the sum, and must not get to know it: all its cells are hidden.
    """
    table = _Table(counts, rows, columns, secret_rows, secret_columns)
    while lines := table.lines_through(table.narrow()):
        hidden = [table.hide_one(line) for line in lines]
        blurred = [] if any(hidden) else [table.blur(line) for line in lines]
        if not any(hidden) and not any(blurred):
            break
    return table.cells()


class _Table:
    """Masks over the counts. `small`: shown as '<5'. `other`: shown as '–', and a reader may know that it is
    SMALLEST at least. `blurred`: shown as '–', anything."""

    def __init__(
        self, counts: Counts, rows: bool, columns: bool, secret_rows: Collection[int], secret_columns: Collection[int]
    ) -> None:
        self._counts = np.asarray(counts, dtype=int).reshape(len(counts), -1)
        self._blurred = np.zeros(self._counts.shape, dtype=bool)
        self._blurred[list(secret_rows), :] = True
        self._blurred[:, list(secret_columns)] = True
        self._small = (self._counts > 0) & (self._counts < SMALLEST) & ~self._blurred
        self._other = np.zeros_like(self._small)
        height, width = self._counts.shape
        self._lines: list[Line] = [np.s_[row, :] for row in range(height) if rows and row not in secret_rows]
        self._lines += [np.s_[:, column] for column in range(width) if columns and column not in secret_columns]

    @property
    def _hidden(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        return self._small | self._other | self._blurred  # type: ignore[no-any-return]

    def cells(self) -> list[list[Cell]]:
        return [
            [
                Hidden.SMALL if self._small[y, x] else Hidden.OTHER if self._hidden[y, x] else int(number)
                for x, number in enumerate(row)
            ]
            for y, row in enumerate(self._counts)
        ]

    def narrow(self) -> list[tuple[int, int]]:
        """The hidden cells of which a reader can tell too well what they hold. A hidden 0 betrays nobody."""
        places = [tuple(map(int, place)) for place in np.argwhere(self._hidden)]
        if not places or not self._lines:
            return []
        number = {place: index for index, place in enumerate(places)}
        equations, sums = [], []
        for line in self._lines:
            inside = np.zeros_like(self._hidden)
            inside[line] = self._hidden[line]
            row = np.zeros(len(places))
            row[[number[tuple(map(int, place))] for place in np.argwhere(inside)]] = 1
            equations.append(row)
            sums.append(self._counts[inside].sum())
        bounds = [self._bounds(place) for place in places]
        found = []
        for place in places:
            if self._counts[place] and _width(number[place], np.array(equations), sums, bounds) < POSSIBLE - 1:
                found.append(place)
        return found  # type: ignore[return-value]

    def _bounds(self, place: tuple[int, ...]) -> tuple[int, int | None]:
        if self._small[place]:
            return 1, SMALLEST - 1
        return (SMALLEST if self._other[place] else 0), None

    def lines_through(self, places: Sequence[tuple[int, int]]) -> list[Line]:
        """The rows and columns with a known sum that these cells are in."""
        return [line for line in self._lines if any(y == line[0] or x == line[1] for y, x in places)]

    def hide_one(self, line: Line) -> bool:
        """Hides the smallest number that the line still shows; whether there was one."""
        shown = np.zeros_like(self._hidden)
        shown[line] = ~self._hidden[line]
        places = [tuple(place) for place in np.argwhere(shown & (self._counts > 0)).tolist()]
        if places:
            self._other[min(places, key=lambda place: (self._counts[place], place))] = True
        return bool(places)

    def blur(self, line: Line) -> bool:
        """Nothing is left to hide: shows no more of the line than that it is hidden; whether that is news."""
        news = not self._blurred[line].all()
        self._blurred[line] = True
        self._small &= ~self._blurred
        self._other &= ~self._blurred
        return news


def _width(
    index: int,
    equations: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    sums: Sequence[int],
    bounds: Sequence[tuple[int, int | None]],
) -> float:
    """The largest less the smallest value that one unknown can have."""
    goal = np.zeros(len(bounds))
    ends = []
    for sign in (1, -1):
        goal[index] = sign
        answer = linprog(goal, A_eq=equations, b_eq=sums, bounds=bounds, method="highs")
        if answer.status == 3:  # no limit
            return float("inf")
        ends.append(float(answer.x[index]))
    return round(ends[1] - ends[0], 6)
