"""Two lists of changes become one, in which each change stands once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assessments.engine.answers import Change
from assessments.engine.joining import joined_changes
from tests.examples import examples
from tests.factories import OPERATION_KINDS, PRODUCT_KINDS

LISTS = st.lists(
    st.builds(
        Change,
        st.sampled_from(["Prices by seat", "prices by seats.", "A second region", "🎈", "🚀"]),
        st.none() | st.sampled_from([PRODUCT_KINDS[0], OPERATION_KINDS[0]]),
        st.none() | st.sampled_from(["even", "likely"]),
    ),
    max_size=5,
).map(tuple)


def test_what_only_one_lists_is_kept_in_order() -> None:
    one, two, three = Change("Prices by seat"), Change("A second region"), Change("Sign-up")
    assert joined_changes((one, two), (three, one)) == (one, two, three)


def test_a_change_is_the_same_in_other_spelling() -> None:
    said = Change("Prices by seat", "schema", "likely")
    again = Change("prices by seat.", "schema", "likely")
    assert joined_changes((said,), (again,)) == (said,)


def test_changes_without_a_word_are_told_apart() -> None:
    assert len(joined_changes((Change("🎈"),), (Change("🚀"),))) == 2


def test_what_one_left_open_about_a_change_is_taken_from_the_other() -> None:
    kind_only, likelihood_only = Change("Sign-up", "schema"), Change("Sign-up", None, "even")
    assert joined_changes((kind_only,), (likelihood_only,)) == (
        Change("Sign-up", "schema", "even"),
    )


def test_what_they_differ_on_about_a_change_is_left_open() -> None:
    one, other = Change("Sign-up", "schema", "even"), Change("Sign-up", "schema", "certain")
    assert joined_changes((one,), (other,)) == (Change("Sign-up", "schema"),)


def test_the_very_same_change_is_matched_before_one_with_the_same_words() -> None:
    even, certain = Change("Sign-up", "schema", "even"), Change("Sign-up", "schema", "certain")
    assert joined_changes((even, certain), (certain, even)) == (even, certain)


@examples(200)
@given(LISTS, LISTS)
def test_joining_is_as_long_either_way_and_holds_both(
    one: tuple[Change, ...], other: tuple[Change, ...]
) -> None:
    joined = joined_changes(one, other)
    assert len(joined) == len(joined_changes(other, one))
    assert max(len(one), len(other)) <= len(joined) <= len(one) + len(other)
    assert joined_changes(one, one) == one
    assert [change.text for change in joined[: len(one)]] == [change.text for change in one]
    assert joined_changes((), one) == joined_changes(one, ()) == one
