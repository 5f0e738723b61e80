"""``manage.py prune``: remove what has been kept long enough; for cron, once a day."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from assessments.pruning import KINDS, removed


class Command(BaseCommand):
    help = (
        "Remove drafts untouched for DRAFT_DAYS, reminders never confirmed, and what else has had "
        "its time. Never a finished assessment. Safe to run again, and twice at once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(self, *args: Any, **options: Any) -> None:
        would = options["dry_run"]
        counts = {kind: kind.over().count() if would else removed(kind) for kind in KINDS}
        said = [kind.counted(count) for kind, count in counts.items() if count]
        verb = "Would remove" if would else "Removed"
        for line in said:
            self.stdout.write(f"{verb} {line}.")
        if not said:
            self.stdout.write("Nothing to remove.")
