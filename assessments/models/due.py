"""Reminders on their day: who sends one, and what its link begins.

Methods of `Reminder`, in a file of their own.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from ..tokens import new_token, token_hash

if TYPE_CHECKING:
    from .assessment import Assessment
    from .reminder import Reminder

# Sending takes seconds: whoever claimed longer ago than this has died over it.
CLAIM_LIFE = timedelta(hours=1)


def claim(self: Reminder) -> str | None:
    """Takes the reminder for this process; the token of the link that its mail is to have.

    None where another process has it, or has mailed since this object was read. One UPDATE on
    columns of the row alone decides it: that holds at any isolation, on both databases.
    """
    now, token = timezone.now(), new_token()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM_LIFE)
    waiting = free & unsent_for(self.assessment.review_on)
    rows = self._row.filter(waiting, confirmed_at__isnull=False)
    if not rows.update(claimed_at=now, again_hash=token_hash(token)):
        return None
    self.claimed_at = now
    return token


def let_go(self: Reminder) -> None:
    """Gives the reminder back unsent, with the link of the mail before, for the next run."""
    mine = self._row.filter(claimed_at=self.claimed_at)
    mine.update(claimed_at=None, again_hash=self.again_hash)


def sent(self: Reminder) -> None:
    """Notes that the mail has left: the same day is never mailed about again."""
    self._row.update(sent_for=self.assessment.review_on, claimed_at=None)


def unsent_for(review_on: date | models.F | None) -> Q:
    """The rows of which nobody was mailed about this day; an earlier one does not count."""
    return Q(sent_for=None) | Q(sent_for__lt=review_on)


def begun(self: Reminder) -> models.QuerySet[Assessment]:
    """Versions that were begun from the newest finished one, and not finished; the last first."""
    return self.about().next_versions.filter(finished_at=None).order_by("-pk")


@transaction.atomic
def begin_again(self: Reminder, seen: int) -> str | None:
    """Begins a new version with the same answers; the token of its edit link.

    None where another number of versions than ``seen`` has been begun already: pressing a button
    twice makes one. Raises DoesNotExist where the reminder has just been stopped.
    """
    row = type(self).objects.select_for_update().get(pk=self.pk)  # whoever comes second waits
    if row.begun().count() != seen:
        return None
    return type(row.assessment).objects.again(row.about())[1]
