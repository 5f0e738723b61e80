"""What an assessment's page at the desk shows: facts, answers beside former ones, the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format

from ..charts import regret_bars, signed, waterfall
from ..engine.answers import Answers, prune, reread
from ..engine.lens import Lens, Step
from ..engine.report import progress
from ..models import Assessment
from ..so_far import in_words
from ..summaries import ConflictRow, conflict_rows

DAY, MOMENT = "j F Y", "j F Y, H:i"


@dataclass(frozen=True)
class Former:
    """The answers that were finished before those of today, and when."""

    finished_at: datetime
    answers: Answers


@dataclass(frozen=True)
class Answered:
    """A step's questions, with the former answers beside those of today."""

    step: Step
    rows: list[ConflictRow]


def facts(assessment: Assessment, lens: Lens) -> list[tuple[str, str]]:
    """What is known about it, label by label."""
    found = _verdict_facts(assessment.report) if assessment.report else _so_far(assessment, lens)
    dates: list[tuple[str, date | None, str]] = [
        ("Started", assessment.created_at, MOMENT),
        ("Finished", assessment.finished_at, MOMENT),
        ("Look again on", assessment.review_on, DAY),
    ]
    return found + [(label, date_format(day, form)) for label, day, form in dates if day]


def _verdict_facts(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    lens = report["lens"]
    return [
        ("Verdict", report["headline"]["stack"]),
        ("Strength", report["strength"].capitalize()),
        ("Pattern", report["pattern"].capitalize()),
        ("Robustness", _share(report["robustness"][report["stack"]], report["draws"]["count"])),
        ("Product uncertainty", _points(report["uncertainty"])),
        ("Operational certainty", _points(report["operations"])),
        ("Lens", f"{lens['title']}, version {lens['version']}"),
    ]


def _so_far(assessment: Assessment, lens: Lens) -> list[tuple[str, str]]:
    """Where a draft points so far."""
    so_far = progress(lens, assessment.engine_answers(lens))
    following = so_far["next_question"]
    return [
        ("So far", in_words(lens, so_far)),
        ("Most worth answering next", following["label"] if following else "Nothing is open"),
    ]


def _share(share: float, draws: int) -> str:
    """Never rounded to all or none where it is not."""
    if share == 1:
        return f"All of {draws:,} readings"
    rounded = round(100 * share)
    percent = {0: "Less than 1", 100: "More than 99"}.get(rounded, str(rounded))
    return f"{percent}\N{NO-BREAK SPACE}% of {draws:,} readings"


def _points(axis: Mapping[str, float]) -> str:
    still = f", could still be {axis['low']:.0f} to {axis['high']:.0f}"
    return f"{axis['displayed']:.1f} of 100{still if axis['high'] - axis['low'] > 0.05 else ''}"


def answered(assessment: Assessment, lens: Lens, former: Former | None) -> list[Answered]:
    """All answers, step by step; without a former version nothing differs."""
    now = assessment.engine_answers(lens)
    before = former.answers if former else now
    return [Answered(step, conflict_rows(lens, step, before, now)) for step in lens.steps]


def former_version(assessment: Assessment, lens: Lens) -> Former | None:
    """The version finished last whose answers are not those of today; None where there is none."""
    now = assessment.engine_answers(lens)
    for finished_at, file in _finished_versions(assessment, lens):
        answers = prune(lens, reread(lens, file))
        if answers != now:
            return Former(finished_at, answers)
    return None


def _finished_versions(
    assessment: Assessment, lens: Lens
) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """The answers files that verdicts were pinned on, the newest first.

    History is written when a verdict is pinned, and later too, when the answers may have moved
    on: of the lines with the same moment the first one counts. It keeps no name of the project.
    """
    today = assessment.answers_file(lens)
    seen = {assessment.finished_at}
    if assessment.report and assessment.finished_at:
        pinned = {key: assessment.report[key] for key in ("project", "answers")}
        yield assessment.finished_at, today | pinned
    lines = assessment.history.exclude(finished_at=None).order_by("-finished_at", "history_id")
    for finished_at, answers in lines.values_list("finished_at", "answers"):
        if finished_at not in seen:
            seen.add(finished_at)
            yield finished_at, today | {"answers": answers}


def report_context(report: Mapping[str, Any]) -> dict[str, Any]:
    """What the report's part of the page shows besides the report itself."""
    return {
        "report": report,
        "contributions": waterfall(report["contributions"]),
        "lean": signed(report["lean_displayed"]),
        "regrets": regret_bars(report),
    }
