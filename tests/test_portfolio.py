"""Many assessments on one plane: where they are drawn and how they are counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.charts import LEFT, SIDE, TOP
from assessments.portfolio import CELLS, SHADES, Point, binned, cells, counts, dots, shade

SCORES = st.floats(0, 100)
POINTS = st.lists(
    st.builds(Point, st.just(1), SCORES, SCORES, st.sampled_from(["fastapi", "go"])), max_size=40
)
NAMES = {"fastapi": "FastAPI", "go": "Go"}


def point(uncertainty: float, operations: float, stack: str = "go") -> Point:
    return Point(1, uncertainty, operations, stack)


@pytest.mark.parametrize(
    ("where", "drawn"),
    [
        ((0, 0), (LEFT, TOP + SIDE)),
        ((100, 100), (LEFT + SIDE, TOP)),
        ((50, 25), (LEFT + SIDE / 2, TOP + SIDE * 3 / 4)),
    ],
)
def test_uncertainty_goes_to_the_right_and_operations_up(
    where: tuple[float, float], drawn: tuple[float, float]
) -> None:
    (dot,) = dots([point(*where)])
    assert (dot.x, dot.y) == drawn


def test_cells_lie_where_their_dots_do_and_say_what_they_hold() -> None:
    (low, high) = cells(binned([point(0, 0), point(4.9, 4.9), point(100, 100)]))
    assert (low.x, low.y) == (LEFT, TOP + SIDE - SIDE / CELLS)
    assert low.title == "2: uncertainty 0 to 5, operations 0 to 5"
    assert (high.x, high.y) == (LEFT + SIDE - SIDE / CELLS, TOP)
    assert high.title == "1: uncertainty 95 to 100, operations 95 to 100"


def test_each_shade_is_for_twice_as_many() -> None:
    assert [shade(count, 16) for count in (16, 9, 8, 5, 4, 2, 1)] == [5, 5, 4, 4, 3, 2, 1]
    assert shade(1, 1_000_000) == 1
    assert shade(1, 1) == SHADES


@given(POINTS)
def test_every_point_is_in_one_cell_and_counted_once(points: list[Point]) -> None:
    bins = binned(points)
    drawn = cells(bins)
    assert sum(int(cell.title.partition(":")[0]) for cell in drawn) == len(points)
    assert all(1 <= cell.shade <= SHADES for cell in drawn)
    assert bool(drawn) == any(cell.shade == SHADES for cell in drawn)
    rows = counts(bins, NAMES)
    assert [row.verdict for row in rows] == ["FastAPI", "Go", "All"]
    assert rows[-1].total == sum(rows[-1].quadrants) == len(points)
    assert rows[0].total == sum(p.stack == "fastapi" for p in points)


def test_quadrants_begin_at_the_middle_and_other_stacks_have_a_row() -> None:
    points = [point(50, 49.9), point(50, 50), point(49.9, 50), point(0, 0, "rust")]
    rows = {row.verdict: row.quadrants for row in counts(binned(points), NAMES)}
    assert rows["Go"] == (1, 1, 1, 0)
    assert rows["rust"] == (0, 0, 0, 1)
    assert rows["All"] == (1, 1, 1, 1)
