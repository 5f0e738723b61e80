"""One assessment as exports show it: whose word counts."""

from __future__ import annotations

from tests.exports.items import draft, item, review


def test_the_models_word_counts_without_a_review() -> None:
    assert (item().decided, item().overruling) == ("FastAPI", None)
    assert item(review=review()).decided == "FastAPI"


def test_the_consultants_word_counts_where_it_is_another() -> None:
    other = review(overrules="go", overrules_name="Go")
    assert item(review=other).overruling == other
    assert item(review=other).decided == "Go"
    assert item(review=review(overrules="go")).decided == "go"


def test_an_overruling_that_the_answers_have_caught_up_with_is_none() -> None:
    same = review(overrules="fastapi", overrules_name="FastAPI")
    assert item(review=same).overruling is None


def test_a_draft_decides_nothing() -> None:
    assert draft().decided == ""
    assert not draft(review=review(overrules="go")).has_verdict
    assert draft(review=review(overrules="go")).overruling is None
