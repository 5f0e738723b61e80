"""What each answer reads as, alone and beside the others."""

from __future__ import annotations

import dataclasses

import pytest

from assessments.engine.answers import MAX_CHANGES, Change
from assessments.engine.lens import Axis, Lens
from assessments.engine.readings import (
    cap_state,
    capped,
    chance,
    choose,
    expected,
    option_reading,
    reading_of,
    row_of,
    rows,
)
from tests.factories import answers, changes, lens, only, parsed

SCALING = lens().question["throughput"]
PRODUCT = Change("Another price", kind="schema")
BELOW, ABOVE = {"peak_rps": 149}, {"peak_rps": 150}


def capped_on(axis: Axis) -> Lens:
    """The shipped lens, with its one cap on an axis of choice."""
    whole = lens()
    questions = tuple(
        dataclasses.replace(each, cap=dataclasses.replace(each.cap, axis=axis))
        if each.cap
        else each
        for each in whole.questions
    )
    return dataclasses.replace(whole, questions=questions)


# ---- Changes ----


def test_those_that_are_missing_are_changes_of_which_nothing_is_known() -> None:
    two = parsed(answers(changes=changes("schema", "integration")))
    made = rows(lens(), two)
    assert made == (*(row_of(lens(), each) for each in two.changes), *[made[-1]] * 3)
    assert dataclasses.astuple(made[-1]) == ((0.4, 0.4), (0.95, 0.0), (0.0, 0.95))
    assert len(made) == MAX_CHANGES


@pytest.mark.parametrize(
    ("likelihood", "row"),
    [
        ("even", ((0.5, 0.0), (0.5, 0.0), (0.5, 0.0))),
        (None, ((0.8, 0.0), (0.95, 0.0), (0.2, 0.0))),
    ],
)
def test_one_of_the_product_counts_on_its_side_as_likely_as_it_is_or_could_be(
    likelihood: str | None, row: tuple[tuple[float, float], ...]
) -> None:
    found = row_of(lens(), dataclasses.replace(PRODUCT, likelihood=likelihood))
    assert dataclasses.astuple(found) == row


def test_nothing_said_is_likely() -> None:
    assert chance(lens(), PRODUCT) == 0.8
    assert chance(lens(), dataclasses.replace(PRODUCT, likelihood="unlikely")) == 0.2


def test_those_are_expected_that_are_as_likely_as_not() -> None:
    every = [
        dataclasses.replace(PRODUCT, likelihood=likelihood)
        for likelihood in ("unlikely", "even", "likely", "certain", None)
    ]
    assert expected(lens(), every) == every[1:]


# ---- Choices ----


@pytest.mark.parametrize(
    ("question", "reading"), [("stage", (0.5, 0.5)), ("schema", (0.5, 0)), ("throughput", (0, 0.5))]
)
def test_what_is_open_reads_neutral_on_the_axes_that_it_is_weighed_on(
    question: str, reading: tuple[float, float]
) -> None:
    assert option_reading(lens(), lens().question[question], None) == reading


@pytest.mark.parametrize(
    ("question", "option", "reading"),
    [
        ("stage", "prototype", (0.85, 0.1)),
        ("schema", "moving", (0.75, 0)),
        ("throughput", "soon", (0, 0.67)),
    ],
)
def test_an_option_reads_nothing_where_it_says_nothing(
    question: str, option: str, reading: tuple[float, float]
) -> None:
    assert option_reading(lens(), lens().question[question], option) == reading


# ---- A number that caps ----


@pytest.mark.parametrize(
    ("answered", "question", "state"),
    [
        (BELOW, "throughput", "capped"),
        (ABOVE, "throughput", "free"),
        ({}, "throughput", "open"),
        (BELOW, "schema", "free"),
    ],
)
def test_a_question_is_capped_below_the_number_and_open_without_it(
    answered: dict[str, int], question: str, state: str
) -> None:
    assert cap_state(lens(), lens().question[question], parsed(only(**answered))) == state


@pytest.mark.parametrize(
    ("axis", "high", "low"),
    [
        ("operations", (0.9, 0.33), (0.9, 0.2)),
        ("uncertainty", (0.33, 0.8), (0.1, 0.2)),
    ],
)
def test_a_cap_holds_its_own_axis_and_leaves_what_is_under_it(
    axis: Axis, high: tuple[float, float], low: tuple[float, float]
) -> None:
    under = capped_on(axis)
    assert capped(under, SCALING, (0.9, 0.8)) == high
    assert capped(under, SCALING, (0.1 if axis == "uncertainty" else 0.9, 0.2)) == low


@pytest.mark.parametrize(
    ("answered", "option", "reading"),
    [
        (BELOW, "now", 0.33),
        (BELOW, "none", 0.0),
        (BELOW, None, 0.33),
        (ABOVE, "now", 1.0),
        (ABOVE, None, 0.5),
        ({}, "now", 1.0),
    ],
)
def test_an_option_that_is_chosen_reads_as_it_does_beside_the_other_answers(
    answered: dict[str, int], option: str | None, reading: float
) -> None:
    others = parsed(only(**answered))
    assert choose(lens(), others, SCALING, option) == (0, reading)
    if option:
        chosen = parsed(only(throughput=option, **answered))
        assert reading_of(lens(), chosen, SCALING) == (0, reading)
