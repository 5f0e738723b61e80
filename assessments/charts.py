"""The geometry of the charts: numbers for the SVG templates, computed on the server.

The map is a square of ``SIDE`` units: product uncertainty to the right, operational certainty up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .engine.lens import STACKS

LEFT, TOP, SIDE = 34.0, 8.0, 320.0
CORNERS = ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0))
# Below this share of the map a side is too small to carry its label.
LABEL_SHARE = 0.06

Point = tuple[float, float]


@dataclass(frozen=True)
class Map:
    """What ``charts/map.html`` draws; all points are strings ready for SVG attributes."""

    change_side: str
    stability_side: str
    change_label: bool
    stability_label: bool
    threshold: tuple[float, float, float, float] | None
    here: Point
    cloud: str
    possible: tuple[float, float, float, float] | None
    was: Point | None
    says: str


def result_map(report: Mapping[str, Any], was: Mapping[str, Any] | None = None) -> Map:
    """The map of a result: the cloud of robustness draws, and the point of the answers.

    ``was`` is the result that this one is compared with, shown as a second point.
    """
    u, c = report["uncertainty"], report["operations"]
    says = (
        f"Product uncertainty {u['displayed']} of 100, need for operational certainty "
        f"{c['displayed']} of 100. {report['firmness']['robust']}"
    )
    cloud = _dots(report["draws"]["cloud"])
    moved_from = _at((was["uncertainty"]["score"], was["operations"]["score"])) if was else None
    return _map(report, u["score"], c["score"], says, cloud=cloud, was=moved_from)


def _dots(points: Sequence[Sequence[float]]) -> str:
    """One path of dots, in points (the drawing moves it into place), instead of as many circles.

    By way of JSON, whose encoder writes numbers in C: there are two hundred of them.
    """
    text = json.dumps(points, separators=(" ", ":"))
    return f"M{text[2:-2].replace('] [', 'h0M')}h0" if points else ""


def progress_map(progress: Mapping[str, Any]) -> Map:
    """The map beside a wizard step: the rectangle of everything that is still possible."""
    u, c = progress["uncertainty"], progress["operations"]
    says = (
        f"Product uncertainty can still be {u['low']:.0f} to {u['high']:.0f} of 100, need for "
        f"operational certainty {c['low']:.0f} to {c['high']:.0f}."
    )
    left, top = _at((u["low"], c["high"]))
    right, bottom = _at((u["high"], c["low"]))
    possible = (left, top, round(right - left, 1), round(bottom - top, 1))
    return _map(progress, u["score"], c["score"], says, possible=possible)


def _map(
    data: Mapping[str, Any],
    u: float,
    c: float,
    says: str,
    cloud: str = "",
    possible: tuple[float, float, float, float] | None = None,
    was: Point | None = None,
) -> Map:
    turning = data["turning_point"]
    if turning is None:  # no lean changes the verdict: one side has the whole map
        turning = -200.0 if data["stack"] == "fastapi" else 200.0
    change = _cut(lambda point: point[0] - point[1] - turning)
    stability = _cut(lambda point: turning - point[0] + point[1])
    line = _line(turning)
    return Map(
        change_side=_points(change),
        stability_side=_points(stability),
        change_label=_area(change) > LABEL_SHARE,
        stability_label=_area(stability) > LABEL_SHARE,
        threshold=line,
        here=_at((u, c)),
        cloud=cloud,
        possible=possible,
        was=was,
        says=says,
    )


def _at(point: Sequence[float]) -> Point:
    u, c = point
    return round(LEFT + u * SIDE / 100, 1), round(TOP + (100 - c) * SIDE / 100, 1)


def _cut(inside: Any) -> list[Point]:
    """The part of the square where ``inside`` is not negative (Sutherland and Hodgman)."""
    kept: list[Point] = []
    for start, end in zip(CORNERS, (*CORNERS[1:], CORNERS[0]), strict=True):
        a, b = inside(start), inside(end)
        if a >= 0:
            kept.append(start)
        if (a >= 0) != (b >= 0):
            share = a / (a - b)
            kept.append(
                (
                    start[0] + share * (end[0] - start[0]),
                    start[1] + share * (end[1] - start[1]),
                )
            )
    return kept


def _line(turning: float) -> tuple[float, float, float, float] | None:
    """Where U − C equals the turning point, across the square; None where it misses it."""
    if not -100 < turning < 100:
        return None
    start = (max(0.0, turning), max(0.0, -turning))
    end = (min(100.0, 100 + turning), min(100.0, 100 - turning))
    return (*_at(start), *_at(end))


def _area(corners: Sequence[Point]) -> float:
    """The polygon's share of the square, by the shoelace formula."""
    pairs = zip(corners, (*corners[1:], *corners[:1]), strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2 / 10_000


def _points(corners: Iterable[Point]) -> str:
    return " ".join(f"{x},{y}" for x, y in map(_at, corners))


@dataclass(frozen=True)
class Scales:
    """The regrets' tipping point on a line from −100 (all stability) to 100 (all change).

    All are percent of the line's width. ``turning`` is None where no lean changes the verdict.
    """

    here: float
    turning: float | None
    change_from: float
    side: str


def scales(report: Mapping[str, Any]) -> Scales:
    """Where the answers lean, and where the lean would have to be for the verdict to turn."""
    turning = report["turning_point"]
    side = "change" if report["stack"] == "fastapi" else "stability"
    change_from = (0.0 if side == "change" else 100.0) if turning is None else _share(turning)
    beyond = turning is None or abs(turning) > 100
    return Scales(_share(report["lean"]), None if beyond else change_from, change_from, side)


def _share(points: float) -> float:
    return round(min(100.0, max(0.0, (points + 100) / 2)), 2)


@dataclass(frozen=True)
class Bar:
    """One row of the waterfall: from the running total before it to the one after it."""

    x: float
    width: float
    zero: float
    side: str

    def __html__(self) -> str:
        """The line of zero and the bar, in percent across and pixels down. All are our numbers."""
        return (
            f'<line class="zero" x1="{self.zero}%" x2="{self.zero}%" y2="100%"/>'
            f'<rect class="bar-{self.side}" x="{self.x}%" width="{self.width}%"'
            ' y="14" height="18"/>'
        )


def waterfall(contributions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The contributions, largest first, each with the bar that continues where the last ended.

    Bars are in percent of the column's width; 0 stands where neither side is ahead.
    """
    ordered = sorted(contributions, key=lambda part: -abs(part["displayed"]))
    totals = [0.0]
    for part in ordered:
        totals.append(totals[-1] + part["displayed"])
    low, span = min(totals), (max(totals) - min(totals)) or 1.0
    rows = []
    for part, before, after in zip(ordered, totals, totals[1:], strict=False):
        x, width = (min(before, after) - low) / span * 100, abs(after - before) / span * 100
        side = "change" if part["displayed"] >= 0 else "stability"
        bar = Bar(round(x, 2), round(width, 2), round(-low / span * 100, 2), side)
        rows.append({**part, "bar": bar, "signed": signed(part["displayed"])})
    return rows


def signed(points: float) -> str:
    """Points with their sign, a true minus; zero has none."""
    return f"{points:+.1f}".replace("-", "\N{MINUS SIGN}") if points else "0.0"


def regret_bars(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Per stack: its expected regret as a share of a bar that ends at 1, or at the larger one."""
    widest = max(*report["regret"].values(), 1.0)
    return [
        {
            "stack": stack,
            "side": "change" if stack == "fastapi" else "stability",
            "amount": amount,
            "width": round(100 * amount / widest, 2),
            "parts": [part for part in report["regret_parts"] if part["stack"] == stack],
        }
        for stack, amount in ((stack, report["regret"][stack]) for stack in STACKS)
    ]


# Stops this near to each other share one number, as those of each would stand in the other's way.
NEAR = 18.0
DOT = 6.5


@dataclass(frozen=True)
class Stop:
    """A verdict on the way: a circle for FastAPI, a square for Go, with its number beside it.

    ``label`` is empty where another stop's holds its number too; ``label_y`` is its base line.
    """

    stack: str
    at: Point
    label: str
    label_y: float
    is_here: bool

    @property
    def corner(self) -> Point:
        """Of the square that stands for Go."""
        return round(self.at[0] - DOT, 1), round(self.at[1] - DOT, 1)


@dataclass(frozen=True)
class Way:
    """Several verdicts on one map, and the lines from each to the one that it went on from."""

    map: Map
    stops: tuple[Stop, ...]
    lines: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True)
class Stage:
    """A verdict to put on the way; ``after`` is the number of the stage that it went on from."""

    number: int
    after: int | None
    stack: str
    point: tuple[float, float]
    is_here: bool


def way_map(report: Mapping[str, Any], stages: Sequence[Stage], says: str) -> Way:
    """The way of a verdict from version to version, on the map of the one with this report."""
    at = {stage.number: _at(stage.point) for stage in stages}
    labels = _labels(at)
    stops = tuple(
        Stop(
            stage.stack,
            at[stage.number],
            labels.get(stage.number, ""),
            round(at[stage.number][1] + (26 if at[stage.number][1] < TOP + 24 else -13), 1),
            stage.is_here,
        )
        for stage in stages
    )
    lines = tuple((*at[stage.after], *at[stage.number]) for stage in stages if stage.after in at)
    u, c = stages[-1].point
    return Way(_map(report, u, c, says), stops, lines)


def _labels(at: Mapping[int, Point]) -> dict[int, str]:
    """By the number of the stop that they stand beside, its number and those of stops near it."""
    held: dict[int, list[str]] = {}
    for number, (x, y) in at.items():
        near = (n for n in held if abs(at[n][0] - x) < NEAR and abs(at[n][1] - y) < NEAR)
        held.setdefault(next(near, number), []).append(str(number))
    return {number: ", ".join(numbers) for number, numbers in held.items()}
