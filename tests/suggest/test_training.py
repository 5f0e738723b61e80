"""Learning, and the measures of what was learnt."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from assessments.suggest import Classifier, Suggestion
from assessments.suggest.classifying import softmax
from assessments.suggest.training.learning import best_temperature, learn, see
from assessments.suggest.training.measures import Judged, confusion, in_words, measure
from assessments.suggest.training.sentences import FOLDS, folds, load_sentences
from assessments.suggest.weights import NONE
from tests.factories import lens

FEWEST = 60
SENTENCES = load_sentences()


# ---- The sentences ----


def test_there_are_enough_of_each_kind_by_many_hands() -> None:
    counts = Counter(sentence.kind for sentence in SENTENCES)
    assert counts.keys() == {*lens().kind, NONE}
    assert min(counts.values()) >= FEWEST
    for kind in counts:
        assert len({one.hand for one in SENTENCES if one.kind == kind}) >= 3


def test_no_sentence_stands_there_twice() -> None:
    texts = [" ".join(sentence.text.lower().split()) for sentence in SENTENCES]
    assert len(set(texts)) == len(texts)
    assert all(texts)


def test_each_sentence_is_tested_once_and_never_with_its_own_hand() -> None:
    tests = list(folds(SENTENCES))
    assert len(tests) == FOLDS
    assert (np.sum(tests, axis=0) == 1).all()
    hands = np.array([sentence.hand for sentence in SENTENCES])
    for test in tests:
        assert not set(hands[test]) & set(hands[~test])
        assert test.sum() > len(SENTENCES) / FOLDS / 2


# ---- Learning ----


def test_what_is_learnt_is_the_same_each_time_and_tells_what_it_was_taught(
    known: Classifier,
) -> None:
    few = [*SENTENCES[::60]]
    seen = see(known.encoder, [sentence.text for sentence in few])
    kinds = np.array([sentence.kind for sentence in few])
    first, second = learn(seen, kinds), learn(seen, kinds)
    assert (first.vectors == second.vectors).all()
    assert (first.of_letters.matrix == second.of_letters.matrix).all()
    said = np.array(first.kinds)[first.scores(seen).argmax(axis=1)]
    assert (said == kinds).mean() > 0.95


def test_the_temperature_takes_back_what_is_said_too_surely() -> None:
    random = np.random.default_rng(1)
    scores = random.normal(size=(4000, 5))
    chances = softmax(scores)
    right = np.array([random.choice(5, p=row) for row in chances])
    assert best_temperature(scores, right) == pytest.approx(1, abs=0.1)
    assert best_temperature(scores * 3, right) == pytest.approx(3, abs=0.3)


# ---- Measuring ----


def judged(kind: str, first: str, also: str, confidence: float, abstain: bool = False) -> Judged:
    return Judged(kind, Suggestion(first, also, confidence, abstain))


def test_hits_are_counted_by_first_second_and_side() -> None:
    found = measure(
        [
            judged("schema", "schema", "user_flow", 1.0),
            judged("schema", "user_flow", "schema", 0.5),
            judged("throughput", "concurrency", "schema", 0.5),
            judged("throughput", "schema", "user_flow", 0.5, abstain=True),
            judged(NONE, "schema", "user_flow", 0.1, abstain=True),
        ]
    )
    assert (found.count, found.first, found.second, found.side) == (4, 0.25, 0.5, 0.75)
    assert (found.asked, found.refused) == (0.25, 1)
    assert found.first_of_told == pytest.approx(1 / 3)


def test_the_calibration_error_is_the_mean_distance_of_said_and_true() -> None:
    sure = [judged("schema", "schema", "user_flow", 0.95) for _ in range(8)]
    wrong = [judged("schema", "user_flow", "schema", 0.95) for _ in range(2)]
    half = [judged("schema", "schema", "user_flow", 0.55) for _ in range(10)]
    assert measure([*sure, *wrong]).error == pytest.approx(0.15)
    assert measure([*sure, *wrong, *half]).error == pytest.approx((0.15 + 0.45) / 2)


def test_certainty_lies_in_the_last_bin() -> None:
    (found,) = measure([judged("schema", "schema", "user_flow", 1.0)]).bins
    assert (found.count, found.confidence, found.hits) == (1, 1, 1)
    assert "| 0.9 to 1.0 | 1 | 1.00 | 1.00 |" in in_words(measure([judged("a", "a", "b", 1.0)]))


def test_the_table_says_what_is_taken_for_what() -> None:
    rows = confusion([judged("schema", "user_flow", "schema", 0.5)], ["schema", "user_flow"])
    assert "| schema | 0 | 1 |" in rows
    assert "| user_flow | 0 | 0 |" in rows
