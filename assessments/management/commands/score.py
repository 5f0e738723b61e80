"""``manage.py score``: answers files in, reports out."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from assessments.engine.intake import FILE_LIMIT, documents, mistakes
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
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        lens = current_lens()
        write = as_text if options["format"] == "text" else _as_line
        good = True
        try:
            for name in options["files"]:
                good = self.score_file(lens, name, write) and good
            self.stdout.flush()
        except BrokenPipeError:
            # whoever read the reports has seen enough; that is no mistake in the input
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as error:
            raise CommandError(f"The reports cannot be written: {error.strerror}") from error
        if not good:
            sys.exit(2)

    def score_file(self, lens: Lens, name: str, write: Any) -> bool:
        """Whether the file was good; a file with a mistake gives no report at all."""
        with ExitStack() as stack:
            try:
                stream = stack.enter_context(_opened(name))
                found = mistakes(lens, stream)
            except OSError as error:
                self.stderr.write(f"{name}: cannot be read: {error.strerror}")
                return False
            for mistake in found:
                self.stderr.write(f"{name}:{mistake.line}: {mistake.problem}")
            for answers in documents(lens, stream) if not found else ():
                self.stdout.write(write(build_report(lens, answers)))
            return not found


def _as_line(report: Any) -> str:
    return json.dumps(report, ensure_ascii=False, separators=(",", ":"))


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    """The file as a seekable stream; a pipe is first written to a temporary file."""
    with open(0 if name == "-" else name, "rb", closefd=name != "-") as stream:
        if stream.seekable():
            yield stream
            return
        with tempfile.TemporaryFile() as spool:
            _copy(stream, spool)
            yield spool


def _copy(source: IO[bytes], spool: IO[bytes]) -> None:
    """Copies one byte more than allowed at most: enough to refuse a file that is too large."""
    left = FILE_LIMIT + 1
    while left and (chunk := source.read(min(left, shutil.COPY_BUFSIZE))):  # type: ignore[attr-defined]
        spool.write(chunk)
        left -= len(chunk)
