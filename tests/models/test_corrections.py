"""Answers corrected on a client's behalf: stored, pinned anew, and told in the history."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from assessments.engine.answers import AnswersError
from assessments.engine.report import build_report
from assessments.models import Assessment, StaleAnswers, State
from tests.desk.people import consultant
from tests.factories import only
from tests.web import CHANGE_HEAVY, LENS, Draft, draft, says

pytestmark = pytest.mark.django_db


def correct(
    started: Draft, step: str = "team", why: str = "said so on the phone", **given: Any
) -> bool:
    now, ada = started.now, User.objects.filter(username="ada").first() or consultant("ada")
    return now.correct(LENS, step, given, now.version, why, ada)


def lines(started: Draft) -> list[Any]:
    return list(Assessment.history.filter(id=started.assessment.pk).order_by("history_id"))


@pytest.fixture
def finished() -> Draft:
    return draft(CHANGE_HEAVY, finished=True)


def test_a_finished_assessment_is_pinned_anew_on_the_corrected_answers(finished: Draft) -> None:
    before = finished.now
    assert correct(finished, go="fluent")
    after = finished.now
    assert after.report == build_report(LENS, finished.answers)
    assert after.pinned()["answers"]["go"] == "fluent"
    assert after.finished_at
    assert before.finished_at
    assert after.finished_at > before.finished_at
    assert not after.has_moved_on(LENS)


def test_the_verdict_follows_the_correction() -> None:
    finished = draft(only(mistake="slow"), finished=True)
    assert finished.now.stack == "fastapi"
    correct(finished, "mistake", mistake="loose")
    assert finished.now.stack == finished.now.pinned()["stack"] == "go"


def test_the_history_says_who_when_what_and_why(finished: Draft) -> None:
    correct(finished, go="fluent")
    before, after = lines(finished)[-2:]
    assert after.history_user.username == "ada"
    assert "said so on the phone" in after.history_change_reason
    assert "Team" in after.history_change_reason
    assert ("go" in before.answers, after.answers["go"]) == (False, "fluent")
    assert after.history_date >= before.history_date


def test_what_the_founder_saved_before_is_not_told_as_ours(finished: Draft) -> None:
    finished.save("mistake", mistake="loose")
    count = len(lines(finished))
    correct(finished, go="fluent")
    theirs, ours = lines(finished)[count:]
    assert (theirs.history_user, theirs.history_change_reason or "") == (None, "")
    assert (theirs.answers["mistake"], "go" in theirs.answers) == ("loose", False)
    assert (ours.answers["mistake"], ours.answers["go"]) == ("loose", "fluent")


def test_a_draft_stays_a_draft_and_has_a_line_of_history_too() -> None:
    started = draft(CHANGE_HEAVY)
    correct(started, go="fluent")
    assert (started.now.state, started.now.report) == (State.DRAFT, None)
    assert started.answers.values["go"] == "fluent"
    assert lines(started)[-1].history_user.username == "ada"
    assert lines(started)[-1].answers["go"] == "fluent"


def test_the_projects_name_is_corrected_and_told(finished: Draft) -> None:
    correct(finished, "project", project={"name": "Notebook", "summary": "What it does"})
    assert finished.now.project.name == finished.now.pinned()["project"]["name"] == "Notebook"
    assert "“Sketchbook” → “Notebook”" in lines(finished)[-1].history_change_reason


def test_where_nothing_differs_nothing_is_stored(finished: Draft) -> None:
    before, count = Assessment.objects.values().get(), len(lines(finished))
    assert not correct(finished, python="fluent")
    assert Assessment.objects.values().get() == before
    assert len(lines(finished)) == count


def test_a_step_saved_by_somebody_since_is_not_overwritten(finished: Draft) -> None:
    opened = finished.now
    finished.save("team", go="some")
    count = len(lines(finished))
    with pytest.raises(StaleAnswers) as stale:
        opened.correct(LENS, "team", {"go": "fluent"}, opened.version, "why", consultant())
    assert (stale.value.saved.values["go"], stale.value.wanted.values["go"]) == ("some", "fluent")
    assert stale.value.assessment.version == finished.version
    assert finished.answers.values["go"] == "some"
    assert len(lines(finished)) == count


def test_what_the_lens_refuses_is_not_stored(finished: Draft) -> None:
    before = Assessment.objects.values().get()
    with pytest.raises(AnswersError):
        correct(finished, go="a bit")
    assert Assessment.objects.values().get() == before


def test_a_review_that_is_published_stays_published(finished: Draft) -> None:
    Assessment.objects.update(state=State.PUBLISHED)
    correct(finished, go="fluent")
    assert finished.now.state == State.PUBLISHED


def test_the_founder_sees_the_corrected_answers_and_a_result_about_them(
    client: Client, finished: Draft
) -> None:
    correct(finished, "project", project={"name": "Notebook"})
    correct(finished, "team", go="fluent")
    assert "Notebook" in says(client.get(finished.url("check")))
    result = says(client.get(finished.url("result")))
    assert "Notebook" in result
    assert "answers have changed" not in result.lower()
    step = client.get(finished.step("team")).content.decode()
    checked = [part for part in step.split("<input") if "checked" in part and 'name="go"' in part]
    assert len(checked) == 1
    assert 'value="fluent"' in checked[0]
