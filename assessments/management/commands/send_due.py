"""``manage.py send_due``: a mail to everybody whose day to look again has come."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments import mails
from assessments.models import Reminder

_log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Mail everybody whose day to look again has come, once for each day. Safe to run again, "
        "and twice at once."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SITE_URL:
            raise CommandError(
                "SITE_URL is not set, and the links in the mails need it: write"
                " SITE_URL=https://stackpick.example.org."
            )
        forgotten = Reminder.objects.forget_unconfirmed()
        results = Counter(map(self.remind, Reminder.objects.due(timezone.localdate())))
        self.tell(results, forgotten)
        if results["failed"]:
            raise CommandError(
                f"{results['failed']} could not be mailed; the next run tries again."
            )

    def remind(self, key: int) -> str:
        """What came of one reminder: sent, failed, or left where there is nothing to do."""
        found = Reminder.objects.filter(pk=key).select_related("assessment__project").first()
        if found is None:  # stopped since the list was made
            return "left"
        found.follow()
        if not found.is_due(timezone.localdate()):
            return "moved"
        again_token = found.claim()
        return self.mail(found, again_token) if again_token else "left"

    def mail(self, reminder: Reminder, again_token: str) -> str:
        try:
            mails.send_due(reminder, settings.SITE_URL, again_token, timezone.localdate())
        except Exception as failure:  # whatever it is, the others are to have their mails
            reminder.let_go()
            # what else it says may hold the address
            reason = failure if isinstance(failure, mails.NotSent) else type(failure).__name__
            _log.error("Reminder %d could not be mailed: %s.", reminder.pk, reason)
            return "failed"
        reminder.sent()
        return "sent"

    def tell(self, results: Counter[str], forgotten: int) -> None:
        self.stdout.write(f"Mails sent: {results['sent']}")
        if results["moved"]:
            self.stdout.write(f"Waiting for the day of a newer version: {results['moved']}")
        if results["left"]:
            self.stdout.write(f"Left to another run, or stopped: {results['left']}")
        if forgotten:
            self.stdout.write(f"Addresses forgotten that nobody confirmed: {forgotten}")
