"""``manage.py samples``: a file in each format, made from a worked example."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from assessments.samples import samples
from assessments.worked_examples import slugs

FOLDER = Path("docs") / "samples"


class Command(BaseCommand):
    help = "Write a sample of each format, made from a worked example. Files there are replaced."

    def add_arguments(self, parser: ArgumentParser) -> None:
        default = settings.BASE_DIR / FOLDER
        parser.add_argument("folder", nargs="?", type=Path, default=default, help=str(FOLDER))
        parser.add_argument("--example", choices=slugs(), default=slugs()[-1], metavar="SLUG")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in samples(options["example"]):
                (folder / name).write_bytes(content)
                self.stdout.write(f"{folder / name}: {len(content):,} bytes")
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}") from error
