"""``manage.py restore``: a backup into an empty database, or with ``--check`` for a look."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from types import ModuleType
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from assessments.restored import NothingToOpen, share_page_problem
from stackpick.backups import CannotBackUp
from stackpick.backups.files import in_words
from stackpick.backups.record import Record, record_of
from stackpick.backups.restoring import as_default, kind_of, migrations_apart, restore


class Command(BaseCommand):
    help = (
        "Put a backup into the database that DATABASE_URL names, which has to be empty. With "
        "--check, restore it somewhere else for a look, say whether all of it is there and whether "
        "a shared link opens, and take it away again."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--check", action="store_true", help="only look, and leave our database as it is"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            if options["check"]:
                self.check_backup(options["file"])
            else:
                self.put_back(options["file"])
        except CannotBackUp as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"It took {time.monotonic() - began:.1f} s.")

    def put_back(self, file: Path) -> None:
        record = restore(connection.vendor, connection.settings_dict, file)
        kept = f"{record.rows:,} rows of {record.taken_at:%d %B %Y %H:%M} UTC" if record else "all"
        self.stdout.write(f"Restored {kept}. Now run `manage.py migrate`, and start the server.")
        if record is None:
            self.stdout.write("There was no record beside the file, so nothing was compared.")

    def check_backup(self, file: Path) -> None:
        vendor, settings = connection.vendor, connection.settings_dict
        kind, record = kind_of(vendor, file), record_of(file)
        problems = self.of_file(file, record)
        with kind.unreadable(file), kind.throwaway(settings, file) as copy:
            problems += self.of_rows(kind, copy, record)
            with as_default(copy):
                problems += self.of_site()
        if problems:
            raise CannotBackUp("\n".join(f"WRONG: {problem}." for problem in problems))
        self.stdout.write("All of it is sound.")

    def of_file(self, file: Path, record: Record | None) -> list[str]:
        if record is None:
            return [f"there is no record beside it, {file.name}.json, to compare it with"]
        self.say(f"{in_words(record.size)}, taken on {record.taken_at:%d %B %Y at %H:%M:%S} UTC")
        return record.problems_of(file)

    def of_rows(self, kind: ModuleType, copy: dict[str, Any], record: Record | None) -> list[str]:
        problems: list[str] = kind.problems(copy)
        tables = kind.tables(copy)
        self.say(f"{sum(rows.number for rows in tables.values()):,} rows in {len(tables)} tables")
        return problems + (record.problems_in(tables) if record else [])

    def of_site(self) -> list[str]:
        """Of the copy as this code sees it, brought up to date where it is older."""
        missing, unknown = migrations_apart()
        if unknown:
            return [f"it was written by newer code, which has {', '.join(unknown)}"]
        if missing:
            self.say(f"{len(missing)} migrations behind this code; applied to the copy")
            call_command("migrate", interactive=False, verbosity=0)
        try:
            problem = share_page_problem()
        except NothingToOpen:
            self.say("no assessment is finished, so there is no link to open")
            return []
        self.say("a shared link opens" if problem is None else problem)
        return [problem] if problem else []

    def say(self, what: str) -> None:
        self.stdout.write(f"- {what}")
