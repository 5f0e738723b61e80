"""A reminder moves on to the newest version, and one process at a time mails it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.models import Assessment, CodeIsOver, Reminder
from assessments.models.due import CLAIM_LIFE
from assessments.models.reminder import UNCONFIRMED_LIFE, new_code
from tests.reminding import EMAIL, another, confirmed, in_days
from tests.web import CHANGE_HEAVY, LENS, Draft, draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def first() -> Assessment:
    return draft(CHANGE_HEAVY, finished=True).now


def again(assessment: Assessment, finished: bool = True) -> Assessment:
    """A version begun from this one."""
    made, token = Assessment.objects.again(assessment)
    if finished:
        made.finish(LENS)
    return Draft(made, token).now


# ---- Codes ----


def test_a_code_is_six_digits() -> None:
    assert {len(new_code()) for _ in range(100)} == {6}
    assert all(new_code().isdigit() for _ in range(100))


def test_tries_of_several_at_once_are_all_counted(first: Assessment) -> None:
    Reminder.objects.ask(first, EMAIL, "123456")
    several = [Reminder.objects.get() for _ in range(6)]
    tried = [reminder.is_code(another("123456")) for reminder in several[:5]]
    assert tried == [False] * 5
    with pytest.raises(CodeIsOver):
        several[5].is_code("123456")


def test_a_code_belongs_to_its_address(first: Assessment) -> None:
    Reminder.objects.ask(first, EMAIL, "123456")
    Reminder.objects.update(email="other@example.org")
    assert not Reminder.objects.get().is_code("123456")


def test_a_tab_that_knows_an_earlier_code_tries_nothing(first: Assessment) -> None:
    earlier = Reminder.objects.ask(first, EMAIL, "123456")
    Reminder.objects.ask(first, EMAIL, "654321")
    with pytest.raises(CodeIsOver):
        earlier.is_code("123456")
    assert Reminder.objects.get().is_code("654321")


def test_one_of_two_confirms(first: Assessment) -> None:
    Reminder.objects.ask(first, EMAIL, "123456")
    both = [Reminder.objects.get() for _ in range(2)]
    assert [reminder.confirm() for reminder in both] == [True, False]


def test_what_nobody_confirms_is_forgotten_after_a_day(first: Assessment) -> None:
    others = [draft(CHANGE_HEAVY, finished=True).now for _ in range(2)]
    kept = confirmed(others[0])
    young = Reminder.objects.ask(others[1], EMAIL, "123456")
    Reminder.objects.ask(first, EMAIL, "123456")
    old = timezone.now() - UNCONFIRMED_LIFE - timedelta(minutes=1)
    Reminder.objects.exclude(pk=young.pk).update(asked_at=old)
    assert Reminder.objects.forget_unconfirmed() == 1
    assert set(Reminder.objects.all()) == {kept, young}


# ---- Versions ----


def test_it_follows_when_a_newer_version_is_finished(first: Assessment) -> None:
    confirmed(first)
    draft_of_it = again(first, finished=False)
    assert Reminder.objects.get().assessment == first
    draft_of_it.finish(LENS)
    assert Reminder.objects.get().assessment == draft_of_it


def test_it_follows_over_versions_that_were_never_finished(first: Assessment) -> None:
    confirmed(first)
    third = again(again(first, finished=False))
    assert Reminder.objects.get().assessment == third


def test_an_address_that_waits_for_its_code_stays(first: Assessment) -> None:
    Reminder.objects.ask(first, EMAIL, "123456")
    again(first)
    assert Reminder.objects.get().assessment == first


def test_finishing_another_assessment_of_the_project_moves_nothing(first: Assessment) -> None:
    confirmed(first)
    beside = draft(CHANGE_HEAVY)
    Assessment.objects.filter(pk=beside.assessment.pk).update(project=first.project)
    beside.now.finish(LENS)
    assert Reminder.objects.get().assessment == first


def test_two_reminders_never_end_at_one_version(first: Assessment) -> None:
    newer = again(first)
    on_newer, on_first = confirmed(newer, "newer@example.org"), confirmed(first)
    on_first.follow()
    assert on_first.assessment == first
    assert on_first.about() == newer
    assert set(Reminder.objects.values_list("pk", "assessment")) == {
        (on_newer.pk, newer.pk),
        (on_first.pk, first.pk),
    }


def test_the_newest_is_the_one_finished_last(first: Assessment) -> None:
    second, third = again(first), again(first)
    assert Reminder(assessment=first).about() == third
    second.refresh_from_db()
    assert Reminder(assessment=second).about() == second
    Assessment.objects.filter(pk=second.pk).update(finished_at=timezone.now())
    assert Reminder(assessment=first).about() == second


def test_versions_in_a_ring_end_the_search(first: Assessment) -> None:
    second = again(first)
    Assessment.objects.filter(pk=first.pk).update(previous=second)
    first.refresh_from_db()
    assert Reminder(assessment=first).about() == second


# ---- Claims ----


def test_of_two_processes_one_has_it(first: Assessment) -> None:
    confirmed(first, day=in_days(0))
    one, two = Reminder.objects.get(), Reminder.objects.get()
    assert one.claim()
    assert two.claim() is None
    one.sent()
    assert two.claim() is None


def test_what_is_let_go_can_be_had_again_and_keeps_its_link(first: Assessment) -> None:
    confirmed(first, day=in_days(0))
    Reminder.objects.update(again_hash="x" * 64)
    one = Reminder.objects.get()
    assert one.claim()
    assert Reminder.objects.get().again_hash != "x" * 64
    one.let_go()
    assert Reminder.objects.get().again_hash == "x" * 64
    assert Reminder.objects.get().claim()


def test_a_process_that_died_is_taken_over_after_an_hour(first: Assessment) -> None:
    confirmed(first, day=in_days(0))
    died = Reminder.objects.get()
    died.claim()
    Reminder.objects.update(claimed_at=timezone.now() - CLAIM_LIFE + timedelta(minutes=1))
    assert Reminder.objects.get().claim() is None
    Reminder.objects.update(claimed_at=timezone.now() - CLAIM_LIFE - timedelta(minutes=1))
    assert Reminder.objects.get().claim()
    died.let_go()  # it was not dead: the claim is another's now
    assert Reminder.objects.get().claimed_at


def test_what_is_not_confirmed_is_never_claimed(first: Assessment) -> None:
    reminder = Reminder.objects.ask(first, EMAIL, "123456")
    Assessment.objects.update(review_on=in_days(0))
    assert reminder.claim() is None
    assert Reminder.objects.due(in_days(0)) == []


@pytest.mark.parametrize(
    ("day", "sent_for", "is_due"),
    [(0, None, True), (-9, None, True), (1, None, False), (0, 0, False), (0, -9, True)],
)
def test_it_is_due_from_the_day_on_until_that_day_was_mailed_about(
    first: Assessment, day: int, sent_for: int | None, is_due: bool
) -> None:
    reminder = confirmed(first, day=in_days(day))
    Reminder.objects.update(sent_for=None if sent_for is None else in_days(sent_for))
    assert (Reminder.objects.due(in_days(0)) == [reminder.pk]) is is_due
    assert Reminder.objects.get().is_due(in_days(0)) is is_due
