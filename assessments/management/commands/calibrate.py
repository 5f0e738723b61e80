"""``manage.py calibrate``: how the model does on the documented cases, beside the baselines."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.engine.calibration import (
    CASES,
    READER_NAMES,
    Calibration,
    CaseResult,
    calibrate,
    load_cases,
)
from assessments.lens import current_lens


class Command(BaseCommand):
    help = "Print how the model does on the documented cases, beside simple baselines."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cases", type=Path, default=CASES, help="another JSON Lines file")

    def handle(self, *args: Any, **options: Any) -> None:
        lens = current_lens()
        try:
            found = calibrate(lens, load_cases(options["cases"]))
        except (OSError, ValueError, KeyError) as error:
            raise CommandError(f"{options['cases']} holds no cases: {error}") from error
        self.stdout.write(f"{lens.title}, version {lens.version}: {len(found.cases)} cases\n\n")
        self._cases(found)
        self._methods(found)
        not_clear = ", ".join(
            f"{share} with the {name}'s answers"
            for share, name in zip(found.either_not_clear, READER_NAMES, strict=True)
        )
        self.stdout.write(f"\nCases on which readers said “either” that are not clear: {not_clear}")
        self.stdout.write(f"Both readers' answers give the same stack: {found.same_stack}")

    def _cases(self, found: Calibration) -> None:
        for case in found.cases:
            self.stdout.write(f"{case.id:<28.28} {case.expected:<8} {_verdicts(case)}")

    def _methods(self, found: Calibration) -> None:
        heads = [f"{what}, {name}" for what in ("expected", "outcome") for name in ("1st", "2nd")]
        self.stdout.write("\n" + " " * 24 + "".join(f"{head:>15}" for head in heads))
        for method in found.methods:
            shares = (*method.expected, *method.outcomes)
            cells = "".join(f"{share!s:>15}" for share in shares)
            self.stdout.write(f"{method.name:<24}{cells}")


def _verdicts(case: CaseResult) -> str:
    return "  ".join(
        f"{'' if agrees else 'NOT '}{verdict.stack} {verdict.strength} {verdict.pattern}".ljust(24)
        for verdict, agrees in zip(case.verdicts, case.agrees, strict=True)
    )
