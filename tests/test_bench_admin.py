"""The benchmark of the desk's list compares what it says, and fills whole rows."""

from __future__ import annotations

import pytest

from assessments.models import Assessment, Project
from benchmarks.admin import Row, misses, rows_to_measure
from benchmarks.desk_data import COLUMNS, Maker


def measured(
    title: str, small: list[float], large: list[float], query: str = "", **more: object
) -> Row:
    row = Row(title, query, **more)  # type: ignore[arg-type]
    for size, times in (("small", small), ("large", large)):
        row.times[size] = [{"ms": ms, "cpu": ms / 2, "bytes": 1} for ms in times]
    return row


def test_rows_are_compared_round_by_round() -> None:
    quick, slow = measured("list", [10, 20, 90], [20, 40, 180]), measured("x", [1], [2])
    assert quick.ratio("large", quick, "small") == 2
    assert quick.median("large") == 40
    assert slow.median("small") == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (measured("last page", [10], [12]), "last page: 1.20, at most 1.15"),
        (measured("the map alone", [10], [301], what="map"), "the map alone: 301 ms, at most 300"),
        (measured("search", [10], [110], "?q=x"), "search: 2.75 of the list, at most 2.5"),
        (measured("last page", [10], [11]), ""),
    ],
)
def test_what_is_missed_is_said(row: Row, said: str) -> None:
    beside = measured("list", [40], [40])
    found = list(misses([beside, row], {"root": beside}))
    assert found == ([said] if said else [])


def test_too_many_queries_and_too_much_work_are_said() -> None:
    row = measured("list", [40], [200])
    row.queries = {"small": 12, "large": 13}
    found = list(misses([row], {"root": row}))
    assert found == ["list: 13 queries, at most 12", "list: 100 ms of CPU, at most 60"]


def test_titles_are_one_each() -> None:
    titles = [row.title for row in rows_to_measure()]
    assert len(titles) == len(set(titles))


@pytest.mark.django_db
def test_the_rows_that_are_made_are_whole_and_always_the_same() -> None:
    maker = Maker(1_000)
    for number in (1, 7, 500, 1_000):
        row = dict(zip(COLUMNS, maker.assessment(number), strict=True))
        assert row == dict(
            zip(COLUMNS, Maker(1_000, now=maker.now).assessment(number), strict=True)
        )
        assert (row["stack"] == "") is (row["state"] == "draft") is (row["uncertainty"] is None)
        project = maker.project(number, None)
        Project.objects.create(pk=project[0], name=project[2], summary=project[3])
        Assessment.objects.create(**row)
    assert Assessment.objects.count() == 4
