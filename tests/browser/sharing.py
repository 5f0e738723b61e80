"""Share links of all kinds, a broken report, a visitor who is refused; runs beside a server."""

from __future__ import annotations

import hashlib
import time
from datetime import datetime, timedelta

from django.utils import timezone

from assessments import access
from assessments.models import Assessment, Bucket, ShareLink, Shows

LONG_SECONDS = 90 * 60


def links(edit_token: str, wordy: bool) -> None:
    """A share link of every kind; where ``wordy``, each label is a long word."""
    assessment = access.editable(edit_token)
    morning = timezone.now().replace(hour=9, minute=30, second=0, microsecond=0)
    day = timedelta(days=1)
    revoked = _link(assessment, "W" * 80 if wordy else "An agency", morning - 20 * day)
    expired = _link(assessment, "The summer school", morning - 9 * day, morning - 2 * day)
    read = _link(assessment, "", morning - 5 * day)
    ending = _link(assessment, "Ayşe, the board’s engineer", morning - 3 * day, morning + 27 * day)
    less = _link(assessment, "W" * 80 if wordy else "Our README", morning - day)
    of = ShareLink.objects.filter
    of(pk=revoked).update(revoked_at=morning - 18 * day, views=2, last_viewed_at=morning - 19 * day)
    of(pk=expired).update(views=11, last_viewed_at=morning - 3 * day)
    of(pk=read).update(views=1, last_viewed_at=morning - 4 * day)
    of(pk=ending).update(views=7, last_viewed_at=morning - day)
    of(pk=less).update(views=1284, last_viewed_at=morning, shows=Shows.UNNAMED)


def _link(assessment: Assessment, label: str, made: datetime, ends: datetime | None = None) -> int:
    link, _ = ShareLink.objects.issue(assessment, label, expires_at=ends)
    ShareLink.objects.filter(pk=link.pk).update(created_at=made)
    return link.pk


def break_report(edit_token: str) -> None:
    """A report of which no file can be made."""
    assessment = access.editable(edit_token)
    assessment.report = {**assessment.pinned(), "headline": {}}
    assessment.save()


def refuse(who: str) -> None:
    """An address that has tried too many addresses."""
    key = hashlib.sha256(f"guesses {who}".encode()).hexdigest()
    full_at = time.time() + 3600 + LONG_SECONDS
    Bucket.objects.update_or_create(key=key, defaults={"full_at": full_at})
