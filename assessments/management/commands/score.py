"""``manage.py score``: answers files in, reports out."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.core.management.base import BaseCommand

from assessments.engine.intake import FILE_LIMIT, IntakeError, documents, mistakes
from assessments.engine.lens import Lens
from assessments.engine.report import build_report
from assessments.engine.text import as_text
from assessments.lens import current_lens


class Command(BaseCommand):
    help = (
        "Score answers files (one JSON object or JSON Lines each; - reads standard input) and "
        "write one report a line. Exits with 2 where a file has a mistake, naming each mistake."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="a path, or - for stdin")
        parser.add_argument("--format", choices=("json", "text"), default="json")

    def handle(self, *args: Any, **options: Any) -> None:
        lens = current_lens()
        write = as_text if options["format"] == "text" else _as_line
        results = [self.score_file(lens, name, write) for name in options["files"]]
        if not all(results):
            sys.exit(2)

    def score_file(self, lens: Lens, name: str, write: Any) -> bool:
        """Whether the file was good; a file with a mistake gives no report at all."""
        try:
            with _opened(name) as stream:
                found = mistakes(lens, stream)
                for mistake in found:
                    self.stderr.write(f"{name}:{mistake.line}: {mistake.problem}")
                if not found:
                    for answers in documents(lens, stream):
                        self.stdout.write(write(build_report(lens, answers)))
                return not found
        except IntakeError as error:
            self.stderr.write(f"{name}:{error.line}: {error.problem}")
        except OSError as error:
            self.stderr.write(f"{name}: cannot be read: {error.strerror}")
        return False


def _as_line(report: Any) -> str:
    return json.dumps(report, ensure_ascii=False, separators=(",", ":"))


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    """The file as a seekable stream; standard input is first written to a temporary file."""
    if name != "-":
        with open(name, "rb") as stream:
            yield stream
        return
    with tempfile.TemporaryFile() as spool:
        _copy(sys.stdin.buffer, spool)
        yield spool


def _copy(source: IO[bytes], spool: IO[bytes]) -> None:
    """Copies one byte more than allowed at most: enough to refuse a file that is too large."""
    left = FILE_LIMIT + 1
    while left and (chunk := source.read(min(left, shutil.COPY_BUFSIZE))):  # type: ignore[attr-defined]
        spool.write(chunk)
        left -= len(chunk)
