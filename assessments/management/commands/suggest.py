"""``manage.py suggest``: sentences in, the kinds of change that they name out."""

from __future__ import annotations

import io
import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from assessments.engine.foreign_text import clip
from assessments.engine.intake import MOST_MISTAKES, IntakeError, only_document
from assessments.suggest import Classifier, Suggestion, classifier, why_not

# A line that is longer is not read whole.
LINE_LIMIT = 1024 * 1024


class Command(BaseCommand):
    help = (
        'Suggest the kind of each change: JSON Lines {"text": …} in (a FILE, or - for standard '
        'input), {"kind", "also", "confidence", "abstain"} out, a line each. A line that is none '
        "gets no answer but a message, and the command goes on and ends with 2."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a path, or - for stdin")

    def handle(self, *args: Any, **options: Any) -> None:
        known = classifier()
        if known is None:
            raise CommandError(f"Kinds cannot be suggested here: {why_not()}.")
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        name = options["file"]
        try:
            with open(0 if name == "-" else name, "rb", closefd=name != "-") as stream:
                good = self.answer(known, name, stream)
            self.stdout.flush()
        except BrokenPipeError:
            # whoever read the answers has seen enough; that is no mistake in the input
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror}") from error
        if not good:
            sys.exit(2)

    def answer(self, known: Classifier, name: str, stream: IO[bytes]) -> bool:
        """Whether every line was good; each is answered before the next one is read."""
        mistakes = 0
        for number, raw in _lines(stream):
            try:
                self.stdout.write(_as_line(known.suggest(_text(raw))))
            except IntakeError as error:
                self.stderr.write(f"{name}:{number}: {error}")
                mistakes += 1
            if mistakes == MOST_MISTAKES:
                raise CommandError(f"{name}: {mistakes} lines were wrong; the rest is not read.")
        return not mistakes


def _as_line(found: Suggestion) -> str:
    return json.dumps(asdict(replace(found, confidence=round(found.confidence, 4))))


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Each line with its number, without blank ones; of one that is too long the beginning."""
    number = 0
    while raw := stream.readline(LINE_LIMIT + 1):
        number += 1
        rest = raw
        while len(rest) > LINE_LIMIT and not rest.endswith(b"\n"):
            rest = stream.readline(LINE_LIMIT + 1)
        if not raw.isspace():
            yield number, raw


def _text(raw: bytes) -> str:
    """The text in a line.

    Raises:
        IntakeError: the line is too long, no UTF-8, no JSON, or has no text.
    """
    if len(raw) > LINE_LIMIT:
        raise IntakeError(1, f"is longer than {LINE_LIMIT // 1024} KB")
    document = only_document(raw)
    if not isinstance(document, dict):
        raise IntakeError(1, "is not a JSON object")
    text = document.get("text")
    if not isinstance(text, str):
        raise IntakeError(1, f"has no text: “text” is {clip(json.dumps(text))}")
    return text
