"""How much somebody has to say before they see what another person said blind."""

from __future__ import annotations

import pytest
from hypothesis import given

from assessments.engine.enough import says_enough
from tests.factories import Json, answers, answers_files, changes, lens, only, parsed

ASKED = [q.id for q in lens().questions if q.shown_if is None and q.kind == "choice"]


def enough(file: Json) -> bool:
    return says_enough(lens(), parsed(file))


def first(number: int) -> Json:
    """The first so many questions with options, answered with their first one."""
    return {name: lens().question[name].options[0].id for name in ASKED[:number]}


def test_all_answers_are_enough_and_none_are_not() -> None:
    assert enough(answers())
    assert not enough(only())


def test_half_of_the_questions_are_enough() -> None:
    asked = sum(question.shown_if is None for question in lens().questions)
    half = -(-asked // 2)
    assert enough(only(**first(half)))
    assert not enough(only(**first(half - 1)))


def test_five_whole_changes_are_enough() -> None:
    kinds = ("schema", "user_flow", "throughput", "keep_alive", "deployment")
    assert enough(only(changes=changes(*kinds)))


@pytest.mark.parametrize(
    "listed",
    [
        changes("schema", "schema", "schema", "schema"),
        changes("schema", "schema", "schema", "schema", None),
        changes("schema", "schema", "schema", "schema", "schema", likelihood=None),
    ],
    ids=["four", "one without its kind", "without likelihoods"],
)
def test_changes_that_are_not_whole_count_as_one_answer(listed: list[Json]) -> None:
    assert not enough(only(changes=listed))


def test_what_is_asked_only_beside_an_answer_does_not_count() -> None:
    asked = sum(question.shown_if is None for question in lens().questions)
    most = first(-(-asked // 2) - 1) | {"settled_part": "yes"}
    assert "settled_part" in ASKED
    assert enough(only(**most, settled_part_name="Ledger")) == enough(only(**most))


@given(answers_files(complete=True))
def test_whoever_answers_everything_says_enough(file: Json) -> None:
    assert enough(file)
