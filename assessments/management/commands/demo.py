"""``manage.py demo``: a desk to look around on."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.demo import DeskInUse, fill
from assessments.models import Assessment, Client


class Command(BaseCommand):
    help = "Fill an empty desk with two consultants, made-up clients and scored assessments."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            logins = fill()
        except DeskInUse:
            raise CommandError(
                "This database has clients or consultants already, and nothing was added to it."
            ) from None
        clients, assessments = Client.objects.count(), Assessment.objects.count()
        self.stdout.write(
            f"Made {len(logins)} consultants, {clients} clients and {assessments} assessments."
        )
        for login in logins:
            self.stdout.write(f"  {login.username:<8} {login.password}")
        port = os.environ.get("PORT", "8000")
        self.stdout.write(f"Sign in at http://127.0.0.1:{port}/admin/ while `make run` is running.")
        self.stdout.write("The passwords are shown this once.")
