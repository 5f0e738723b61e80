"""``manage.py load_examples``: the worked examples, as real assessments scored by the engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from assessments.engine.answers import parse
from assessments.engine.report import build_report
from assessments.lens import current_lens
from assessments.models import Assessment, Project

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


class Command(BaseCommand):
    help = "Load the worked examples, or bring them up to date. Safe to run again."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        for path in sorted(EXAMPLES.glob("*.json")):
            self.load(path)

    def load(self, path: Path) -> None:
        """Scores one answers file; an example that is up to date is left alone."""
        lens, slug = current_lens(), path.stem.split("-", 1)[1]
        answers = parse(lens, json.loads(path.read_text(encoding="utf-8")))
        example = Assessment.objects.filter(slug=slug).first()
        if example is None:
            example = Assessment(project=Project.objects.create(), slug=slug)
            example.save()
        report = build_report(lens, answers)
        if example.report == report:
            return
        example.take(lens, answers)
        example.pin(lens, report)
        self.stdout.write(f"{slug}: {example.stack}, {example.strength}, {example.pattern}")
