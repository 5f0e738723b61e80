"""The archive of decision records: the same every time, and honest about what it leaves out."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

from assessments.exports.archive import render
from assessments.exports.decision_record import render as record
from assessments.exports.item import Item
from tests.exports.items import draft, item

FASTAPI = "start-with-fastapi.md"


def opened(*items: Item) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(render(items)))
    assert archive.testzip() is None
    return archive


def readme(archive: zipfile.ZipFile) -> str:
    return archive.read("README.txt").decode()


def test_each_finished_assessment_is_a_record() -> None:
    one, other = item(), item(number=18, project="Tidegate")
    archive = opened(one, other)
    names = [f"0017-ledgerly-{FASTAPI}", f"0018-tidegate-{FASTAPI}"]
    assert archive.namelist() == ["README.txt", *names]
    assert archive.read(names[0]).decode() == record(one)
    assert f"{names[1]}\n    Acme: Tidegate\n" in readme(archive)
    assert "Left out" not in readme(archive)


def test_drafts_are_left_out_and_named() -> None:
    archive = opened(draft(number=3), draft(number=4, client="", project="a\n\u2028b"), item())
    assert len(archive.namelist()) == 2
    said = readme(archive)
    assert "Left out, because they are drafts and have no verdict yet:" in said
    assert "0003  Acme: Ledgerly\n" in said
    assert "0004  a b\n" in said


def test_no_two_records_have_the_same_name() -> None:
    long = "x" * 200
    archive = opened(*[item()] * 3, *[item(project=long)] * 2)
    names = archive.namelist()
    assert len({name.lower() for name in names}) == len(names) == 6
    assert f"0017-ledgerly-{FASTAPI.removesuffix('.md')}-3.md" in names
    assert max(map(len, names)) <= 80


def test_the_same_items_make_the_same_bytes() -> None:
    items = [item(), item(number=18), draft(number=19)]
    assert render(items) == render(iter(items))


def test_records_carry_the_time_of_the_verdict() -> None:
    early, late = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
    archive = opened(item(), item(number=1, finished=early), item(number=2, finished=late))
    times = [entry.date_time for entry in archive.infolist()]
    assert times[1] == (2026, 11, 25, 14, 3, 8)
    assert times[2] == (1980, 1, 1, 0, 0, 0)
    assert times[0] == times[3] == (2107, 12, 31, 23, 59, 58)


def test_without_any_verdict_there_is_still_a_readme() -> None:
    assert opened().namelist() == ["README.txt"]
    assert "None." in readme(opened(draft()))
