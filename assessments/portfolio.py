"""Many assessments on one plane: product uncertainty to the right, operational certainty up.

Few are dots, each with its verdict; many are a grid of cells, shaded by how many lie in each.
Scores are points from 0 to 100, all else is in the units of ``charts``.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .charts import LEFT, SIDE, TOP

CELLS = 20  # a row and a column
SHADES = 5
# By stack, column (uncertainty) and row (operations): how many lie there.
Bins = Counter[tuple[str, int, int]]
# The two sides where both mistakes hurt alike; each result has its own line.
CHANGE_SIDE = f"{LEFT},{TOP + SIDE} {LEFT + SIDE},{TOP + SIDE} {LEFT + SIDE},{TOP}"
STABILITY_SIDE = f"{LEFT},{TOP + SIDE} {LEFT + SIDE},{TOP} {LEFT},{TOP}"
LINE = (LEFT, TOP + SIDE, LEFT + SIDE, TOP)
# By whether uncertainty and operations are at the middle or above it.
QUADRANTS = {
    (True, False): "high uncertainty, low operations",
    (True, True): "both high",
    (False, True): "low uncertainty, high operations",
    (False, False): "both low",
}


class Point(NamedTuple):
    """Where one assessment lies; ``name`` is its project's, ``stack`` its verdict."""

    key: int
    uncertainty: float
    operations: float
    stack: str
    name: str = ""


class Dot(NamedTuple):
    point: Point
    x: float
    y: float


class Cell(NamedTuple):
    """``shade`` is 1 to 5, ``title`` says what is in it."""

    x: float
    y: float
    shade: int
    title: str


@dataclass(frozen=True)
class Counts:
    """One row of the table beside the map: how many of one verdict lie in each quadrant."""

    verdict: str
    quadrants: tuple[int, ...]
    total: int


def dots(points: Iterable[Point]) -> list[Dot]:
    """In the order given: the last is drawn over the others."""
    return [
        Dot(
            point,
            round(LEFT + point.uncertainty * SIDE / 100, 1),
            round(TOP + (100 - point.operations) * SIDE / 100, 1),
        )
        for point in points
    ]


def cell_of(points: float) -> int:
    """The row or the column of the grid that a score falls into."""
    return min(CELLS - 1, max(0, int(points * CELLS / 100)))


def binned(points: Iterable[Point]) -> Bins:
    return Counter((p.stack, cell_of(p.uncertainty), cell_of(p.operations)) for p in points)


def cells(bins: Bins) -> list[Cell]:
    """The cells that are not empty, row by row from the lower left."""
    found: Counter[tuple[int, int]] = Counter()
    for (_, column, row), count in bins.items():
        found[row, column] += count
    most, side, step = max(found.values(), default=1), SIDE / CELLS, 100 // CELLS
    return [
        Cell(
            x=round(LEFT + column * side, 1),
            y=round(TOP + SIDE - (row + 1) * side, 1),
            shade=shade(count, most),
            title=(
                f"{count:,}: uncertainty {column * step} to {(column + 1) * step}, "
                f"operations {row * step} to {(row + 1) * step}"
            ),
        )
        for (row, column), count in sorted(found.items())
    ]


def shade(count: int, most: int) -> int:
    """From 1 to 5, each for twice as many as the one before; the fullest cell has the last."""
    return max(1, SHADES - int(math.log2(most / count)))


def counts(bins: Bins, names: dict[str, str]) -> list[Counts]:
    """A row a verdict, in the order of ``names`` (by stack), then one for all together."""
    found: Counter[tuple[str, bool, bool]] = Counter()
    for (stack, column, row), count in bins.items():
        found[stack, column >= CELLS // 2, row >= CELLS // 2] += count
    others = sorted({stack for stack, _, _ in bins} - set(names))
    rows = [
        _row(names.get(stack, stack), [found[stack, *where] for where in QUADRANTS])
        for stack in (*names, *others)
    ]
    together = [sum(column) for column in zip(*(row.quadrants for row in rows), strict=True)]
    return [*rows, _row("All", together)]


def _row(verdict: str, quadrants: Sequence[int]) -> Counts:
    return Counts(verdict, tuple(quadrants), sum(quadrants))
