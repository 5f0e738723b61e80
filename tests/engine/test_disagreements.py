"""Two people's blind answers: every disagreement, what it is worth, and how it is settled."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.engine.answers import MAX_CHANGES, Answers, parse
from assessments.engine.disagreements import (
    Disagreement,
    Disagreements,
    UnsettledError,
    disagreements,
    settle,
)
from assessments.engine.scoring import Verdict, score
from tests.examples import examples
from tests.factories import (
    OPERATION_KINDS,
    PRODUCT_KINDS,
    Json,
    answers,
    answers_files,
    changes,
    lens,
    only,
    parsed,
    stable_answers,
)


def between(first: Json, second: Json) -> Disagreements:
    return disagreements(lens(), parsed(first), parsed(second))


def settled(first: Json, second: Json, **choices: str) -> Answers:
    return settle(lens(), parsed(first), parsed(second), choices)


def all_chosen(first: Json, second: Json, choice: str) -> Answers:
    found = between(first, second).items
    return settled(first, second, **{item.question: choice for item in found})


def without_order(taken: Answers) -> tuple[Json, list[str]]:
    """Answers as they count: the order of the changes says nothing."""
    return dict(taken.values), sorted(map(repr, taken.changes))


# ---------------------------------------------------------------- what they disagree on


def test_each_side_is_shown_as_a_reader_sees_it() -> None:
    found = between(
        only(schema="moving", peak_rps=1200), only(schema="settled", settled_part="yes")
    )
    by_question = {item.question: item for item in found.items}
    schema, peak, part = (by_question[name] for name in ("schema", "peak_rps", "settled_part"))
    assert (schema.label, schema.first, schema.second) == ("Schema", ("Moving",), ("Settled",))
    assert (peak.first, peak.second) == (("1,200",), ("Not given",))
    assert part.first == ("Not sure",)


def test_changes_are_shown_one_a_line() -> None:
    (item,) = between(only(changes=changes("schema", "deployment")), only()).items
    assert item.label == "Expected changes"
    assert item.first == (
        "Change number 1 (Data model · likely)",
        "Change number 2 (Deployment · likely)",
    )
    assert item.second == ("None listed",)


def test_the_projects_name_is_not_disputed() -> None:
    one, other = answers(), answers()
    other["project"] = {"name": "Something else"}
    assert between(one, other).items == ()
    assert settled(other, one).name == "Something else"
    assert settled(other, one).summary == "Invoices for freelancers"


def test_an_answer_that_does_not_apply_is_not_disputed() -> None:
    typed = parsed(only(settled_part="yes", settled_part_name="Ledger"))
    hidden = replace(typed, values={**typed.values, "settled_part": "no"})
    assert disagreements(lens(), hidden, parsed(only(settled_part="no"))).items == ()


def test_what_changes_a_verdict_comes_first_though_it_moves_no_points() -> None:
    found = between(only(mistake="slow", stage="prototype"), only(mistake="loose_much"))
    assert [item.question for item in found.items] == ["mistake", "stage"]
    assert (found.items[0].changes_verdict, found.items[0].points) == (True, 0)
    assert not found.same_stack


def test_what_moves_no_verdict_is_sorted_by_points_and_then_as_asked() -> None:
    others = answers(core_object="unknown", schema="unknown", python="some", go="some")
    found = between(answers(), others)
    assert found.same_stack
    assert not any(item.changes_verdict for item in found.items)
    assert [item.question for item in found.items] == ["schema", "core_object", "python", "go"]


# ---------------------------------------------------------------- how it is settled


def test_open_leaves_the_question_unanswered() -> None:
    taken = settled(only(schema="moving", go="some"), only(go="some"), schema="open")
    assert taken.values == {"go": "some"}


def test_both_lists_of_changes_are_taken_where_they_fit() -> None:
    first, second = only(changes=changes("schema")), only(changes=changes("schema", "deployment"))
    (item,) = between(first, second).items
    assert item.can_join
    assert settled(first, second, changes="both").changes == parsed(second).changes


def test_lists_that_do_not_fit_cannot_both_be_taken() -> None:
    first, second = only(changes=changes(*PRODUCT_KINDS)), only(changes=[*changes("schema")])
    second["answers"]["changes"][0]["text"] = "Another one"
    (item,) = between(first, second).items
    assert not item.can_join
    with pytest.raises(UnsettledError) as refused:
        settled(first, second, changes="both")
    assert refused.value.questions == ("changes",)


@pytest.mark.parametrize(
    ("choices", "wrong"),
    [
        ({}, ("schema", "go")),
        ({"schema": "first"}, ("go",)),
        ({"schema": "both", "go": "open"}, ("schema",)),
        ({"schema": "third", "go": ""}, ("schema", "go")),
        ({"schema": "first", "go": "open", "python": "first"}, ("python",)),
        ({"schema": "first", "go": "open", "fashion": "first"}, ("fashion",)),
    ],
)
def test_what_is_not_settled_is_named(choices: dict[str, str], wrong: tuple[str, ...]) -> None:
    first, second = only(schema="moving", python="some"), only(go="some", python="some")
    with pytest.raises(UnsettledError, match=wrong[0]) as refused:
        settled(first, second, **choices)
    assert refused.value.questions == wrong


NAMED = only(settled_part="yes", settled_part_name="Ledger")
NO_PART = only(settled_part="no")


def test_a_question_that_no_longer_applies_needs_no_choice() -> None:
    assert {item.question for item in between(NAMED, NO_PART).items} == set(NAMED["answers"])
    assert settled(NAMED, NO_PART, settled_part="second").values == {"settled_part": "no"}


def test_a_choice_for_what_no_longer_applies_counts_for_nothing() -> None:
    taken = settled(NAMED, NO_PART, settled_part="second", settled_part_name="first")
    assert taken.values == {"settled_part": "no"}


def test_a_question_that_applies_again_needs_its_choice() -> None:
    with pytest.raises(UnsettledError) as refused:
        settled(NAMED, NO_PART, settled_part="first")
    assert refused.value.questions == ("settled_part_name",)


def test_what_both_say_goes_where_its_question_is_left_open() -> None:
    maybe = only(settled_part="maybe", settled_part_name="Ledger")
    assert settled(NAMED, maybe, settled_part="open").values == {}


# ---------------------------------------------------------------- what holds for any two


@examples(60)
@given(answers_files(words=True))
def test_nobody_disagrees_with_themselves(file: Json) -> None:
    found = between(file, file)
    assert found.items == ()
    assert found.same_stack
    assert settled(file, file) == parsed(file)


@examples(60)
@given(answers_files(words=True), answers_files(words=True))
def test_swapping_the_two_swaps_what_they_say(one: Json, other: Json) -> None:
    there, back = between(one, other), between(other, one)
    assert tuple(replace(i, first=i.second, second=i.first) for i in back.items) == there.items
    assert (there.first, there.second) == (back.second, back.first)


@examples(60)
@given(answers_files(words=True), answers_files(words=True))
def test_taking_one_side_throughout_gives_that_side(one: Json, other: Json) -> None:
    first, second = parsed(one), parsed(other)
    assert without_order(all_chosen(one, other, "first")) == without_order(first)
    assert without_order(all_chosen(one, other, "second")) == without_order(second)


@examples(100)
@given(answers_files(words=True), answers_files(words=True), st.data())
def test_what_is_settled_is_a_valid_file(one: Json, other: Json, data: st.DataObject) -> None:
    choices = {
        item.question: data.draw(st.sampled_from(allowed(item)))
        for item in between(one, other).items
    }
    joint = settled(one, other, **choices)
    assert parse(lens(), joint.to_file(lens())) == joint
    assert len(joint.changes) <= MAX_CHANGES
    for question, choice in choices.items():
        if choice == "open":
            assert question not in joint.answers_object(lens())


def allowed(item: Disagreement) -> list[str]:
    return ["first", "second", "open", *(["both"] if item.can_join else [])]


def verdict_with(own: Json, other: Json, question: str) -> Verdict:
    """The verdict on a file with the other's answer written into it, read anew."""
    file = deepcopy(own)
    file["answers"][question] = parsed(other).answers_object(lens()).get(question)
    return score(lens(), parsed(file))


@examples(60)
@given(answers_files(), answers_files())
def test_each_is_worth_what_trying_it_shows(one: Json, other: Json) -> None:
    agrees_with_trying(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (answers(), stable_answers()),
        (only(mistake="slow"), only(mistake="loose")),
        (only(schema="moving"), only(python="none")),
        (only(throughput="now"), only(peak_rps=1)),
        (only(changes=changes(*OPERATION_KINDS)), only(stage="idea")),
    ],
)
def test_it_is_so_for_these(one: Json, other: Json) -> None:
    agrees_with_trying(one, other)


def agrees_with_trying(one: Json, other: Json) -> None:
    found = between(one, other)
    for item in found.items:
        tries = [
            (found.first, verdict_with(one, other, item.question)),
            (found.second, verdict_with(other, one, item.question)),
        ]
        assert item.changes_verdict == any(was.stack != now.stack for was, now in tries)
        assert item.points == pytest.approx(max(abs(was.lean - now.lean) for was, now in tries))
    keys = [(not item.changes_verdict, -round(item.points, 9)) for item in found.items]
    assert keys == sorted(keys)
