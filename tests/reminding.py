"""Reminders, for the tests: asked for as a founder does, or confirmed at once."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from assessments.models import Assessment, Reminder
from tests.web import Draft, controls, form_of

EMAIL = "founder@example.org"


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def ask(client: Client, finished: Draft, email: str = EMAIL) -> Any:
    """Leaves an address on the result, by its form."""
    form = form_of(client.get(finished.url("result")), "Send me a code")
    return client.post(str(form["action"]), controls(form) | {"email": email})


def press(client: Client, finished: Draft, button: str, **typed: str) -> Any:
    """Sends the form with this button, as it stands on the result."""
    form = form_of(client.get(finished.url("result")), button)
    return client.post(str(form["action"]), controls(form) | typed)


def newest_mail() -> EmailMessage:
    return mail.outbox[-1]


def code_in_mail() -> str:
    """The code of the newest mail."""
    found = re.search(r"\b\d{6}\b", str(newest_mail().body))
    assert found
    return found[0]


def another(code: str) -> str:
    """A code that it is not."""
    return f"{(int(code) + 1) % 10**6:06d}"


def link_in_mail(part: str) -> str:
    """The path of the link with this part in it, in the newest mail."""
    found = re.search(rf"https?://[^/\s]+(/{part}/\S+)", str(newest_mail().body))
    assert found
    return found[1]


def confirmed(assessment: Assessment, email: str = EMAIL, day: date | None = None) -> Reminder:
    """A confirmed reminder, for the day of the assessment or for another."""
    if day:
        Assessment.objects.filter(pk=assessment.pk).update(review_on=day)
    now = timezone.now()
    return Reminder.objects.create(
        assessment=Assessment.objects.get(pk=assessment.pk),
        email=email,
        asked_at=now,
        confirmed_at=now,
    )
