"""Hidden numbers stay hidden, also from a reader who computes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.insight.suppression import POSSIBLE, SMALLEST, Cell, Hidden, hide, hide_parts, hide_small

NUMBERS = st.integers(0, 12) | st.integers(0, 60)


def possible(cells: Sequence[Cell], total: int) -> list[set[int]]:
    """What each part can be, by trying all: a '<5' is 1 to 4, a '–' is anything."""
    choices = [
        [cell] if isinstance(cell, int) else range(1, SMALLEST) if cell is Hidden.SMALL else range(total + 1)
        for cell in cells
    ]
    fitting = [parts for parts in product(*choices) if sum(parts) == total]
    return [{parts[place] for parts in fitting} for place in range(len(cells))]


def test_small_numbers_are_hidden_and_nought_is_not() -> None:
    assert [str(hide_small(n)) for n in (0, 1, 4, 5)] == ["0", "<5", "<5", "5"]


def test_one_small_part_of_a_total_hides_the_next_smallest_too() -> None:
    assert hide_parts([30, 3, 12, 0]) == [30, Hidden.SMALL, Hidden.OTHER, 0]


def test_small_parts_that_protect_each_other_hide_no_more() -> None:
    assert hide_parts([30, 3, 2, 4]) == [30, Hidden.SMALL, Hidden.SMALL, Hidden.SMALL]


def test_parts_that_can_only_be_one_each_are_hidden_whole() -> None:
    """Five of one each make five: knowing that each is under five would tell all."""
    assert hide_parts([1, 1, 1, 1, 1]) == [Hidden.OTHER] * 5


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 14), min_size=2, max_size=5).filter(lambda parts: sum(parts) >= SMALLEST))
def test_no_small_part_can_be_computed(parts: list[int]) -> None:
    cells = hide_parts(parts)
    assert [c for c in cells if isinstance(c, int) and 0 < c < SMALLEST] == []
    for part, cell, values in zip(parts, cells, possible(cells, sum(parts)), strict=True):
        if isinstance(cell, Hidden) and part:
            assert len(values) >= POSSIBLE


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 5), st.integers(2, 5), st.data())
def test_tables_with_both_sums_known(height: int, width: int, data: st.DataObject) -> None:
    """No hidden number is the only one in a row or column: that is what anybody can compute with a pencil."""
    counts = [[data.draw(NUMBERS) for _ in range(width)] for _ in range(height)]
    cells = hide(counts, rows=True, columns=True)
    for y, row in enumerate(cells):
        for x, cell in enumerate(row):
            if isinstance(cell, int):
                assert cell == counts[y][x] and not 0 < cell < SMALLEST
            elif counts[y][x]:
                assert sum(isinstance(other, Hidden) for other in row) > 1
                assert sum(isinstance(line[x], Hidden) for line in cells) > 1


def test_a_secret_row_shows_nothing_and_cannot_be_computed() -> None:
    """Its cells would follow from the sums of the columns, were nothing else hidden."""
    cells = hide([[9, 9], [2, 7], [20, 30]], columns=True, secret_rows=[1])
    assert cells[1] == [Hidden.OTHER, Hidden.OTHER]
    assert cells[0] == [Hidden.OTHER, Hidden.OTHER]
    assert cells[2] == [20, 30]
