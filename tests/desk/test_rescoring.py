"""Re-scoring at the desk: what would move, and then the word to do it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.admin import rescoring
from assessments.engine.lens import Lens
from assessments.models import Assessment, Milestone
from tests.desk.asking import act, columns, refused, said, send
from tests.desk.lenses import FLIPPED, MOVING, STILL, in_use
from tests.desk.pages import at
from tests.desk.people import assessment_of, client_of, consultant, signed_in, stored
from tests.factories import lens
from tests.web import controls, form_of, says, soup

pytestmark = pytest.mark.django_db


@pytest.fixture
def moving(ada: User) -> Assessment:
    return assessment_of(client_of(ada), MOVING)


@pytest.fixture
def still(ada: User) -> Assessment:
    return assessment_of(client_of(ada, "Dock"), STILL)


@pytest.fixture
def later(moving: Assessment, still: Assessment, settings: Any, tmp_path: Path) -> Lens:
    return in_use(settings, tmp_path, FLIPPED)


def test_the_preview_says_what_moves_and_stores_nothing(
    ada: User, moving: Assessment, still: Assessment, later: Lens
) -> None:
    before = list(Assessment.objects.values())
    page = act(signed_in(ada), "rescore_selected", moving, still)
    words = says(page)
    assert "1 of 2 verdicts changes." in words
    assert "“Core object” counts 4.5 points more for stability." in words
    assert "1 keeps verdict and strength" in words
    (row,) = columns(page, "Verdict or strength changes")
    assert row[0].startswith("Compass")
    assert row[1:] == ["FastAPI close", "Go close", "+1.5 → −3.0", "Core object −4.5"]
    assert list(Assessment.objects.values()) == before
    assert not Milestone.objects.exists()


def test_it_is_done_once_it_is_confirmed(
    ada: User, moving: Assessment, still: Assessment, later: Lens
) -> None:
    browser = signed_in(ada)
    page = act(browser, "rescore_selected", moving, still)
    done = send(browser, page, "Re-score 2 assessments")
    assert done.redirect_chain[-1][0] == at("changelist")
    assert "Re-scored 2 assessments under “FastAPI or Go”, version 2. One verdict" in said(done)
    assert [stored(each).stack for each in (moving, still)] == ["go", "fastapi"]
    assert stored(moving).finished_at == moving.finished_at
    assert stored(moving).history.first().history_user == ada
    assert {kept.assessment_id for kept in Milestone.objects.all()} == {moving.pk, still.pk}
    assert {kept.author for kept in Milestone.objects.all()} == {ada}


def test_one_is_re_scored_from_its_own_page(ada: User, moving: Assessment, later: Lens) -> None:
    browser = signed_in(ada)
    page = browser.get(at("rescore", moving.pk))
    assert "The only verdict changes." in says(page)
    done = send(browser, page, "Re-score 1 assessment")
    assert done.redirect_chain[-1][0] == at("change", moving.pk)
    assert stored(moving).stack == "go"


def test_drafts_are_left_out_and_said(ada: User, moving: Assessment, later: Lens) -> None:
    draft = assessment_of(client_of(ada), finished=False)
    page = act(signed_in(ada), "rescore_selected", moving, draft)
    assert "1 draft is left out" in says(page)
    assert f"{draft.pk}:" not in controls(form_of(page, "Re-score"))["seen"]
    alone = signed_in(ada).get(at("rescore", draft.pk))
    assert "There is nothing to re-score." in says(alone)
    assert not soup(alone).select("#content form[method=post]")


def test_what_is_under_the_lens_already_is_said(ada: User, moving: Assessment) -> None:
    page = signed_in(ada).get(at("rescore", moving.pk))
    assert "1 is under this lens already, with nothing moved" in says(page)
    assert "There is nothing to re-score." in says(page)


def test_what_changed_since_the_preview_is_skipped_and_said(
    ada: User, moving: Assessment, still: Assessment, later: Lens
) -> None:
    browser = signed_in(ada)
    page = act(browser, "rescore_selected", moving, still)
    stored(moving).record(later, "team", {"go": "fluent"}, moving.version)
    done = send(browser, page, "Re-score")
    assert "Skipped, because answers or verdict changed since the preview: Compass." in said(done)
    assert "Re-scored 1 assessment " in said(done)
    assert (stored(moving).lens_version, stored(still).lens_version) == (1, 2)


def test_confirmed_twice_it_is_done_once(ada: User, moving: Assessment, later: Lens) -> None:
    browser = signed_in(ada)
    page = browser.get(at("rescore", moving.pk))
    for _ in range(2):
        send(browser, page, "Re-score")
    assert Milestone.objects.count() == 1


def test_another_lens_than_the_one_previewed_is_not_acted_on(
    ada: User, moving: Assessment, later: Lens, settings: Any
) -> None:
    browser = signed_in(ada)
    page = browser.get(at("rescore", moving.pk))
    settings.LENS_FILE = None
    done = send(browser, page, "Re-score")
    assert "The lens in use has changed since the preview." in said(done)
    assert not Milestone.objects.exists()


def test_unfinished_answers_still_wait_and_that_is_said(
    ada: User, moving: Assessment, later: Lens
) -> None:
    moving.record(later, "team", {"go": "fluent"}, moving.version)
    browser = signed_in(ada)
    page = browser.get(at("rescore", moving.pk))
    assert "what was changed still waits for the founder" in says(page)
    send(browser, page, "Re-score")
    assert "go" not in stored(moving).pinned()["answers"]


def test_at_most_so_many_at_once(
    ada: User, moving: Assessment, still: Assessment, later: Lens, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(ada)
    page = act(browser, "rescore_selected", moving, still)
    monkeypatch.setattr(rescoring, "MOST", 1)
    assert "At most 1,000" in said(act(browser, "rescore_selected", moving, still, follow=True))
    assert "At most 1,000" in said(send(browser, page, "Re-score"))
    assert not Milestone.objects.exists()


def test_what_there_was_no_time_for_can_be_confirmed_again(
    ada: User, moving: Assessment, still: Assessment, later: Lens, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(ada)
    page = act(browser, "rescore_selected", moving, still)
    monkeypatch.setattr(rescoring, "SECONDS", -1.0)
    rest = send(browser, page, "Re-score 2 assessments")
    assert "There was no time for 2 of them" in said(rest)
    monkeypatch.setattr(rescoring, "SECONDS", 15.0)
    send(browser, rest, "Re-score 2 assessments")
    assert Milestone.objects.count() == 2


def test_the_preview_of_more_asks_no_more_often(
    ada: User, moving: Assessment, later: Lens, django_assert_max_num_queries: Any
) -> None:
    browser, shipped = signed_in(ada), lens()
    with CaptureQueriesContext(connection) as of_one:
        act(browser, "rescore_selected", moving)
    for _ in range(4):
        assessment_of(client_of(ada), MOVING, finished=False).finish(shipped)
    with django_assert_max_num_queries(len(of_one)):
        page = act(browser, "rescore_selected", *Assessment.objects.all())
    assert "5 of 6 verdicts change." in says(page)


def test_anothers_are_out_of_reach(
    ada: User, moving: Assessment, caplog: pytest.LogCaptureFixture
) -> None:
    his = assessment_of(client_of(consultant("ben")), MOVING)
    browser, what = signed_in(ada), f"assessment {his.pk}"
    with refused(caplog, what):
        assert browser.get(at("rescore", his.pk)).status_code == 404
    with refused(caplog, what):
        assert act(browser, "rescore_selected", moving, his).status_code == 403
    for seen in (f"{his.pk}:{his.standing()}", f"{moving.pk}:x {his.pk}:x"):
        with refused(caplog, what):
            data = {"seen": seen, "lens": "fastapi-go/1"}
            assert browser.post(at("rescore_chosen"), data).status_code == 403
    with refused(caplog, "assessment x"):
        assert browser.post(at("rescore_chosen"), {"seen": "x:1"}).status_code == 403
    assert not Milestone.objects.exists()


def test_the_word_to_do_it_is_given_by_post_alone(ada: User, moving: Assessment) -> None:
    assert signed_in(ada).get(at("rescore_chosen")).status_code == 405
    assert signed_in(ada).post(at("rescore", moving.pk)).status_code == 405


def test_nothing_chosen_is_nothing_done(ada: User) -> None:
    page = signed_in(ada).post(at("rescore_chosen"), {"lens": "fastapi-go/1"}, follow=True)
    assert "There was nothing to re-score." in said(page)


def test_who_may_not_change_is_refused(ada: User, moving: Assessment, later: Lens) -> None:
    ada.groups.get().permissions.remove(Permission.objects.get(codename="change_assessment"))
    browser = signed_in(ada)
    assert browser.get(at("rescore", moving.pk)).status_code == 403
    data = {"seen": f"{moving.pk}:{moving.standing()}", "lens": "fastapi-go/2"}
    assert browser.post(at("rescore_chosen"), data).status_code == 403
    assert "Re-score" not in says(browser.get(at("changelist")))
    act(browser, "rescore_selected", moving)
    assert stored(moving).stack == "fastapi"
