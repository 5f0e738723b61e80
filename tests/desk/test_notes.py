"""Internal notes: for consultants, and never outside the desk."""

from __future__ import annotations

import logging

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser

from assessments import scope
from assessments.exports.item import Item
from assessments.models import Assessment, Note
from tests.desk.pages import at, page_of
from tests.desk.people import assessment_of, client_of, signed_in, superuser
from tests.web import FOUNDERS, draft, form_of, says, soup, text_of

pytestmark = pytest.mark.django_db
MARK = "Between us: the founder cannot pay"


@pytest.fixture
def assessment(ada: User, ben: User) -> Assessment:
    return assessment_of(client_of(ada, "Shared", ben))


def noted(browser: Browser, assessment: Assessment, text: str = MARK) -> Note:
    assert browser.post(at("note_add", assessment), {"text": text}).status_code == 302
    return Note.objects.latest("pk")


def test_a_note_stands_with_author_and_time(assessment: Assessment, ada: User, ben: User) -> None:
    note = noted(signed_in(ada), assessment, "One\r\n\r\nTwo")
    noted(signed_in(ben), assessment, "Newer")
    page = soup(signed_in(ben).get(page_of(assessment)))
    newest, first = page.select("#notes article")
    assert text_of(newest).startswith("ben, ")
    assert f"ada, {note.created_at:%-d %B %Y, %H:%M}" in text_of(first)
    assert [text_of(p) for p in first.select(".desk-prose p")] == ["One", "Two"]
    assert "Never shared" in text_of(page.select_one("#notes"))


def test_a_draft_takes_notes_too(ada: User) -> None:
    draft_of_hers = assessment_of(client_of(ada), finished=False)
    browser = signed_in(ada)
    noted(browser, draft_of_hers)
    assert MARK in says(browser.get(page_of(draft_of_hers)))


@pytest.mark.parametrize("text", ["", "  \n", "x" * 5_001, "a\0b"])
def test_what_cannot_be_kept_stands_with_its_mistake(
    assessment: Assessment, ada: User, text: str
) -> None:
    page = signed_in(ada).post(at("note_add", assessment), {"text": text})
    assert page.status_code == 200
    assert text_of(soup(page).title).startswith("Error: ")
    assert soup(page).select("#notes .errorlist")
    assert soup(page).select_one("#id_note_text").get_text().strip() == text.strip()  # type: ignore[union-attr]
    assert not Note.objects.exists()


def test_whoever_wrote_a_note_takes_it_back(assessment: Assessment, ada: User) -> None:
    browser = signed_in(ada)
    noted(browser, assessment)
    form = form_of(browser.get(page_of(assessment)), "Delete the note")
    assert browser.post(str(form["action"])).status_code == 302
    assert not Note.objects.exists()


def test_nobody_takes_back_anothers_note_but_a_superuser(
    assessment: Assessment, ada: User, ben: User, caplog: pytest.LogCaptureFixture
) -> None:
    note = noted(signed_in(ada), assessment)
    bens = signed_in(ben)
    assert "Delete the note" not in says(bens.get(page_of(assessment)))
    with caplog.at_level(logging.WARNING, scope.__name__):
        assert bens.post(at("note_delete", assessment, note.pk)).status_code == 403
    assert f"User {ben.pk} was refused" in caplog.text
    assert signed_in(superuser()).post(at("note_delete", assessment, note.pk)).status_code == 302
    assert not Note.objects.exists()


def test_notes_never_leave_the_desk(ada: User) -> None:
    """Neither the founder's own pages nor a shared one, nor what exports are made from."""
    founders = draft(FOUNDERS["with a settled part"].file, finished=True)
    project = founders.assessment.project
    project.client = client_of(ada)
    project.save()
    browser = signed_in(ada)
    noted(browser, founders.now)
    assert MARK in says(browser.get(page_of(founders.now)))
    shared = f"/r/{founders.share()[1]}/"
    pages = [founders.url(name) for name in ("result", "check", "what_if")]
    for address in [*pages, shared, shared]:
        page = Browser().get(address)
        assert page.status_code == 200
        assert MARK not in page.content.decode()
    assert not any("note" in name for name in Item.__dataclass_fields__)
