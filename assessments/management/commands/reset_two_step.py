"""``manage.py reset_two_step``: help a colleague who lost both the app and the backup codes."""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from assessments.second_factor import forget

_log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Delete a user's device and backup codes, so that the password alone signs them in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["username"]
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no account {name!r}.")
        if not forget(user):
            self.stdout.write(f"{name} has no two-step sign-in: nothing was changed.")
            return
        _log.warning("Two-step sign-in reset by an operator: account %r.", name)
        self.stdout.write(f"Two-step sign-in of {name} is off: device and backup codes deleted.")
