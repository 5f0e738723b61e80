"""The words without which a kind would be least likely."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from assessments.suggest.because import MOST, TRIED, telling_words
from assessments.suggest.encoder import Floats

# As in the real one, what is common has a low number.
VOCABULARY = {"the": 1996, "of": 1997, "table": 2795, "stripe": 18247, "per": 2566}


class Odds:
    """So many points for each of these words that is in the text."""

    def __init__(self, **points: float) -> None:
        self.points, self.asked = points, 0

    def __call__(self, texts: Sequence[str]) -> Floats:
        self.asked += len(texts)
        return np.array(
            [sum(p for word, p in self.points.items() if word in t.lower()) for t in texts]
        )


def test_the_most_telling_first_as_they_were_written() -> None:
    odds = Odds(stripe=2, table=1)
    assert telling_words("A Table of STRIPE.", odds, VOCABULARY) == ("STRIPE", "Table")


def test_words_that_tell_nothing_or_speak_against_it_are_left_out() -> None:
    odds = Odds(stripe=1, table=-1, owl=0.1)
    assert telling_words("stripe table owl", odds, VOCABULARY) == ("stripe",)


@pytest.mark.parametrize("text", ["", "the of the", "per", "?!", "   "])
def test_without_a_word_that_could_be_a_reason_nothing_is_asked(text: str) -> None:
    odds = Odds(the=5)
    assert telling_words(text, odds, VOCABULARY) == ()
    assert odds.asked == 0


def test_at_most_three_are_named_and_six_tried() -> None:
    names = [f"word{letter}" for letter in "abcdefghij"]
    odds = Odds(**dict.fromkeys(names, 1.0))
    assert len(telling_words(" ".join(names), odds, VOCABULARY)) == MOST
    assert odds.asked == TRIED + 1


def test_a_word_with_a_sign_inside_is_one_word() -> None:
    odds = Odds(**{"sign-up": 1.0, "customer’s": 0.5})
    found = telling_words("the customer’s sign-up.", odds, VOCABULARY)
    assert found == ("sign-up", "customer’s")


def test_a_word_that_stands_twice_is_left_out_twice_and_named_once() -> None:
    assert telling_words("Stripe or stripe", Odds(stripe=1), VOCABULARY) == ("Stripe",)
