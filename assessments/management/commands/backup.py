"""``manage.py backup``: the whole database in one file, while saves go on."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from stackpick.backups import CannotBackUp
from stackpick.backups.files import in_words
from stackpick.backups.taking import rotate, take
from stackpick.environment import VAR_DIR

FOLDER = VAR_DIR / "backups"


class Command(BaseCommand):
    help = (
        "Write the whole database, as it is at one moment, to a new file that only its owner can "
        "read, with a record of its rows beside it. Saves go on meanwhile. PostgreSQL needs "
        "pg_dump, and is asked directly, not by way of PgBouncer."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "target",
            nargs="?",
            type=Path,
            default=FOLDER,
            help="a new file, or a folder, in which the file is named by the time (var/backups)",
        )
        parser.add_argument(
            "--keep",
            type=int,
            metavar="N",
            help="in a folder, which is made where there is none: remove all but the newest N",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        target, keep = options["target"], options["keep"]
        is_folder = keep is not None or target == FOLDER
        if keep is not None and (keep < 1 or target.is_file()):
            raise CommandError("--keep takes a number of 1 or more, and a folder to keep them in.")
        if is_folder and not target.is_dir():
            self.make(target)
        try:
            taken = take(connection.vendor, connection.settings_dict, target)
        except CannotBackUp as problem:
            raise CommandError(str(problem)) from None
        record = taken.record
        self.stdout.write(
            f"Wrote {taken.file}: {in_words(record.size)} in {taken.seconds:.1f} s, {record.rows:,}"
            f" rows in {len(record.tables)} tables.\nSHA-256 {record.sha256}"
        )
        for gone in rotate(target, keep) if keep else ():
            self.stdout.write(f"Removed {gone.name}.")

    def make(self, folder: Path) -> None:
        try:
            folder.mkdir(mode=0o700, parents=folder == FOLDER)
        except OSError as error:
            raise CommandError(f"The folder {folder} cannot be made: {error.strerror}.") from None
