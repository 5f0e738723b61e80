"""Versions: each begun from the answers of another one, and told in order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.models import Assessment, Project, SearchText, ShareLink
from assessments.models.versions import _of_one_tree
from assessments.tokens import new_token, token_hash
from tests.web import CHANGE_HEAVY, FOUNDERS, LENS, Draft, draft

pytestmark = pytest.mark.django_db
FILE = FOUNDERS["with a settled part"].file


@pytest.fixture
def first() -> Draft:
    return draft(FILE, finished=True)


def again(of: Draft, finished: bool = False) -> Draft:
    made, token = Assessment.objects.again(of.now)
    if finished:
        made.finish(LENS)
    return Draft(made, token)


def numbers(of: Draft) -> list[tuple[int, int | None]]:
    return [(each.number, each.begun_from) for each in of.now.versions().all]


def test_it_has_the_same_answers_in_every_place(first: Draft) -> None:
    second = again(first)
    assert second.now.answers_file(LENS) == FILE
    rows = [change.as_dict() for change in second.now.changes.order_by("position")]
    assert rows == FILE["answers"]["changes"]
    assert second.now.stage == "early_users"
    words = SearchText.objects.get(assessment=second.assessment).words
    assert words == SearchText.objects.get(assessment=first.assessment).words
    assert "marina" in words


def test_it_is_a_draft_of_the_same_project_with_an_address_of_its_own(first: Draft) -> None:
    second = again(first)
    assert second.now.project_id == first.assessment.project_id
    assert second.now.previous_id == first.assessment.pk
    assert (second.now.report, second.now.state, second.now.review_on) == (None, "draft", None)
    assert second.now.edit_hash == token_hash(second.token) != first.now.edit_hash


def test_the_old_one_stays_as_it_was(first: Draft) -> None:
    before = Assessment.objects.filter(pk=first.assessment.pk).values().get()
    second = again(first)
    second.save("team", go="fluent")
    second.now.finish(LENS)
    assert Assessment.objects.filter(pk=first.assessment.pk).values().get() == before


def test_it_begins_with_what_was_saved_last_even_if_not_finished(first: Draft) -> None:
    first.save("team", go="fluent")
    assert again(first).answers.values["go"] == "fluent"


def test_what_was_seen_is_not_assumed_anew_and_saves_as_usual(first: Draft) -> None:
    first.save("moving", schema=None)
    second = again(first)
    assert "moving" in second.now.touched
    second.now.record(LENS, "moving", {"schema": "settled"}, second.version)
    assert second.answers.values["schema"] == "settled"


def test_links_stay_with_the_old_one(first: Draft) -> None:
    first.share("For the board")
    again(first)
    assert ShareLink.objects.get().assessment == first.assessment


def test_asked_for_twice_with_one_token_there_is_one(first: Draft) -> None:
    token = new_token()
    one, _ = Assessment.objects.again(first.now, token)
    one.record(LENS, "team", {"go": "fluent"}, one.version)
    other, same = Assessment.objects.again(first.now, token)
    assert (other.pk, same) == (one.pk, token)
    assert other.answers["go"] == "fluent"
    assert Assessment.objects.count() == 2


def test_versions_are_numbered_and_say_what_they_were_begun_from(first: Draft) -> None:
    second = again(first, finished=True)
    third, branch = again(second), again(first)
    expected = [(1, None), (2, 1), (3, 2), (4, 1)]
    for each in (first, second, third, branch):
        assert numbers(each) == expected
    assert branch.now.versions().this.number == 4


def test_other_assessments_of_the_project_are_no_versions(first: Draft) -> None:
    Assessment.objects.create(project=first.now.project)
    draft(FILE, finished=True)
    again(first)
    assert numbers(first) == [(1, None), (2, 1)]
    assert first.now.versions().has_later


def test_the_last_finished_one_is_looked_for_on_the_way_back(first: Draft) -> None:
    unfinished = again(first)
    third = again(unfinished, finished=True)
    branch = again(first, finished=True)
    for each in (third, branch):
        before = each.now.versions().finished_before()
        assert before
        assert before.assessment.pk == first.assessment.pk
    assert first.now.versions().finished_before() is None


def test_a_deleted_version_leaves_no_gap(first: Draft) -> None:
    second = again(first, finished=True)
    third = again(again(second), finished=True)
    gone = Assessment.objects.exclude(pk__in=[first.assessment.pk, third.assessment.pk])
    assert gone.count() == 2
    gone.forget()
    assert numbers(third) == [(1, None), (2, 1)]
    assert third.now.previous_id == first.assessment.pk


def test_without_the_first_one_the_next_is_the_first(first: Draft) -> None:
    second = again(first)
    Assessment.objects.filter(pk=first.assessment.pk).forget()
    assert numbers(second) == [(1, None)]
    assert Project.objects.get() == second.now.project


def test_asking_for_them_is_one_query_however_many(
    first: Draft, django_assert_num_queries: Any
) -> None:
    for _ in range(4):
        again(first, finished=True)
    now = first.now
    with django_assert_num_queries(1):
        told = [
            (each.assessment.stack, each.assessment.robust, each.assessment.finished_at)
            for each in now.versions().all
        ]
    assert len(told) == 5


def test_a_draft_alone_is_the_one_version() -> None:
    alone = draft(CHANGE_HEAVY)
    assert alone.now.versions().is_alone
    assert not alone.now.versions().has_later


@given(st.lists(st.integers(0, 12), min_size=1, max_size=12))
def test_of_all_in_a_project_just_those_that_hang_together_are_told(earlier: list[int]) -> None:
    """Row n was begun from an earlier row, or from none; found here by following both ways."""
    rows = [
        Assessment(pk=pk, previous_id=before if 0 < before < pk else None)
        for pk, before in enumerate(earlier, start=1)
    ]
    for row in rows:
        found, left = {row.pk}, True
        while left:
            more = {o.pk for o in rows if o.previous_id in found}
            more |= {o.previous_id for o in rows if o.pk in found and o.previous_id}
            left, found = bool(more - found), found | more
        assert {each.pk for each in _of_one_tree(rows, row.pk)} == found
