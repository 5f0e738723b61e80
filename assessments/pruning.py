"""What is removed by itself once its time is over: abandoned drafts, and what was kept for a while.

In batches, each in a transaction of its own, so that nobody waits for long; each looks again at
what is still there and still over, so that two at once do no harm. Nothing finished is ever here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from .models import Assessment, Bucket, PendingImport, Reminder, State
from .models.intake import IMPORT_KEPT
from .models.reminder import UNCONFIRMED_LIFE

AT_ONCE = 100

Rows = QuerySet[Any, Any]


@dataclass(frozen=True)
class Kind:
    """One kind of rows that go; ``over`` are those whose time is over just now."""

    one: str
    many: str
    over: Callable[[], Rows]
    remove: Callable[[Rows], object] = lambda rows: rows.delete()

    def counted(self, count: int) -> str:
        return f"1 {self.one}" if count == 1 else f"{count:,} {self.many}"


def _before(kept: timedelta) -> datetime:
    return timezone.now() - kept


def drafts() -> QuerySet[Assessment]:
    """Those that nobody has saved for DRAFT_DAYS; a worked example is nobody's draft."""
    unfinished = Assessment.objects.filter(state=State.DRAFT, finished_at=None, report__isnull=True)
    kept = timedelta(days=settings.DRAFT_DAYS)
    return unfinished.filter(slug=None, updated_at__lt=_before(kept))


def reminders() -> Rows:
    return Reminder.objects.filter(confirmed_at=None, asked_at__lt=_before(UNCONFIRMED_LIFE))


KINDS = (
    Kind("abandoned draft", "abandoned drafts", drafts, lambda rows: rows.forget()),  # type: ignore[attr-defined]
    Kind("unconfirmed reminder", "unconfirmed reminders", reminders),
    Kind(
        "full rate bucket",
        "full rate buckets",
        lambda: Bucket.objects.filter(full_at__lte=time.time()),
    ),
    Kind(
        "import that was not gone through with",
        "imports that were not gone through with",
        lambda: PendingImport.objects.filter(created_at__lt=_before(IMPORT_KEPT)),
    ),
    Kind(
        "expired session",
        "expired sessions",
        lambda: Session.objects.filter(expire_date__lt=timezone.now()),
    ),
    Kind(
        "failed sign-in that counts no more",
        "failed sign-ins that count no more",
        lambda: AccessAttempt.objects.filter(attempt_time__lt=_before(settings.AXES_COOLOFF_TIME)),
    ),
)


def removed(kind: Kind) -> int:
    """Removes all of a kind; how many there were."""
    total = 0
    while count := _batch(kind):
        total += count
    return total


@transaction.atomic
def _batch(kind: Kind) -> int:
    rows = kind.over().order_by("pk")
    keys = list(rows.select_for_update().values_list("pk", flat=True)[:AT_ONCE])
    if keys:
        kind.remove(rows.filter(pk__in=keys))
    return len(keys)
