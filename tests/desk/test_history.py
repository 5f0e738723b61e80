"""The history of an assessment: who, when, what and why, in one list."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Assessment, ShareLink
from tests.desk.pages import at, review
from tests.desk.people import assessment_of, client_of, consultant, signed_in
from tests.factories import answers, lens, parsed
from tests.web import says, soup, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def finished(ada: User) -> Assessment:
    return assessment_of(client_of(ada))


def lines(browser: Browser, assessment: Assessment) -> list[list[str]]:
    """The cells of the page, line by line: when, who, what, why."""
    page = soup(browser.get(at("history", assessment)))
    rows = page.select("#change-history tbody tr")
    return [[text_of(cell) for cell in row.find_all(["th", "td"], recursive=False)] for row in rows]


def test_founders_and_consultants_stand_in_one_list(desk: Browser, finished: Assessment) -> None:
    review(desk, finished, text="Well said.")
    review(desk, finished, "publish")
    desk.post(at("link_add", finished), {"label": "For the board"})
    desk.post(at("link_revoke", finished, ShareLink.objects.get().pk))
    found = [
        (who, what.split(" made")[0].split(" changed")[0], why)
        for _, who, what, why in lines(desk, finished)
    ]
    assert found[:2] == [
        ("ada", "Share link “For the board”", "revoked at the desk"),
        ("ada", "Share link “For the board”", "made at the desk"),
    ]
    assert ("ada", "Review", "review saved") in found
    assert ("ada", "Assessment", "review published") in found
    assert found[-2:] == [("Founder", "Assessment", "–")] * 2


def test_answers_are_told_by_question_in_the_lens_words(
    desk: Browser, finished: Assessment
) -> None:
    current = Assessment.objects.get(pk=finished.pk)
    current.take(lens(), parsed(answers(stage="relied_on")))
    current.finish(lens())
    newest = lines(desk, finished)[0][2]
    stage = lens().question["stage"].by_id
    assert f"Stage: {stage['prototype'].label} → {stage['relied_on'].label}" in newest
    assert "Go in the team" not in newest
    assert "Finished:" in newest


def test_fields_are_told_in_words(desk: Browser, finished: Assessment) -> None:
    first = " ".join(line[2] for line in lines(desk, finished))
    assert "State: Draft → Finished" in first
    assert "Verdict: – → FastAPI" in first
    review(desk, finished, text="Well said.", overrules="go", reason="They know it.")
    saved = [line[2] for line in lines(desk, finished) if line[2].startswith("Review")]
    assert "Overrules the verdict: – → Go" in saved[0]
    assert "Well said." in saved[0]


def test_an_account_that_is_gone_is_not_taken_for_the_founder(
    desk: Browser, finished: Assessment, ada: User
) -> None:
    ben = consultant("ben")
    ada.clients.get().shared_with.add(ben)
    review(signed_in(ben), finished, text="Farewell")
    ben.delete()
    assert lines(desk, finished)[0][1] == "Somebody whose account is gone"


def test_a_longer_history_is_no_more_queries(desk: Browser, finished: Assessment) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(at("history", finished)).status_code == 200
        return len(asked)

    review(desk, finished, text="One")
    ShareLink.objects.issue(finished, "")
    few = queries()
    for number in range(5):
        review(desk, finished, text=f"More {number}")
        ShareLink.objects.issue(finished, "More")
    assert queries() == few


def test_nothing_on_the_page_is_inline(desk: Browser, finished: Assessment) -> None:
    review(desk, finished, text="<script>alert(1)</script>")
    page = soup(desk.get(at("history", finished)))
    assert not page.select("[style], [onclick], style, script:not([src])")


def test_a_share_link_has_its_own(desk: Browser, finished: Assessment) -> None:
    link, _ = ShareLink.objects.issue(finished, "For the board", reason="made at the desk")
    link.revoke()
    page: Any = desk.get(reverse("admin:assessments_sharelink_history", args=[link.pk]))
    assert [text_of(row.select("td")[1])[:10] for row in soup(page).select("tbody tr")] == [
        "Share link",
        "Share link",
    ]
    other = signed_in(consultant("ben"))
    address = reverse("admin:assessments_sharelink_history", args=[link.pk])
    assert other.get(address).status_code == 404


def test_a_model_without_history_shows_the_desks_log(admin_client: Browser, ada: User) -> None:
    client = client_of(ada)
    address = reverse("admin:assessments_client_history", args=[client.pk])
    assert "Nothing has been changed yet." in says(admin_client.get(address))
    change = reverse("admin:assessments_client_change", args=[client.pk])
    form: dict[str, str] = {"name": "Renamed", "owner": str(ada.pk)}
    form |= {f"projects-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}
    admin_client.post(change, form)
    assert "Changed Name" in says(admin_client.get(address))
