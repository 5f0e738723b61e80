"""Answers files brought in for a client: looked through first, and then all of them or none."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass

from django.db import transaction

from .engine import intake
from .engine.answers import Answers
from .engine.lens import Lens
from .engine.report import build_report
from .engine.scoring import Verdict, score
from .exports.lines import answers_of
from .models import Assessment, Client, Project
from .models.history import because
from .naming import STAGE, stage_name

MOST_ROWS = 1_000
LARGEST_FILE = 8 * 1024 * 1024


@dataclass(frozen=True)
class Row:
    """One answers file, with the verdict it will have."""

    line: int
    answers: Answers
    verdict: Verdict
    stage: str


@dataclass(frozen=True)
class Scored:
    """Answers and their report, which as text takes a tenth of the memory."""

    answers: Answers
    report: str


def mistakes(lens: Lens, content: bytes) -> list[intake.Mistake]:
    """Why the file cannot be imported; nothing of it is, where there is any reason."""
    return intake.mistakes(lens, io.BytesIO(content), answers_of, MOST_ROWS)


def rows(lens: Lens, content: bytes) -> list[Row]:
    """What a file without mistakes would become, without the draws that take long."""
    return [
        Row(line, answers, score(lens, answers), stage_name(lens, answers.choice(STAGE)))
        for line, answers in intake.numbered(lens, io.BytesIO(content), answers_of)
    ]


def scored(lens: Lens, content: bytes) -> list[Scored]:
    """A file without mistakes with its reports: done before anything is locked, as it takes
    seconds, and others wait for the database meanwhile."""
    numbered = intake.numbered(lens, io.BytesIO(content), answers_of)
    return [Scored(each, json.dumps(build_report(lens, each))) for _line, each in numbered]


@transaction.atomic
def bring_in(lens: Lens, client: Client, found: list[Scored], reason: str) -> list[Assessment]:
    """An assessment of its own for each, finished, in a project of its own."""
    return [_brought_in(lens, client, each, reason) for each in found]


def _brought_in(lens: Lens, client: Client, found: Scored, reason: str) -> Assessment:
    assessment = Assessment(project=Project.objects.create(client=client))
    because(assessment, reason).save()
    assessment.take(lens, found.answers)
    assessment.pin(lens, json.loads(found.report))
    return assessment
