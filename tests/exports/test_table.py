"""The table: one row an assessment, which a spreadsheet reads and never runs."""

from __future__ import annotations

import codecs
import csv
import io
import time
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.exports.item import Item
from assessments.exports.plain import clean
from assessments.exports.table import COLUMNS, guarded, render
from tests.exports.items import draft, hostile, item, review
from tests.exports.readers import unguarded

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\ufeff=1", "\u200b+1")
DISGUISED = (
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "﹣1",
    "−1",
    "\u00a0=1",
    "\u3164=1",
    "\u202e=1",
    "\ufe0f@x",
)
PLAIN = ("", "x", "X", "X=1", "1-1", "a=b", "'=1", '"=1', "— x", "é", "5", "•", "#x", "x\n1;y")


def rows(*items: Item) -> list[dict[str, str]]:
    content = b"".join(render(items))
    assert content.startswith(codecs.BOM_UTF8)
    text = content.removeprefix(codecs.BOM_UTF8).decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_a_finished_assessment_is_one_row_in_words() -> None:
    (row,) = rows(item(review=review(), state="published"))
    assert row == {
        "Number": "17",
        "Client": "Acme",
        "Project": "Ledgerly",
        "Summary": "Invoices for freelancers",
        "Stage": "A prototype",
        "State": "published",
        "Verdict": "FastAPI",
        "Strength": "clear",
        "Pattern": "single",
        "Robustness": "1.000",
        "Product uncertainty": "83.2",
        "Operational certainty": row["Operational certainty"],
        "Lens": "fastapi-go 1",
        "Started (UTC)": "2026-11-25 13:55",
        "Finished (UTC)": "2026-11-25 14:03",
        "Look again on": "2027-02-24",
        "Review": "stands",
        "Why overruled": "",
        "Review text": "Sound, *on these answers*.",
        "What would flip it": "No other choice on any two questions would make it Go.",
    }


def test_a_draft_has_no_verdict_and_every_column() -> None:
    (row,) = rows(draft())
    assert list(row) == list(COLUMNS)
    assert (row["State"], row["Verdict"], row["Robustness"], row["Review"]) == ("draft", "", "", "")
    assert row["Why overruled"] == row["Review text"] == ""
    assert row["Finished (UTC)"] == row["Look again on"] == ""


def test_an_overruled_verdict_is_shown_beside_the_models() -> None:
    overruling = review(overrules="go", overrules_name="Go", reason="They know it", outdated=True)
    (row,) = rows(item(review=overruling))
    assert row["Verdict"] == "FastAPI"
    assert row["Review"] == "overruled to Go (answers changed since)"
    assert row["Why overruled"] == "They know it"


def test_times_are_those_of_utc_whatever_zone_they_come_in() -> None:
    there = timezone(timedelta(hours=5, minutes=30))
    (row,) = rows(item(started=datetime(2026, 11, 25, 2, 0, tzinfo=there)))
    assert row["Started (UTC)"] == "2026-11-24 20:30"


def test_times_are_those_of_utc_wherever_the_machine_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moment = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        made = rows(item(started=moment, finished=moment.replace(tzinfo=None)))
    time.tzset()
    assert made[0]["Started (UTC)"] == made[0]["Finished (UTC)"] == "2026-11-25 02:00"


def test_no_items_leave_the_header() -> None:
    assert rows() == []
    assert b"".join(render([])).endswith(b"What would flip it\r\n")


def test_rows_are_given_while_items_are_read() -> None:
    read: list[Item] = []

    def items() -> Iterator[Item]:
        while True:
            read.append(draft())
            yield read[-1]

    parts = render(items())
    assert next(parts)
    assert next(parts).startswith(b"17,Acme")
    assert len(read) == 1


@pytest.mark.parametrize("text", [*FORMULAS, *DISGUISED])
def test_what_could_be_a_formula_stands_behind_an_apostrophe(text: str) -> None:
    assert unguarded(guarded(text)) == unguarded(clean(text))
    assert guarded(text).count("'") == clean(text).count("'") + 1


@pytest.mark.parametrize("text", [*FORMULAS, *DISGUISED])
@pytest.mark.parametrize("before", ["Acme;", "Acme; ", "one\n", "a;b\n\n"])
def test_so_does_what_begins_where_another_spreadsheet_ends_a_cell(before: str, text: str) -> None:
    words = {
        "client": before + text,
        "project": f'x{before}"{text}"',
        "summary": f'"x"{before}{text}',
    }
    table = b"".join(render([draft(**words)])).decode()
    assert not formulas_by_semicolons(table)
    assert formulas_by_semicolons(table.replace("'", ""))


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert guarded(text) == text


def formulas_by_semicolons(table: str) -> list[str]:
    """What begins a formula for a spreadsheet that goes by semicolons and not by commas."""
    cells = [cell for row in csv.reader(io.StringIO(table), delimiter=";") for cell in row]
    seen = [cell.replace('"', "") for cell in cells]
    return [cell for cell in seen if guarded(cell)[:1] == "'" != cell[:1]]


@given(st.lists(hostile(), min_size=5, max_size=5))
def test_a_spreadsheet_reads_what_was_written_and_no_formula(words: list[str]) -> None:
    client, project, summary, text, reason = words
    written = {
        "Client": client,
        "Project": project,
        "Summary": summary,
        "Review text": text,
        "Why overruled": reason,
    }
    about = review(text=text, reason=reason, overrules="go", overrules_name="Go")
    drawn = draft(client=client, project=project, summary=summary, review=about)
    (row,) = rows(drawn)
    for column, said in written.items():
        assert unguarded(row[column]) == unguarded(clean(said))
    for cell in row.values():
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))
        controls = {c for c in cell if unicodedata.category(c) == "Cc"}
        assert controls <= {"\n"}
