"""Who may open what: each refusal is the same 404."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments import access
from assessments.models import Assessment, Reminder, Review, ShareLink
from assessments.tokens import new_token, token_hash
from tests.desk.people import consultant
from tests.invited import invited, two_invited
from tests.reminding import confirmed
from tests.web import CHANGE_HEAVY, STABILITY_HEAVY, Draft, draft

pytestmark = [pytest.mark.django_db, pytest.mark.queries]


@pytest.fixture
def finished() -> Draft:
    return draft(CHANGE_HEAVY, finished=True)


def refused(find: Callable[..., Any], *args: Any) -> None:
    with pytest.raises(Http404) as refusal:
        find(*args)
    assert not refusal.value.args


def test_an_edit_token_opens_its_own_assessment(finished: Draft) -> None:
    other = draft(CHANGE_HEAVY)
    assert access.editable(finished.token) == finished.assessment
    assert access.editable(other.token) == other.assessment


def test_a_share_token_shows_the_assessment_it_was_made_for(finished: Draft) -> None:
    draft(CHANGE_HEAVY, finished=True).share()
    _, token = finished.share()
    assert access.shown(token).assessment == finished.assessment


def test_neither_kind_of_token_opens_what_the_other_does(finished: Draft) -> None:
    _, token = finished.share()
    refused(access.editable, token)
    refused(access.shown, finished.token)


@pytest.mark.parametrize("token", ["b7" * 21 + "c", "", "None", "A" * 43, "A" * 42, "é" * 43])
def test_any_other_token_is_refused(finished: Draft, token: str) -> None:
    finished.share()
    opens = (access.editable, access.answerable, access.shown, access.open_link)
    for find in (*opens, access.invitation, access.paired, access.reminded):
        refused(find, token)


def test_the_stored_hash_is_no_token(finished: Draft) -> None:
    refused(access.editable, str(finished.now.edit_hash))
    refused(access.editable, str(finished.now.edit_hash)[:43])


def test_a_revoked_link_is_refused(finished: Draft) -> None:
    link, token = finished.share()
    link.revoke()
    refused(access.shown, token)


def test_a_link_is_refused_from_its_end_on(
    finished: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = timezone.now() + timedelta(days=7)
    _, token = ShareLink.objects.issue(finished.now, "", expires_at=ends)
    monkeypatch.setattr(timezone, "now", lambda: ends - timedelta(microseconds=1))
    assert access.shown(token).assessment == finished.assessment
    assert access.open_link(token)
    monkeypatch.setattr(timezone, "now", lambda: ends)
    refused(access.shown, token)
    refused(access.open_link, token)


def test_a_link_to_an_unfinished_assessment_is_refused() -> None:
    refused(access.shown, draft(CHANGE_HEAVY).share()[1])


def test_a_link_of_another_assessment_is_refused(finished: Draft) -> None:
    link, _ = finished.share()
    assert access.own_link(finished.now, link.pk) == link
    refused(access.own_link, draft(CHANGE_HEAVY, finished=True).now, link.pk)


def test_an_example_is_open_to_everybody_once_it_is_finished(finished: Draft) -> None:
    call_command("load_examples", verbosity=0)
    example = access.example("ledgerly")
    assert example.edit_hash is None
    Assessment.objects.filter(pk=example.pk).update(report=None)
    refused(access.example, "ledgerly")
    refused(access.example, "")


# ---- What comes with it ----


def asked_for(find: Callable[[], Any]) -> int:
    """How many queries it takes."""
    with CaptureQueriesContext(connection) as queries:
        find()
    return len(queries)


def reviewed(finished: Draft) -> Review:
    """A review that readers see."""
    review = Review.objects.write_and_publish(finished.now, 0, consultant("ben"), text="Sound.")
    return Review.objects.get(pk=review.pk)


def test_to_answer_questions_the_report_is_left_where_it_is(finished: Draft) -> None:
    answered = access.answerable(finished.token)
    assert answered == finished.assessment
    assert "report" in answered.get_deferred_fields()
    assert "report" not in access.editable(finished.token).get_deferred_fields()


def test_what_a_link_shows_is_read_at_once(finished: Draft) -> None:
    reviewed(finished)
    _, token = finished.share()

    def read() -> None:
        assessment = access.shown(token).assessment
        assert assessment.project.name
        assert assessment.review.text

    assert asked_for(read) == 1


def test_an_open_link_gives_what_tells_its_page_from_others(finished: Draft) -> None:
    draft(STABILITY_HEAVY, finished=True).share()
    link, token = finished.share()
    review, now = reviewed(finished), finished.now
    pk, shows, key, updated_at, published_at, version = access.open_link(token)
    assert (pk, shows, key, version) == (link.pk, link.shows, now.pk, review.version)
    moments = ShareLink.objects.filter(pk=pk).values_list(
        "assessment__updated_at", "assessment__review__published_at"
    )
    backend = connection.ops.adapt_datetimefield_value
    assert [str(updated_at)[:26], str(published_at)[:26]] == [
        str(backend(moment))[:26] for moment in moments[0]
    ]


def test_the_columns_that_tell_pages_apart_are_these() -> None:
    """Pages are kept by them: one that is missing would show what was withdrawn."""
    assert access.OF_SHARED == ("id", "updated_at", "review__published_at", "review__version")


def test_an_open_link_is_looked_up_by_one_query(finished: Draft) -> None:
    _, token = finished.share()
    assert asked_for(lambda: access.open_link(token)) == 1


# ---- Invitations ----


def test_an_invitation_is_open_until_it_is_closed() -> None:
    one, other = invited("Founder"), invited("CTO")
    assert access.invitation(one.token) == one.invite
    other.invite.revoke()
    refused(access.invitation, other.token)


def test_an_invitation_that_was_taken_up_leads_back_even_once_it_has_ended() -> None:
    taken = invited(expires_at=timezone.now() + timedelta(minutes=5))
    begun = taken.answer(CHANGE_HEAVY).assessment
    taken.invite.__class__.objects.update(expires_at=timezone.now() - timedelta(minutes=5))
    assert access.invitation(taken.token).assessment == begun
    assert access.editable(taken.token) == begun


def test_an_invitation_is_read_at_once_and_without_answers() -> None:
    pair, one, _other = two_invited()
    one.answer(CHANGE_HEAVY)

    def read() -> None:
        found = access.invitation(one.token)
        assert found.client.name
        assert found.created_by
        assert found.pair == pair
        assert found.assessment
        assert "answers" in found.assessment.get_deferred_fields()

    assert asked_for(read) == 1


# ---- Pairs ----


def test_one_of_a_pair_finds_the_pair_and_their_own_invitation() -> None:
    two_invited("Somebody", "else")
    pair, one, other = two_invited()
    for own in (one, other):
        own.answer(CHANGE_HEAVY)
    assert access.paired(one.token) == (pair, one.now)
    assert access.paired(other.token) == (pair, other.now)


def test_the_other_is_waited_for_until_their_invitation_is_closed() -> None:
    pair, one, other = two_invited()
    one.answer(CHANGE_HEAVY)
    assert access.paired(one.token) == (pair, one.now)
    other.invite.revoke()
    refused(access.paired, one.token)


def test_a_closed_invitation_that_was_taken_up_before_still_counts() -> None:
    pair, one, other = two_invited()
    one.answer(CHANGE_HEAVY)
    other.answer(CHANGE_HEAVY)
    other.now.__class__.objects.filter(pk=other.invite.pk).update(revoked_at=timezone.now())
    assert access.paired(one.token) == (pair, one.now)


def test_who_is_in_no_pair_has_none(finished: Draft) -> None:
    refused(access.paired, finished.token)


# ---- Reminders ----


def test_the_token_of_the_newest_mail_finds_its_reminder(finished: Draft) -> None:
    confirmed(draft(STABILITY_HEAVY, finished=True).assessment)
    reminder, token = confirmed(finished.assessment), new_token()
    Reminder.objects.filter(pk=reminder.pk).update(again_hash=token_hash(token))

    def read() -> None:
        found = access.reminded(token)
        assert found == reminder
        assert found.assessment.project.name

    assert asked_for(read) == 1
    refused(access.reminded, new_token())
    Reminder.objects.filter(pk=reminder.pk).update(confirmed_at=None)
    refused(access.reminded, token)


def test_the_link_at_the_end_of_a_mail_stops_its_reminder(finished: Draft) -> None:
    confirmed(draft(STABILITY_HEAVY, finished=True).assessment)
    reminder = confirmed(finished.assessment)
    assert access.stoppable(reminder.stop_key()) == reminder
    assert access.stoppable(f"{reminder.stop_key()}x") is None


# ---- Examples ----


def test_an_example_is_read_with_its_review_and_without_what_it_does_not_show() -> None:
    call_command("load_examples", verbosity=0)

    def read() -> None:
        example = access.example("ledgerly")
        assert "unnamed" in example.get_deferred_fields()
        assert not hasattr(example, "review")

    assert asked_for(read) == 1


def test_what_is_no_token_is_refused_without_a_query(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    with django_assert_num_queries(0):
        refused(access.editable, "None")


def test_an_invitation_comes_with_all_that_its_page_shows(
    finished: Draft, django_assert_num_queries: Callable[[int], Any]
) -> None:
    made = invited()
    invite, token = made.invite, made.token
    invite.assessment = finished.assessment
    invite.save()
    with django_assert_num_queries(1):
        found = access.invitation(token)
        assert found.assessment == finished.assessment
        assert found.client == invite.client
        assert found.created_by == invite.created_by
        assert found.pair is None


def test_a_replica_is_asked_for_the_rest_once_it_has_come_as_far(
    finished: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, token = finished.share()
    answers: list[ShareLink | None] = []

    def from_the_replica(ask: Callable[[], ShareLink | None]) -> ShareLink | None:
        answers.append(ask())
        return answers[-1]

    monkeypatch.setattr(access, "REPLICA", "default")
    monkeypatch.setattr(access, "first", from_the_replica)
    row = access.open_link(token)
    assert access.shown(token, row) == link
    assert access.shown(token, (*row[:-1], "another")) == link
    assert access.shown(token) == link
    assert answers == [link, None]
