"""``manage.py load_examples``: the worked examples, as real assessments scored by the engine."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from assessments.engine.answers import parse
from assessments.engine.report import build_report
from assessments.lens import current_lens
from assessments.models import Assessment, Project
from assessments.worked_examples import slugs, worked_example


class Command(BaseCommand):
    help = "Load the worked examples, or bring them up to date. Safe to run again."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        for slug in slugs():
            self.load(slug)

    def load(self, slug: str) -> None:
        """Scores one answers file; an example that is up to date is left alone."""
        lens = current_lens()
        answers = parse(lens, worked_example(slug))
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
