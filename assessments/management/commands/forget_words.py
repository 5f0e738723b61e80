"""``manage.py forget_words``: take what was deleted out of the search index, at any size."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from assessments.models.search import forget_deleted


class Command(BaseCommand):
    help = (
        "Merge SQLite's search index, so that no word of a deleted assessment is left in it. "
        "A deletion does this by itself as long as there are few assessments; with many, run this "
        "daily. PostgreSQL needs no such thing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        forget_deleted(most=None)
        self.stdout.write("No word of what was deleted is left in the search index.")
