"""The geometry of the charts: what is drawn agrees with what the numbers say."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.charts import (
    LEFT,
    SIDE,
    TOP,
    Map,
    Stage,
    progress_map,
    regret_bars,
    result_map,
    signed,
    waterfall,
    way_map,
)
from assessments.engine.answers import parse
from assessments.engine.report import build_report, progress
from tests.web import FOUNDERS, LENS

Point = tuple[float, float]
ROUNDING = 0.11
STACKS = st.sampled_from(["fastapi", "go"])
turning_points = st.one_of(st.floats(-150, 150), st.sampled_from([-100.0, 0.0, 100.0]))
points = st.lists(st.floats(-60, 60).map(lambda x: round(x, 1)), max_size=20)


def drawn(turning: float | None, stack: str = "go") -> Map:
    axis = {"score": 50.0, "low": 20.0, "high": 70.0}
    return progress_map(
        {"turning_point": turning, "stack": stack, "uncertainty": axis, "operations": axis}
    )


def corners(polygon: str) -> list[Point]:
    pairs = (pair.split(",") for pair in polygon.split())
    return [(float(x), float(y)) for x, y in pairs]


def area(polygon: str) -> float:
    at = corners(polygon)
    pairs = zip(at, at[1:] + at[:1], strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2


def lean(point: Point) -> float:
    """U − C of a point of the drawing, in points."""
    return ((point[0] - LEFT) + (point[1] - TOP)) * 100 / SIDE - 100


# ---- The map ----


@given(turning_points)
def test_the_two_sides_cover_the_square(turning: float) -> None:
    chart = drawn(turning)
    whole = area(chart.change_side) + area(chart.stability_side)
    assert whole == pytest.approx(SIDE**2, rel=0.002)


@given(turning_points)
def test_each_side_lies_on_its_own_side_of_the_threshold(turning: float) -> None:
    chart = drawn(turning)
    assert all(lean(point) >= turning - ROUNDING for point in corners(chart.change_side))
    assert all(lean(point) <= turning + ROUNDING for point in corners(chart.stability_side))


@given(turning_points)
def test_both_sides_meet_at_the_threshold(turning: float) -> None:
    chart = drawn(turning)
    if chart.threshold is None:
        assert abs(turning) >= 100
        return
    ends = {chart.threshold[:2], chart.threshold[2:]}
    assert all(lean(end) == pytest.approx(turning, abs=ROUNDING) for end in ends)
    for polygon in (chart.change_side, chart.stability_side):
        assert all(any(close(end, at) for at in corners(polygon)) for end in ends)


def close(one: Point, other: Point) -> bool:
    return abs(one[0] - other[0]) <= ROUNDING and abs(one[1] - other[1]) <= ROUNDING


@given(STACKS)
def test_where_no_lean_changes_the_verdict_one_side_has_the_whole_map(stack: str) -> None:
    chart = drawn(None, stack)
    own, other = chart.change_side, chart.stability_side
    if stack == "go":
        own, other = other, own
    assert area(own) == pytest.approx(SIDE**2)
    assert other == ""
    assert chart.threshold is None


@pytest.mark.parametrize(("turning", "change", "stability"), [(0, True, True), (80, False, True)])
def test_only_a_side_with_room_for_it_carries_its_label(
    turning: float, change: bool, stability: bool
) -> None:
    chart = drawn(turning)
    assert (chart.change_label, chart.stability_label) == (change, stability)


@pytest.mark.parametrize("founder", FOUNDERS.values(), ids=FOUNDERS)
def test_the_dot_lies_on_the_side_of_the_verdict(founder: Any) -> None:
    report = build_report(LENS, parse(LENS, founder.file))
    turning = report["turning_point"]
    assert turning is not None
    dot = lean(result_map(report).here)
    assert (dot >= turning) is (report["stack"] == "fastapi")


def test_the_rectangle_holds_the_dot_and_lies_within_the_square() -> None:
    chart = progress_map(progress(LENS, parse(LENS, FOUNDERS["change-heavy"].file)))
    assert chart.possible
    left, top, width, height = chart.possible
    assert LEFT <= left <= chart.here[0] <= left + width <= LEFT + SIDE
    assert TOP <= top <= chart.here[1] <= top + height <= TOP + SIDE


def test_the_cloud_lies_within_the_square() -> None:
    chart = result_map(build_report(LENS, parse(LENS, FOUNDERS["change-heavy"].file)))
    dots = [dot.split(" ") for dot in chart.cloud.removeprefix("M").removesuffix("h0").split("h0M")]
    assert len(dots) > 50
    for x, y in dots:
        assert 0 <= float(x) <= 100
        assert 0 <= float(y) <= 100


# ---- The waterfall ----


def rows_of(values: list[float]) -> list[dict[str, Any]]:
    return waterfall([{"displayed": value} for value in values])


def ends(row: dict[str, Any]) -> tuple[float, float]:
    """Where the bar begins and where it ends, in the direction it runs."""
    bar = row["bar"]
    forward = bar.side == "change"
    return (bar.x, bar.x + bar.width) if forward else (bar.x + bar.width, bar.x)


@given(points)
def test_each_bar_begins_where_the_one_before_it_ends(values: list[float]) -> None:
    rows = rows_of(values)
    for row, following in pairwise(rows):
        assert ends(row)[1] == pytest.approx(ends(following)[0], abs=0.02)
    if rows:
        assert ends(rows[0])[0] == pytest.approx(rows[0]["bar"].zero, abs=0.02)


@given(points)
def test_bars_stay_within_their_column(values: list[float]) -> None:
    for row in rows_of(values):
        bar = row["bar"]
        assert bar.x >= 0
        assert bar.x + bar.width <= 100.02
        assert 0 <= bar.zero <= 100


@given(points)
def test_the_largest_comes_first_and_each_bar_has_its_own_side(values: list[float]) -> None:
    rows = rows_of(values)
    sizes = [abs(row["displayed"]) for row in rows]
    assert sizes == sorted(sizes, reverse=True)
    assert all((row["bar"].side == "change") is (row["displayed"] >= 0) for row in rows)
    assert sorted(row["displayed"] for row in rows) == sorted(values)


@pytest.mark.parametrize(
    ("points", "shown"), [(3.14, "+3.1"), (-3.0, "−3.0"), (0.0, "0.0"), (-0.0, "0.0")]
)
def test_points_carry_their_sign(points: float, shown: str) -> None:
    assert signed(points) == shown


# ---- The regrets ----


@given(st.floats(0, 2), st.floats(0, 2))
def test_regrets_are_drawn_to_one_scale_that_never_overflows(fastapi: float, go: float) -> None:
    report = {"regret": {"fastapi": fastapi, "go": go}, "regret_parts": []}
    one, two = regret_bars(report)
    assert 0 <= one["width"] <= 100
    assert 0 <= two["width"] <= 100
    scale = max(fastapi, go, 1)
    assert one["width"] == pytest.approx(100 * fastapi / scale, abs=0.01)
    assert two["width"] == pytest.approx(100 * go / scale, abs=0.01)


# ---- The way of a verdict, from version to version ----

REPORT = {"turning_point": 0.0, "stack": "go"}
on_the_map = st.tuples(st.floats(0, 100), st.floats(0, 100))


def stages(*at: Point) -> list[Stage]:
    """One after the other, the last one here."""
    return [
        Stage(number, number - 1 or None, "go" if c > u else "fastapi", (u, c), number == len(at))
        for number, (u, c) in enumerate(at, start=1)
    ]


@given(st.lists(on_the_map, min_size=1, max_size=8))
def test_every_number_stands_beside_some_stop_and_once(at: list[Point]) -> None:
    way = way_map(REPORT, stages(*at), "")
    numbers = [number for stop in way.stops for number in stop.label.split(", ") if number]
    assert sorted(numbers, key=int) == [str(number) for number in range(1, len(at) + 1)]


@given(st.lists(on_the_map, min_size=1, max_size=8))
def test_stops_and_labels_stay_on_the_drawing_and_are_joined_in_order(at: list[Point]) -> None:
    way = way_map(REPORT, stages(*at), "")
    for stop in way.stops:
        x, y = stop.at
        assert LEFT <= x <= LEFT + SIDE
        assert TOP <= y <= TOP + SIDE
        assert 10 <= stop.label_y <= TOP + SIDE
    ends = [(stop.at, following.at) for stop, following in pairwise(way.stops)]
    assert [((a, b), (c, d)) for a, b, c, d in way.lines] == ends


def test_a_line_leads_from_what_a_version_went_on_from_and_to_no_other() -> None:
    first, second, third = stages((10, 80), (50, 50), (90, 20))
    branch = Stage(4, 1, "go", (20.0, 70.0), False)
    way = way_map(REPORT, [first, second, third, branch], "")
    assert way.lines[-1] == (*way.stops[0].at, *way.stops[3].at)
    assert [stop.is_here for stop in way.stops] == [False, False, True, False]


def test_stops_apart_have_their_own_numbers_and_near_ones_share() -> None:
    labels = [
        stop.label for stop in way_map(REPORT, stages((10, 10), (12, 11), (80, 80)), "").stops
    ]
    assert labels == ["1, 2", "", "3"]
