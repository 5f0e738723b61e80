"""What the five changes imply is assumed further on, said, and never counted by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from assessments.engine.assumptions import Assumption, assumptions
from assessments.engine.report import build_report
from tests.engine.lens_text import SHIPPED, edit, loaded, without_questions
from tests.examples import examples
from tests.factories import Json, answers_files, changes, lens, only, parsed

IMPLIED = {
    "schema": ("schema", "moving"),
    "api_contract": ("contract", "moving"),
    "user_flow": ("flows", "moving"),
    "integration": ("integrations", "moving"),
    "data_script": ("scripts", "moving"),
    "throughput": ("throughput", "soon"),
    "concurrency": ("concurrency", "soon"),
    "deployment": ("deployment", "soon"),
    "observability": ("observability", "soon"),
    "keep_alive": ("keep_alive", "soon"),
}


def assumed(*rows: Json, **answered: str) -> dict[str, Assumption]:
    return assumptions(lens(), parsed(only(changes=list(rows), **answered)))


def test_two_changes_of_the_schema_let_it_be_assumed_to_move() -> None:
    assert assumed(*changes("schema", "schema")) == {
        "schema": Assumption(
            "schema",
            "moving",
            "Two of your changes touch the schema, so we assume that it is moving.",
        )
    }


@pytest.mark.parametrize(("kind", "answer"), IMPLIED.items(), ids=IMPLIED)
def test_each_kind_implies_the_answer_to_its_question(kind: str, answer: tuple[str, str]) -> None:
    (one,) = assumed(*changes(kind)).values()
    (many,) = assumed(*changes(*[kind] * 5)).values()
    assert (one.question, one.option) == (many.question, many.option) == answer
    assert one.because.startswith("One of your changes ")
    assert many.because.startswith("Five of your changes ")
    assert one.because.endswith(".")
    assert many.because.endswith(".")


def test_each_sentence_agrees_with_its_number() -> None:
    for kind in lens().kinds:
        assert kind.implies
        assert kind.implies.one.split()[4] in {"touches", "brings", "is"}
        assert kind.implies.many.split()[4] in {"touch", "bring", "are"}


@pytest.mark.parametrize(
    ("likelihood", "counts"),
    [("unlikely", False), ("even", True), ("likely", True), ("certain", True), (None, True)],
)
def test_only_expected_changes_imply_anything(likelihood: str | None, counts: bool) -> None:
    assert bool(assumed(*changes("deployment", likelihood=likelihood))) == counts


def test_unlikely_changes_are_not_counted_in_the_sentence() -> None:
    rows = [*changes("schema"), *changes("schema", likelihood="unlikely")]
    assert assumed(*rows)["schema"].because.startswith("One of your changes ")


def test_what_was_answered_is_not_assumed() -> None:
    assert list(assumed(*changes("schema", "keep_alive"), schema="settled")) == ["keep_alive"]


def test_nothing_follows_from_changes_without_a_kind_or_from_none() -> None:
    assert assumed(*changes(None, None)) == {}
    assert assumed() == {}


def test_of_two_kinds_that_imply_the_same_question_the_first_wins(tmp_path: Path) -> None:
    text = edit(SHIPPED, "[kind.implies]", None, 'option = "moving"', 'option = "unknown"')
    both = loaded(tmp_path, text.replace('question = "contract"', 'question = "schema"'))
    taken = parsed(only(changes=changes("api_contract", "schema", "api_contract")))
    found = assumptions(both, taken)
    assert list(found) == ["schema"]
    assert found["schema"].option == "unknown"
    assert found["schema"].because.startswith("One of your changes touches the schema")


def test_a_kind_may_imply_nothing(tmp_path: Path) -> None:
    smaller = loaded(tmp_path, without_questions(SHIPPED, ["schema"]))
    assert assumptions(smaller, parsed(only(changes=changes("schema")))) == {}


@examples(200)
@given(answers_files())
def test_only_open_questions_are_assumed_with_options_they_have(file: Json) -> None:
    taken = parsed(file)
    for question_id, assumption in assumptions(lens(), taken).items():
        assert question_id == assumption.question
        assert question_id not in taken.values
        assert assumption.option in lens().question[question_id].by_id
        assert "{" not in assumption.because


def test_an_assumption_moves_no_score() -> None:
    """The report on the changes alone holds no answer that only was assumed."""
    file = only(changes=changes("schema", "schema", "deployment"))
    report = build_report(lens(), parsed(file))
    assert assumptions(lens(), parsed(file))
    assert [part["question"] for part in report["contributions"]] == ["changes"]
    assert list(report["answers"]) == ["changes"]
