"""What a consultant adds to an assessment: a review, notes, and milestones to come back to."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from ..lens import current_lens
from ..naming import person_name
from .assessment import REPORTS, Assessment, State
from .history import because, kept_history

SAVED, PUBLISHED, WITHDRAWN = "review saved", "review published", "review withdrawn"


class StaleReview(Exception):
    """Somebody saved, published or withdrew it since it was read; nothing was stored.

    ``review`` is the review as it stands.
    """

    def __init__(self, review: Review) -> None:
        self.review = review
        super().__init__("the review was changed by somebody else since it was read")


class ReviewQuerySet(models.QuerySet["Review"]):
    @transaction.atomic
    def write(
        self,
        assessment: Assessment,
        based_on: int,
        by: Any,
        *,
        text: str,
        overrules: str = "",
        reason: str = "",
    ) -> Review:
        """Saves the working copy; readers see none of it until it is published.

        ``based_on`` is the version that was read, 0 where there was no review yet. Saving what
        is saved already changes nothing, so that a doubled save is harmless.

        Raises:
            StaleReview: somebody else saved in the meantime.
            ValidationError: by field, what is wrong with it.
        """
        held = _hold(assessment)
        wanted = {"text": text, "overrules": overrules, "reason": reason}
        Review(assessment=held, **wanted).clean()
        stored = self.filter(assessment=held).first()
        if stored and stored.working_copy() == wanted:
            return stored
        if stored is None:
            review = self._first(held, wanted | {"author": by, "version": 1})
        else:
            review = stored
            review.swap_in(based_on, wanted | {"author": by})
        review.leave_trace(by, SAVED, new=stored is None)
        _move(held, review.state(), by, SAVED)
        return review

    @transaction.atomic
    def write_and_publish(
        self, assessment: Assessment, based_on: int, by: Any, **copy: str
    ) -> Review:
        """Saves the working copy and shows it to readers: both, or neither."""
        _hold(assessment)
        before = self.filter(assessment=assessment).values_list("version", flat=True).first()
        review = self.write(assessment, based_on, by, **copy)
        # where nothing was left to save, it still has to be the version that was read
        review.publish(based_on if review.version == before else review.version, by)
        return review

    def _first(self, assessment: Assessment, columns: dict[str, Any]) -> Review:
        """The first version; there is one review an assessment, so one of two writers gets in."""
        review = Review(assessment=assessment, **columns)
        try:
            with transaction.atomic():
                review.save_without_historical_record()  # type: ignore[attr-defined]
        except IntegrityError:
            raise StaleReview(self.get(assessment=assessment)) from None
        return review


def _hold(assessment: Assessment) -> Assessment:
    """The assessment as it stands, which nobody else moves until the transaction ends."""
    rows = Assessment.objects.select_for_update().defer(*REPORTS)
    held = rows.get(pk=assessment.pk)
    if held.finished_at is None:
        raise ValidationError("There is no verdict to review yet.")
    return held


def _move(assessment: Assessment, state: State, by: Any, reason: str) -> None:
    if assessment.state == state:
        return
    assessment.state = state
    because(assessment, reason, by).save(update_fields=["state", "updated_at"])


class Review(models.Model):
    """A consultant's judgement of a finished assessment.

    The fields are the working copy. Readers see ``published`` alone, the copy made when it was
    published last: ``{"text", "overrules", "reason", "by", "about"}``, the last the ISO time at
    which the report that it is about was pinned. ``version`` moves with each change, those of
    what is published included.
    """

    assessment = models.OneToOneField(Assessment, on_delete=models.CASCADE, related_name="review")
    text = models.TextField(max_length=20_000, blank=True)
    overrules = models.CharField(max_length=20, blank=True)
    reason = models.TextField(max_length=2_000, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    updated_at = models.DateTimeField(auto_now=True)
    published = models.JSONField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)

    objects = ReviewQuerySet.as_manager()
    history = kept_history()

    def __str__(self) -> str:
        return f"Review of {self.assessment}"

    def clean(self) -> None:
        """Overruling takes another stack than the verdict's, and a reason."""
        if not self.overrules:
            return
        stacks = {str(stack): text for stack, text in current_lens().stacks.items()}
        if self.overrules not in stacks:
            raise ValidationError({"overrules": "Choose one of the stacks."})
        if self.overrules == self.assessment.stack:
            name = stacks[self.overrules].name
            raise ValidationError({"overrules": f"The verdict is {name} already."})
        if not self.reason.strip():
            raise ValidationError({"reason": "Say why you overrule the verdict."})

    def working_copy(self) -> dict[str, str]:
        return {"text": self.text, "overrules": self.overrules, "reason": self.reason}

    @property
    def is_empty(self) -> bool:
        return not (self.text.strip() or self.overrules)

    def state(self) -> State:
        """The state of an assessment that has this review."""
        if self.published is not None:
            return State.PUBLISHED
        return State.FINISHED if self.is_empty else State.REVIEWED

    @transaction.atomic
    def publish(self, based_on: int, by: Any) -> None:
        """Shows readers the working copy of version ``based_on``, and no later one.

        Raises:
            StaleReview: somebody else changed it in the meantime.
            ValidationError: it is empty, or overrules with nothing to overrule.
        """
        held = self._read_again()
        if self.is_empty:
            raise ValidationError({"text": "There is nothing to publish yet."})
        self.clean()
        shown = self.working_copy() if self.overrules else self.working_copy() | {"reason": ""}
        shown |= {"by": person_name(by), "about": held.moment()}
        if shown == self.published:
            return
        self.swap_in(based_on, {"published": shown, "published_at": timezone.now()})
        self.leave_trace(by, PUBLISHED)
        _move(held, self.state(), by, PUBLISHED)

    @transaction.atomic
    def withdraw(self, by: Any) -> None:
        """Takes it from readers again; the working copy stays."""
        held = self._read_again()
        if self.published is None:
            return
        self.swap_in(self.version, {"published": None, "published_at": None})
        self.leave_trace(by, WITHDRAWN)
        _move(held, self.state(), by, WITHDRAWN)

    def _read_again(self) -> Assessment:
        self.assessment = held = _hold(self.assessment)
        self.refresh_from_db(from_queryset=Review.objects.select_for_update())
        self.assessment = held
        return held

    def swap_in(self, based_on: int, columns: dict[str, Any]) -> None:
        """Stores columns in a new version, over version ``based_on`` and no other."""
        columns |= {"version": based_on + 1, "updated_at": timezone.now()}
        unchanged = Review.objects.filter(pk=self.pk, version=based_on)
        if not unchanged.update(**columns):
            raise StaleReview(Review.objects.select_related("author").get(pk=self.pk))
        for name, value in columns.items():
            setattr(self, name, value)

    def leave_trace(self, by: Any, reason: str, new: bool = False) -> None:
        """A line of history, which a conditional update does not leave by itself."""
        Review.history.bulk_history_create(
            [self], update=not new, default_user=by, default_change_reason=reason
        )


class Note(models.Model):
    """An internal note; nothing that leaves the desk ever shows it."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField(max_length=5_000)
    # What form it came from, as a hash, so that one sent twice adds it once.
    once = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.text[:60]


class Milestone(models.Model):
    """An assessment as it stood, frozen under a name: the answers file and the report on it."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="milestones")
    name = models.CharField(max_length=80)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    answers_file = models.JSONField(editable=False)
    report: Any = models.JSONField(editable=False)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("assessment", "name"), name="one_milestone_a_name"),
        )

    def __str__(self) -> str:
        return self.name
