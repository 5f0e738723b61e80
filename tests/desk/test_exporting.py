"""Exporting what is chosen in the list of assessments."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.admin import exporting
from assessments.admin.exporting import EXPORTS, item_of, items
from assessments.models import Assessment, Client, Note, Project, Review
from tests.desk.forms import Refusals, desk
from tests.desk.people import assessment_of, client_of, consultant, signed_in, superuser
from tests.factories import answers, lens, stable_answers
from tests.web import says

pytestmark = pytest.mark.django_db
MARKER = "zanzibar-internal"


@pytest.fixture
def client_row(ada: User) -> Client:
    return client_of(ada, "Ballast & Sons")


def reviewed(client: Client | None, text: str = "**Agreed**, and soon.") -> Assessment:
    """An assessment with a published review, a working copy that differs, and a note."""
    assessment = assessment_of(client)
    published = {
        "text": text,
        "overrules": "go",
        "reason": "The load is certain.",
        "by": "Ada Marsh",
        "about": assessment.finished_at and assessment.finished_at.isoformat(),
    }
    Review.objects.create(
        assessment=assessment,
        text=f"Working copy {MARKER}",
        published=published,
        published_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    Note.objects.create(assessment=assessment, text=f"Note {MARKER}")
    return assessment


def chosen(
    user: User | Browser, action: str, *assessments: Assessment, query: str = "", **more: str
) -> Any:
    browser = user if isinstance(user, Browser) else signed_in(user)
    keys = [each.pk for each in assessments]
    sent = {"action": action, ACTION_CHECKBOX_NAME: keys, **more}
    return browser.post(f"{desk('assessment_changelist')}{query}", sent)


def content(answer: Any) -> bytes:
    assert isinstance(answer, StreamingHttpResponse)
    return b"".join(answer.streaming_content)  # type: ignore[arg-type]


def table(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def texts(action: str, raw: bytes) -> str:
    """All that is in an export, also inside an archive."""
    if action != "export_zip":
        return raw.decode()
    archive = zipfile.ZipFile(io.BytesIO(raw))
    return "\n".join(archive.read(name).decode() for name in archive.namelist())


@pytest.mark.parametrize(
    ("action", "ending", "kind"),
    [
        ("export_csv", "csv", "text/csv; charset=utf-8"),
        ("export_jsonl", "jsonl", "application/jsonl"),
        ("export_zip", "zip", "application/zip"),
    ],
)
def test_a_file_is_streamed_with_the_day_in_its_name(
    ada: User, client_row: Client, action: str, ending: str, kind: str
) -> None:
    answer = chosen(ada, action, assessment_of(client_row))
    name = f"stackpick-{timezone.localdate():%Y-%m-%d}.{ending}"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Content-Type"] == kind
    assert content(answer)


def test_the_list_offers_all_three(ada: User, client_row: Client) -> None:
    assessment_of(client_row)
    page = says(signed_in(ada).get(desk("assessment_changelist")))
    for label in ("CSV", "JSON Lines", "decision records (zip)"):
        assert f"Export as {label}" in page


def test_what_was_chosen_is_in_it_and_nothing_else(ada: User, client_row: Client) -> None:
    first, _other = assessment_of(client_row), assessment_of(client_row, stable_answers())
    draft = assessment_of(client_row, finished=False)
    rows = table(content(chosen(ada, "export_csv", first, draft)))
    assert {row["Number"] for row in rows} == {str(first.pk), str(draft.pk)}
    row = next(row for row in rows if row["Number"] == str(first.pk))
    assert (row["Client"], row["Project"]) == ("Ballast & Sons", "Ledgerly")
    assert (row["Stage"], row["State"]) == ("A prototype", "finished")


def test_a_line_of_json_holds_answers_and_report(ada: User, client_row: Client) -> None:
    assessment = assessment_of(client_row)
    line = json.loads(content(chosen(ada, "export_jsonl", assessment)))
    assert line["file"] == assessment.answers_file(lens())
    assert line["report"] == assessment.report
    assert line["review"] is None


@pytest.mark.parametrize("action", EXPORTS)
def test_published_reviews_are_in_every_export_and_nothing_internal(
    ada: User, client_row: Client, action: str
) -> None:
    found = texts(action, content(chosen(ada, action, reviewed(client_row))))
    assert "Agreed" in found
    assert "The load is certain." in found
    assert MARKER not in found


@pytest.mark.parametrize("action", EXPORTS)
def test_an_unpublished_review_is_in_none(ada: User, client_row: Client, action: str) -> None:
    assessment = reviewed(client_row)
    Review.objects.update(published=None, published_at=None)
    found = texts(action, content(chosen(ada, action, assessment)))
    assert "Agreed" not in found
    assert MARKER not in found


def test_a_review_of_an_earlier_verdict_says_so(client_row: Client) -> None:
    assessment = reviewed(client_row)
    before = item_of(Assessment.objects.get(pk=assessment.pk)).review
    assert before is not None
    assert not before.outdated
    assert (before.overrules_name, before.by) == ("Go", "Ada Marsh")
    assessment.record(lens(), "project", {"stage": "relied_on"}, assessment.version)
    assessment.finish(lens())
    after = item_of(Assessment.objects.get(pk=assessment.pk)).review
    assert after is not None
    assert after.outdated


def test_everything_that_the_list_shows_can_be_chosen_at_once(
    ada: User, client_row: Client
) -> None:
    assessment_of(client_row)
    shown = assessment_of(client_row)
    assessment_of(client_of(consultant("ben"), "Rudder"))
    rows = table(content(chosen(ada, "export_csv", shown, select_across="1", index="0")))
    assert len(rows) == 2
    assert {row["Client"] for row in rows} == {"Ballast & Sons"}


@pytest.mark.parametrize("across", ["0", "1"])
def test_anothers_among_them_stops_all(
    ada: User, client_row: Client, across: str, refusals: Refusals
) -> None:
    own, theirs = assessment_of(client_row), assessment_of(client_of(consultant("ben"), "Rudder"))
    answer = chosen(ada, "export_csv", own, theirs, select_across=across)
    assert answer.status_code == 403
    assert f"assessment {theirs.pk}" in refusals


def test_more_than_the_limit_are_not_exported(
    ada: User, client_row: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST", 1)
    two = assessment_of(client_row), assessment_of(client_row)
    browser = signed_in(ada)
    answer = chosen(browser, "export_csv", *two)
    assert answer.status_code == 302
    said = says(browser.get(answer.url))
    assert "Nothing was exported: 2 are selected, and at most 1 are exported at once." in said


def test_more_assessments_take_no_more_queries(client_row: Client) -> None:
    counts = []
    for count in (1, 6):
        for _ in range(count):
            reviewed(client_row)
        with CaptureQueriesContext(connection) as captured:
            list(items(Assessment.objects.defer("report", "answers")))
        counts.append(len(captured))
    assert counts == [1, 1]


def test_an_assessment_of_nobodys_project_is_exported_too() -> None:
    assessment_of(None, answers() | {"project": {}})
    assert Project.objects.get().client is None
    (row,) = table(content(chosen(superuser(), "export_csv", Assessment.objects.get())))
    assert (row["Client"], row["Project"]) == ("", "")
