"""An assessment: taken apart and joined again, saved step by step, finished and pinned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client

from assessments.engine.answers import AnswersError, parse
from assessments.engine.lens import Lens
from assessments.engine.report import build_report
from assessments.models import AnticipatedChange, Assessment, StaleAnswers
from assessments.models.assessment import review_date
from tests.web import (
    CHANGE_HEAVY,
    FOUNDERS,
    LENS,
    STABILITY_HEAVY,
    Draft,
    Json,
    draft,
    with_answers,
)

pytestmark = pytest.mark.django_db
every_file = pytest.mark.parametrize(
    "file", [founder.file for founder in FOUNDERS.values()], ids=FOUNDERS
)
FILE = FOUNDERS["with a settled part"].file


@pytest.fixture
def started() -> Draft:
    return draft(FILE)


# ---- Taken apart and joined ----


@every_file
def test_what_was_taken_apart_is_joined_to_the_same_file(file: Json) -> None:
    assert draft(file).now.answers_file(LENS) == file


@every_file
def test_the_answers_are_one_object_and_the_changes_are_rows_as_well(file: Json) -> None:
    stored = draft(file).now
    rows = [change.as_dict() for change in stored.changes.order_by("position")]
    assert rows == file["answers"]["changes"]
    assert stored.answers == file["answers"]
    assert (stored.project.name, stored.project.summary) == tuple(file["project"].values())


def test_an_empty_assessment_is_a_valid_answers_file() -> None:
    assert draft().answers.to_file(LENS) == {
        "format": LENS.answers_format,
        "project": {},
        "answers": {},
    }


def test_changes_keep_their_order_and_what_was_left_open(started: Draft) -> None:
    given = [{"text": "Second"}, {"text": "First", "likelihood": "even"}, {"text": "Second"}]
    started.save("changes", changes=given)
    assert started.answers.answers_object(LENS)["changes"] == given


def test_fewer_changes_leave_no_row_behind(started: Draft) -> None:
    started.save("changes", changes=[{"text": "The only one"}])
    assert [row.text for row in AnticipatedChange.objects.all()] == ["The only one"]
    started.save("changes", changes=None)
    assert not AnticipatedChange.objects.exists()


def test_another_step_leaves_the_rows_of_the_changes_alone(started: Draft) -> None:
    before = list(AnticipatedChange.objects.values_list("pk", flat=True))
    started.save("team", go="none")
    assert list(AnticipatedChange.objects.values_list("pk", flat=True)) == before


# ---- Saving a step ----


def test_the_same_save_again_changes_nothing_however_old_it_is(started: Draft) -> None:
    started.save("team", go="none")
    before = Assessment.objects.values().get()
    for version in (0, 1, 2):
        started.now.record(LENS, "team", {"go": "none"}, version)
    assert Assessment.objects.values().get() == before


def test_a_stale_save_is_refused_with_both_versions(started: Draft) -> None:
    started.save("team", go="none")
    with pytest.raises(StaleAnswers) as refused:
        started.now.record(LENS, "team", {"go": "fluent"}, 1)
    assert refused.value.saved.values["go"] == "none"
    assert refused.value.wanted.values["go"] == "fluent"
    assert refused.value.assessment.version == started.version == 2
    assert started.answers.values["go"] == "none"


def test_two_steps_saved_from_the_same_version_are_both_kept(started: Draft) -> None:
    started.now.record(LENS, "team", {"go": "none"}, 1)
    started.now.record(LENS, "mistake", {"mistake": "loose"}, 1)
    started.now.record(LENS, "changes", {"changes": [{"text": "Only this"}]}, 1)
    answers = started.answers
    assert (answers.values["go"], answers.values["mistake"]) == ("none", "loose")
    assert [change.text for change in answers.changes] == ["Only this"]
    assert started.version == 4


def test_an_object_loaded_before_another_save_does_not_undo_it(started: Draft) -> None:
    early = started.now
    started.save("team", go="none")
    early.record(LENS, "mistake", {"mistake": "loose"}, 1)
    assert started.answers.values["go"] == "none"
    assert early.answers["mistake"] == "loose"
    assert early.version == started.version


@pytest.mark.parametrize(
    "given",
    [
        {"go": "no-such-option"},
        {"no_such_question": "x"},
        {"project": {"name": "x" * 101}},
        {"changes": [{"text": "x" * 201}]},
        {"changes": [{"text": ""}]},
        {"changes": [{"text": "x"}] * 6},
        {"peak_rps": -1},
        {"settled_part_name": "a\0b"},
    ],
)
def test_nothing_is_stored_when_the_lens_refuses(started: Draft, given: Json) -> None:
    with pytest.raises(AnswersError):
        started.now.record(LENS, "team", {"python": "none", **given}, 1)
    assert started.version == 1
    assert started.now.answers_file(LENS) == FILE


def test_none_clears_an_answer(started: Draft) -> None:
    started.save("team", go=None)
    assert "go" not in started.now.answers


# ---- Finishing ----


@every_file
def test_finishing_pins_the_report_of_the_engine(file: Json) -> None:
    finished = draft(file, finished=True).now
    assert finished.report == build_report(LENS, parse(LENS, file))
    assert (finished.lens_id, finished.lens_version) == (LENS.id, LENS.version)
    assert finished.seed == finished.pinned()["draws"]["seed"]
    report = finished.pinned()
    assert (finished.stack, finished.strength, finished.pattern) == (
        report["stack"],
        report["strength"],
        report["pattern"],
    )
    assert finished.finished_at
    assert finished.review_on == review_date(finished.finished_at.date())


def test_the_review_is_thirteen_weeks_later_on_the_same_weekday() -> None:
    assert review_date(date(2026, 12, 1)) == date(2027, 3, 2)
    assert review_date(date(2026, 12, 1)).weekday() == date(2026, 12, 1).weekday()


def test_it_has_moved_on_when_answers_or_project_differ_from_the_report() -> None:
    started = draft(FILE)
    assert not started.now.has_moved_on(LENS)
    started.now.finish(LENS)
    assert not started.now.has_moved_on(LENS)
    started.save("team", go="none")
    assert started.now.has_moved_on(LENS)
    started.save("team", go="some")
    assert not started.now.has_moved_on(LENS)
    started.save("project", project={"summary": "Another sentence"})
    assert started.now.has_moved_on(LENS)


def test_finishing_again_takes_the_new_answers() -> None:
    started = draft(CHANGE_HEAVY, finished=True)
    first = started.now
    started.now.take(LENS, parse(LENS, STABILITY_HEAVY))
    assert started.now.stack == "fastapi"
    started.now.finish(LENS)
    assert (first.stack, started.now.stack) == ("fastapi", "go")


# ---- A later lens ----


OLD_FILE = with_answers(
    FILE, changes=[{"text": "A new table", "kind": "schema", "likelihood": "certain"}]
)


def later_questions(question_id: str, **changes: Any) -> Lens:
    """The next version of the lens, in which one question has changed."""
    questions = tuple(replace(q, **changes) if q.id == question_id else q for q in LENS.questions)
    return replace(LENS, version=LENS.version + 1, questions=questions)


def without(items: Iterable[Any], *ids: str) -> tuple[Any, ...]:
    return tuple(item for item in items if item.id not in ids)


LATER = {
    "a new version": replace(LENS, version=LENS.version + 1),
    "without an option": later_questions(
        "mistake", options=without(LENS.question["mistake"].options, "even")
    ),
    "without a question": replace(LENS, questions=without(LENS.questions, "python")),
    "without a kind of change": replace(LENS, kinds=without(LENS.kinds, "schema")),
    "without a likelihood": replace(LENS, likelihoods=without(LENS.likelihoods, "certain")),
    "with a shorter text": later_questions("settled_part_name", max_length=5),
}
every_later_lens = pytest.mark.parametrize("later", LATER.values(), ids=LATER)


@every_later_lens
def test_a_later_lens_does_not_change_a_pinned_report(later: Lens) -> None:
    finished = draft(OLD_FILE, finished=True)
    before = finished.now.pinned()
    finished.now.record(later, "team", {"go": "none"}, 1)
    assert finished.now.pinned() == before
    assert finished.now.lens_version == LENS.version


@every_later_lens
def test_every_page_still_opens_under_a_later_lens(
    client: Client, monkeypatch: pytest.MonkeyPatch, later: Lens
) -> None:
    finished = draft(OLD_FILE, finished=True)
    for module in ("wizard", "results"):
        monkeypatch.setattr(f"assessments.views.{module}.current_lens", lambda: later)
    for address in (finished.url("result"), finished.url("check"), finished.step("changes")):
        assert client.get(address).status_code == 200
    assert client.get(f"/r/{finished.share()[1]}/").status_code == 200


@every_later_lens
def test_a_later_lens_alone_is_no_change_of_the_answers(later: Lens) -> None:
    """“Your answers have changed” must not be said to a founder who changed none."""
    assert not draft(OLD_FILE, finished=True).now.has_moved_on(later)


# ---- Confirming, saving at once, saving whole ----


def test_a_step_left_as_it_was_is_confirmed_without_a_new_version() -> None:
    empty = draft()
    empty.save("team", python=None, go=None)
    assert "team" in empty.now.touched
    assert empty.version == 0


def test_two_who_read_the_same_version_both_get_their_steps_saved(started: Draft) -> None:
    first, second = started.now, started.now
    first.record(LENS, "team", {"python": "none"}, first.version)
    second.record(LENS, "moving", {"schema": "settled"}, second.version)
    assert started.answers.values["python"] == "none"
    assert started.answers.values["schema"] == "settled"
    assert started.version == second.version == first.version + 1


def test_two_who_save_the_same_step_do_not_overwrite_each_other(started: Draft) -> None:
    first, second = started.now, started.now
    first.record(LENS, "team", {"python": "none"}, first.version)
    with pytest.raises(StaleAnswers) as stale:
        second.record(LENS, "team", {"python": "some"}, second.version)
    assert stale.value.saved.values["python"] == "none"
    assert stale.value.wanted.values["python"] == "some"
    assert started.answers.values["python"] == "none"


def test_the_rows_of_the_changes_follow_whoever_saved_last(started: Draft) -> None:
    slow, quick = started.now, started.now
    quick.record(LENS, "project", {"stage": "idea"}, quick.version)
    slow.record(LENS, "changes", {"changes": [{"text": "The only one"}]}, slow.version)
    rows = [row.as_dict() for row in started.now.changes.all()]
    assert rows == started.now.answers["changes"] == [{"text": "The only one"}]
    assert started.answers.values["stage"] == "idea"


def test_a_whole_set_of_answers_is_saved_where_nothing_moved_since(started: Draft) -> None:
    stored = started.now
    other = replace(stored.stored_answers(LENS), changes=(), name="Renamed")
    assert not stored.record_all(LENS, other, stored.version + 1)
    assert started.answers.name != "Renamed"
    assert stored.record_all(LENS, other, stored.version)
    assert (started.answers.name, started.answers.changes) == ("Renamed", ())
    assert started.now.touched["changes"] == started.version
    assert "team" not in started.now.touched


def test_saving_the_same_whole_again_changes_nothing(started: Draft) -> None:
    stored = started.now
    assert stored.record_all(LENS, stored.stored_answers(LENS), stored.version)
    assert started.version == stored.version


def test_the_draft_comes_without_its_report_and_with_its_project(started: Draft) -> None:
    started.now.finish(LENS)
    edit_hash = started.now.edit_hash
    assert edit_hash
    found = Assessment.objects.by_edit_hash(edit_hash, with_report=False)
    assert found
    assert found.get_deferred_fields() == {"report", "unnamed"}
    assert (found.project.name, found.project.pk) == (FILE["project"]["name"], found.project_id)
    whole = Assessment.objects.by_edit_hash(edit_hash)
    assert whole
    assert whole.get_deferred_fields() == {"unnamed"}
    assert whole.report == started.now.report
    assert Assessment.objects.by_edit_hash("0" * 64) is None
