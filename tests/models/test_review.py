"""A review: saved over what was read and nothing else, published as it stands, withdrawn."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from assessments.models import Assessment, Review, StaleReview, State
from tests.desk.people import assessment_of, client_of, consultant
from tests.factories import lens, parsed, stable_answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    made = consultant("ada")
    made.first_name, made.last_name = "Ada", "Lovelace"
    made.save()
    return made


@pytest.fixture
def finished(ada: User) -> Assessment:
    """A founder's whom the verdict tells to start with FastAPI."""
    return assessment_of(client_of(ada))


def write(assessment: Assessment, by: Any, based_on: int = 0, **given: str) -> Review:
    text = given.pop("text", "Well said.")
    return Review.objects.write(assessment, based_on, by, text=text, **given)


def now(assessment: Assessment) -> Assessment:
    return Assessment.objects.get(pk=assessment.pk)


def test_a_saved_review_is_the_consultants_alone(finished: Assessment, ada: User) -> None:
    review = write(finished, ada)
    assert (review.version, review.author, review.published) == (1, ada, None)
    assert now(finished).state == State.REVIEWED


def test_the_second_of_two_is_told_and_nothing_is_overwritten(
    finished: Assessment, ada: User
) -> None:
    ben = consultant("ben")
    write(finished, ada, text="Mine was first.")
    with pytest.raises(StaleReview) as told:
        write(finished, ben, text="So was mine.")
    assert told.value.review.text == "Mine was first."
    assert told.value.review.author == ada
    assert Review.objects.get().text == "Mine was first."
    assert Review.history.count() == 1


def test_two_first_reviews_in_the_same_moment_leave_one(
    finished: Assessment, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one who looked before the other had saved finds no review, and yet may not add one."""
    write(finished, ada, text="Mine was first.")
    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "first", lambda rows: None)
        with pytest.raises(StaleReview) as told:
            write(finished, consultant("ben"), text="So was mine.")
    assert told.value.review.text == "Mine was first."
    assert Review.objects.get().text == "Mine was first."


def test_a_doubled_save_is_harmless(finished: Assessment, ada: User) -> None:
    for _ in range(2):
        assert write(finished, ada).version == 1
    assert Review.history.count() == 1


def test_what_was_read_can_be_saved_over(finished: Assessment, ada: User) -> None:
    first = write(finished, ada)
    second = write(finished, consultant("ben"), first.version, text="Better said.")
    assert (second.version, Review.objects.get().text) == (2, "Better said.")


def test_history_says_who_and_why(finished: Assessment, ada: User) -> None:
    write(finished, ada).publish(1, ada)
    Review.objects.get().withdraw(ada)
    lines = Review.history.order_by("history_id")
    assert [line.history_change_reason for line in lines] == [
        "review saved",
        "review published",
        "review withdrawn",
    ]
    assert {line.history_user for line in lines} == {ada}
    moved = finished.history.filter(history_user=ada).order_by("history_id")
    assert [line.state for line in moved] == ["reviewed", "published", "reviewed"]


def test_a_draft_has_nothing_to_review(ada: User) -> None:
    draft = assessment_of(client_of(ada), finished=False)
    with pytest.raises(ValidationError, match="no verdict to review"):
        write(draft, ada)
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"overrules": "go"}, "reason"),
        ({"overrules": "go", "reason": " \n"}, "reason"),
        ({"overrules": "fastapi", "reason": "Agreed."}, "overrules"),
        ({"overrules": "erlang", "reason": "Phones."}, "overrules"),
    ],
)
def test_overruling_takes_the_other_stack_and_a_reason(
    finished: Assessment, ada: User, given: dict[str, str], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        write(finished, ada, 0, **given)
    assert set(refused.value.message_dict) == {field}
    assert not Review.objects.exists()


def test_what_is_published_is_a_copy(finished: Assessment, ada: User) -> None:
    review = write(finished, ada, overrules="go", reason="They know it by heart.")
    review.publish(1, ada)
    write(finished, ada, review.version, text="Not shown yet.")
    about = now(finished).finished_at
    assert about
    assert Review.objects.get().published == {
        "text": "Well said.",
        "overrules": "go",
        "reason": "They know it by heart.",
        "by": "Ada Lovelace",
        "about": about.isoformat(),
    }
    assert now(finished).state == State.PUBLISHED


def test_whoever_has_no_full_name_signs_with_the_short_one(finished: Assessment) -> None:
    ben = consultant("ben")
    write(finished, ben).publish(1, ben)
    published = Review.objects.get().published
    assert published
    assert published["by"] == "ben"


def test_no_later_version_than_the_one_read_is_published(finished: Assessment, ada: User) -> None:
    review = write(finished, ada)
    write(finished, consultant("ben"), 1, text="Another word.")
    with pytest.raises(StaleReview):
        review.publish(1, ada)
    assert Review.objects.get().published is None
    assert now(finished).state == State.REVIEWED


def test_publishing_twice_keeps_the_first_date(finished: Assessment, ada: User) -> None:
    review = write(finished, ada)
    review.publish(1, ada)
    first = Review.objects.get().published_at
    review.publish(1, ada)
    assert Review.objects.get().published_at == first


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_an_empty_review_is_not_published(finished: Assessment, ada: User, text: str) -> None:
    review = write(finished, ada, text=text, reason="Only this")
    assert now(finished).state == State.FINISHED
    with pytest.raises(ValidationError, match="nothing to publish"):
        review.publish(review.version, ada)


def test_a_verdict_that_has_come_round_is_not_overruled(finished: Assessment, ada: User) -> None:
    review = write(finished, ada, overrules="go", reason="They know it by heart.")
    current = now(finished)
    current.take(lens(), parsed(stable_answers()))
    current.finish(lens())
    with pytest.raises(ValidationError, match="Go already"):
        review.publish(1, ada)


def test_withdrawing_keeps_the_working_copy(finished: Assessment, ada: User) -> None:
    review = write(finished, ada)
    review.publish(1, ada)
    for _ in range(2):
        Review.objects.get().withdraw(ada)
    kept = Review.objects.get()
    assert (kept.text, kept.published, kept.published_at) == ("Well said.", None, None)
    assert now(finished).state == State.REVIEWED
    assert kept.version == 3


def test_saving_beside_a_published_review_leaves_it_published(
    finished: Assessment, ada: User
) -> None:
    review = write(finished, ada)
    review.publish(1, ada)
    write(finished, ada, review.version, text="To come.")
    assert now(finished).state == State.PUBLISHED


def test_a_new_verdict_leaves_what_is_published(finished: Assessment, ada: User) -> None:
    write(finished, ada).publish(1, ada)
    current = now(finished)
    current.take(lens(), parsed(stable_answers()))
    current.finish(lens())
    assert now(finished).state == State.PUBLISHED
