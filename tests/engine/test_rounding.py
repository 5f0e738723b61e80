"""What is displayed adds up, and stays next to what is true."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.engine.rounding import round_to_total
from tests.examples import examples

values = st.lists(st.floats(-40, 40), min_size=1, max_size=20)


def units(numbers: list[float]) -> int:
    """Their sum in tenths."""
    return sum(round(10 * number) for number in numbers)


@examples(200)
@given(values)
def test_the_rounded_values_add_up_to_the_rounded_total(numbers: list[float]) -> None:
    assert units(round_to_total(numbers, sum(numbers))) == round(10 * sum(numbers))


@examples(200)
@given(values)
def test_no_value_moves_by_a_whole_unit(numbers: list[float]) -> None:
    for number, rounded in zip(numbers, round_to_total(numbers, sum(numbers)), strict=True):
        assert abs(number - rounded) < 0.1 + 1e-6


@examples(200)
@given(values, st.integers(-3, 3))
def test_a_total_that_was_rounded_elsewhere_is_met_all_the_same(
    numbers: list[float], off: int
) -> None:
    total = round(sum(numbers), 1) + off / 10
    assert units(round_to_total(numbers, total)) == round(10 * total)


@pytest.mark.parametrize(
    ("numbers", "total", "rounded"),
    [
        ([0.04, 0.04, 0.04], 0.12, [0.1, 0.0, 0.0]),
        ([0.05, 0.01, 0.04], 0.1, [0.1, 0.0, 0.0]),
        ([-0.04, -0.04, -0.04], -0.12, [0.0, 0.0, -0.1]),
        ([1.0, 2.0, 3.0], 6.0, [1.0, 2.0, 3.0]),
        ([1.0, 2.0], 3.1, [1.1, 2.0]),
        ([1.0, 2.0], 2.9, [1.0, 1.9]),
        ([0.3, 0.1], 0.4, [0.3, 0.1]),
        ([0.07, 0.09, 0.04], 0.2, [0.1, 0.1, 0.0]),
        ([0.14, 0.19], 0.1, [0.0, 0.1]),
        ([1.0, 2.0], 3.3, [1.2, 2.1]),
        ([1.0, 2.0], 2.7, [0.9, 1.8]),
        ([2.5], 2.5, [2.5]),
    ],
)
def test_the_largest_remainders_take_what_is_missing(
    numbers: list[float], total: float, rounded: list[float]
) -> None:
    assert round_to_total(numbers, total) == rounded


def test_whole_numbers_round_without_places() -> None:
    assert round_to_total([1.4, 1.3, 1.3], 4.0, digits=0) == [2, 1, 1]


def test_one_place_is_kept_unless_said_otherwise() -> None:
    assert round_to_total([0.25, 0.13], 0.38) == [0.3, 0.1]
    assert round_to_total([0.256, 0.132], 0.388, digits=2) == [0.26, 0.13]


def test_nothing_rounds_to_nothing() -> None:
    assert round_to_total([], 0.0) == []
