"""An assessment as it stood, frozen under a name."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import ValidationError

from assessments.engine.report import build_report
from assessments.models import Milestone
from tests.desk.people import consultant
from tests.web import CHANGE_HEAVY, LENS, STABILITY_HEAVY, draft

pytestmark = pytest.mark.django_db


def test_it_keeps_the_answers_and_the_pinned_report() -> None:
    ada, finished = consultant(), draft(CHANGE_HEAVY, finished=True)
    frozen = finished.now.freeze("Before the pilot", ada)
    assert (frozen.name, frozen.author) == ("Before the pilot", ada)
    kept = Milestone.objects.get()
    assert kept.answers_file == CHANGE_HEAVY
    assert kept.report == finished.now.report


def test_it_stays_as_it_is_when_the_assessment_moves_on() -> None:
    finished = draft(CHANGE_HEAVY, finished=True)
    finished.now.freeze("First", consultant())
    finished.now.take(LENS, draft(STABILITY_HEAVY).answers)
    finished.now.finish(LENS)
    kept = Milestone.objects.get()
    assert (kept.report["stack"], finished.now.stack) == ("fastapi", "go")
    assert kept.answers_file == CHANGE_HEAVY


def test_a_draft_is_frozen_with_a_report_made_now() -> None:
    started = draft(CHANGE_HEAVY)
    kept = started.now.freeze("Half-way", consultant())
    made = json.loads(json.dumps(build_report(LENS, started.answers)))
    assert json.loads(json.dumps(kept.report)) == made
    assert started.now.report is None


def test_answers_that_moved_on_are_frozen_with_a_report_on_them() -> None:
    finished = draft(CHANGE_HEAVY, finished=True)
    finished.save("team", go="fluent")
    kept = finished.now.freeze("After the talk", consultant())
    assert kept.report["answers"]["go"] == kept.answers_file["answers"]["go"] == "fluent"
    assert "go" not in finished.now.pinned()["answers"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "Give the milestone a name"),
        (" \t\n", "Give the milestone a name"),
        ("x" * 81, "81 characters long"),
        ("a\0b", "control character"),
        ("First", "There is a milestone “First” already"),
        ("  First ", "There is a milestone “First” already"),
    ],
)
def test_a_name_that_will_not_do_is_refused_in_words(name: str, says: str) -> None:
    started = draft(CHANGE_HEAVY)
    started.now.freeze("First", consultant())
    with pytest.raises(ValidationError, match=says):
        started.now.freeze(name, None)
    assert Milestone.objects.count() == 1


def test_another_assessment_may_use_the_same_name() -> None:
    for started in (draft(CHANGE_HEAVY), draft(CHANGE_HEAVY)):
        started.now.freeze("First", None)
    assert Milestone.objects.count() == 2
