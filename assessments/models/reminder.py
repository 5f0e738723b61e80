"""An e-mail address that is told when the day to look again has come."""

from __future__ import annotations

from datetime import timedelta

from django.db import models

from .assessment import Assessment

# An address that nobody has confirmed by then is removed again.
CONFIRM_WITHIN = timedelta(days=7)


class Reminder(models.Model):
    """One address for one assessment; nothing but the code is sent before it is confirmed.

    ``code_hash`` belongs to the code of the first mail, of which only so many may be tried.
    ``sent_for`` is the review date that was last mailed about: a date that is moved fires anew.
    ``claimed_at`` marks the row for the process that is mailing just now. ``again_hash`` belongs
    to the link of that mail, which starts a re-assessment.
    """

    assessment = models.OneToOneField(Assessment, on_delete=models.CASCADE, related_name="reminder")
    email = models.EmailField()
    code_hash = models.CharField(max_length=128, blank=True, editable=False)
    code_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True, editable=False)
    sent_for = models.DateField(null=True, editable=False)
    # no value is null here, not "", because it is unique
    again_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001

    def __str__(self) -> str:
        return f"Reminder of {self.assessment_id}"
