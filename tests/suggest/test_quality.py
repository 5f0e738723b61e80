"""How good suggestions are on sentences that were written by others, once training was over.

They follow real titles and lines of public trackers, changelogs and articles. They stay as they
are: whoever tunes on them needs new ones.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from assessments.suggest import Classifier
from assessments.suggest.training.measures import Judged, Measures, measure
from assessments.suggest.training.sentences import load_sentences
from assessments.suggest.weights import NONE
from tests.factories import lens

FILE = Path(__file__).with_name("sentences.jsonl")
FROZEN = "1ac3f43427afdc292058e01614dc92386af813d8265b721d1f40aeacd9e369e4"


@pytest.fixture(scope="module")
def found(known: Classifier) -> Measures:
    return measure([Judged(one.kind, known.suggest(one.text)) for one in load_sentences(FILE)])


def test_the_sentences_are_those_that_were_frozen() -> None:
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() == FROZEN


def test_none_of_them_was_learnt_from() -> None:
    def texts(sentences: object) -> set[str]:
        return {" ".join(one.text.lower().split()) for one in sentences}  # type: ignore[attr-defined]

    assert not texts(load_sentences(FILE)) & texts(load_sentences())


def test_there_are_as_many_of_each_kind() -> None:
    counts = Counter(one.kind for one in load_sentences(FILE))
    assert {counts[kind] for kind in lens().kind} == {38}
    assert counts[NONE] == 40


def test_four_in_five_are_told_at_once_and_nine_in_ten_with_the_second(found: Measures) -> None:
    assert found.first >= 0.80
    assert found.second >= 0.91


def test_the_side_is_told_nearly_always(found: Measures) -> None:
    assert found.side >= 0.92


def test_confidence_is_calibrated(found: Measures) -> None:
    assert found.error < 0.07


def test_it_seldom_abstains_and_is_right_more_often_where_it_does_not(found: Measures) -> None:
    assert found.asked < 0.15
    assert found.first_of_told > found.first


def test_what_is_no_change_is_mostly_not_placed(found: Measures) -> None:
    assert found.refused >= 0.7


def test_the_documentation_says_what_is_measured(found: Measures) -> None:
    """To a hundredth: processors differ in the last digits."""
    text = (Path(__file__).parents[2] / "docs" / "suggestions.md").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("| the test set, by"))
    said = [float(cell) for cell in row.split("|")[2:6]]
    measured = [found.first, found.second, found.side, found.error]
    assert said == pytest.approx(measured, abs=0.011)
