"""Forms made from the lens: what they offer, what they carry in, where a problem is put."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from assessments.engine.answers import MAX_CHANGES, Answers, parse
from assessments.engine.lens import Step
from assessments.form_fields import NOT_SURE
from assessments.forms import StepForm, step_form
from tests.web import FOUNDERS, LENS, STEPS, typed

FILE = FOUNDERS["with a settled part"].file
every_step = pytest.mark.parametrize("step", LENS.steps, ids=STEPS)


def bound(step_id: str, **data: str) -> StepForm:
    query = QueryDict(mutable=True)
    query.update({"version": "0", **data})
    return step_form(LENS, LENS.steps[STEPS.index(step_id)], Answers(), 0, query)


def message(form: StepForm, field: str) -> str:
    return " ".join(str(error) for error in form.errors.get(field, []))


# ---- What is offered ----


@every_step
def test_a_step_has_a_field_for_each_of_its_questions_in_their_order(step: Step) -> None:
    names = iter(step_form(LENS, step, Answers(), 0).fields)
    for question in LENS.questions_of(step.id):
        wanted = "change_0_text" if question.kind == "changes" else question.id
        assert wanted in names


@every_step
def test_every_field_has_a_place_on_the_page(step: Step) -> None:
    form = step_form(LENS, step, Answers(), 0)
    drawn = [name for part in form.helper.layout.fields for name in part.fields]
    assert [*drawn] == [name for name in form.fields if name != "version"]


@every_step
def test_not_sure_is_an_option_of_every_choice(step: Step) -> None:
    form = step_form(LENS, step, Answers(), 0)
    for question in LENS.questions_of(step.id):
        if question.kind == "choice":
            choices: Any = form.fields[question.id].choices  # type: ignore[attr-defined]
            assert dict(choices)[""] == NOT_SURE
            assert [key for key, _ in choices if key] == list(question.by_id)


def test_there_are_five_rows_of_changes() -> None:
    form = step_form(LENS, LENS.steps[1], Answers(), 0)
    texts = [name for name in form.fields if name.endswith("_text")]
    assert len(texts) == MAX_CHANGES == 5


# ---- What is carried in ----


@every_step
def test_what_was_filled_in_is_given_as_in_the_answers_file(step: Step) -> None:
    form = bound(step.id, **typed(FILE, step))
    assert form.is_valid(), form.errors
    own = {question.id for question in LENS.questions_of(step.id)}
    given = {key: value for key, value in form.given.items() if value is not None}
    project = {"project": FILE["project"]} if step == LENS.steps[0] else {}
    assert given == {k: v for k, v in FILE["answers"].items() if k in own} | project


@every_step
def test_the_form_shows_the_answers_it_was_made_with(step: Step) -> None:
    form = step_form(LENS, step, parse(LENS, FILE), 7)
    shown = {name: form[name].value() for name in form.fields}
    assert shown["version"] == 7
    for name, text in typed(FILE, step).items():
        assert str(shown[name] or "") == text


@every_step
def test_an_empty_form_gives_none_for_every_question(step: Step) -> None:
    name = {"project_name": "Any"} if step == LENS.steps[0] else {}
    form = bound(step.id, **name)
    assert form.is_valid()
    form.given.pop("project", None)
    assert {form.given[q.id] for q in LENS.questions_of(step.id)} == {None}


def test_white_space_around_a_text_is_not_kept() -> None:
    form = bound("project", project_name="  Marina\t", project_summary=" \n ")
    assert form.is_valid()
    assert form.given["project"] == {"name": "Marina", "summary": ""}


def test_rows_with_nothing_in_them_are_left_out() -> None:
    form = bound("changes", change_1_text="First", change_4_text="Second", change_2_text="  ")
    assert form.is_valid()
    assert [row["text"] for row in form.given["changes"]] == ["First", "Second"]


def test_a_text_may_be_exactly_as_long_as_its_limit() -> None:
    assert bound("changes", change_0_text="🦀" * LENS.changes.max_length).is_valid()


# ---- Where a problem is put ----


@pytest.mark.parametrize("number", range(MAX_CHANGES))
@pytest.mark.parametrize("part", ["kind", "likelihood"])
def test_a_row_without_words_is_told_so_at_its_own_text(number: int, part: str) -> None:
    value = {"kind": "schema", "likelihood": "likely"}[part]
    form = bound("changes", change_0_text="", **{f"change_{number}_{part}": value})
    assert list(form.errors) == [f"change_{number}_text"]
    assert "say in a few words what will change" in message(form, f"change_{number}_text")


def test_each_field_has_one_message_at_a_time() -> None:
    form = bound("changes", change_0_text="x" * 201, change_0_kind="schema")
    assert form.errors == {"change_0_text": ["At most 200 characters, please: this has 201."]}


def test_several_problems_are_put_where_each_belongs() -> None:
    form = bound(
        "changes",
        change_0_text="x" * 201,
        change_2_kind="schema",
        change_3_text="be\x07ll",
        change_4_likelihood="nope",
    )
    assert "At most 200" in message(form, "change_0_text")
    assert "say in a few words" in message(form, "change_2_text")
    assert "control character" in message(form, "change_3_text")
    assert "not one of the options" in message(form, "change_4_likelihood")


def test_several_rows_of_a_text_alone_that_cannot_be_kept_are_each_told_so() -> None:
    form = bound("changes", **{f"change_{number}_text": "be\x07ll" for number in (0, 2, 4)})
    assert list(form.errors) == ["change_0_text", "change_2_text", "change_4_text"]


def test_a_message_is_a_sentence() -> None:
    form = bound("project", project_name="be\x07ll")
    assert form.errors == {"project_name": ["This contains a control character (U+0007)."]}


def test_a_row_with_an_option_that_does_not_exist_asks_for_that_alone() -> None:
    form = bound("changes", change_0_kind="nope")
    assert list(form.errors) == ["change_0_kind"]
