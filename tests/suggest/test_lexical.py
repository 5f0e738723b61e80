"""A text by its letters and word pieces, in buckets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.suggest.lexical import (
    BUCKETS,
    counted,
    letter_grams,
    rarities,
    weighed,
    word_grams,
)


def test_words_alone_and_in_pairs() -> None:
    assert list(word_grams([7, 8, 9])) == ["7", "8", "9", "7 8", "8 9"]
    assert list(word_grams([])) == []


def test_letters_three_to_five_at_a_time_with_the_edges_of_words() -> None:
    assert list(letter_grams(["api"])) == [" ap", "api", "pi ", " api", "api ", " api "]


@pytest.mark.parametrize("word", ["a", "to"])
def test_a_short_word_is_taken_once_whole(word: str) -> None:
    assert list(letter_grams([word])).count(f" {word} ") == 1


def test_words_do_not_run_into_one_another() -> None:
    apart = [*letter_grams(["go"]), *letter_grams(["live"])]
    assert list(letter_grams(["go", "live"])) == apart


@given(st.lists(st.text(max_size=4), max_size=30))
def test_a_row_has_each_bucket_once_in_rising_order(grams: list[str]) -> None:
    buckets, amounts = counted(grams)
    assert list(buckets) == sorted(set(buckets))
    assert all(0 <= bucket < BUCKETS for bucket in buckets)
    assert amounts.size == buckets.size
    assert (amounts >= 1).all()


def test_the_same_again_counts_less_each_time() -> None:
    _, amounts = counted(["a"] * 10)
    assert amounts == pytest.approx([1 + np.log(10)])


def test_what_is_in_few_texts_weighs_more() -> None:
    rows = [counted(grams) for grams in (["common", "rare"], ["common"], ["common"])]
    rarity = rarities(rows)
    buckets, weights = weighed(rows[0], rarity)
    by_bucket = dict(zip(buckets, weights, strict=True))
    (common,), (rare,) = counted(["common"])[0], counted(["rare"])[0]
    assert by_bucket[rare] > by_bucket[common]
    assert np.linalg.norm(weights) == pytest.approx(1)


def test_nothing_weighs_nothing() -> None:
    buckets, weights = weighed(counted([]), np.ones(BUCKETS))
    assert buckets.size == weights.size == 0
