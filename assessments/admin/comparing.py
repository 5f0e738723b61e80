"""Two assessments, or milestones of them, side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from ..charts import Map, result_map
from ..compared import Row, side_by_side
from ..engine.answers import Answers, reread
from ..engine.comparing import Comparison
from ..engine.lens import Lens
from ..lens import current_lens
from ..models import Assessment, Milestone
from ..models.assessment import REPORTS
from ..scope import reach, refuse, visible
from .pages import OwnPages, address

VIEW_MILESTONES = "assessments.view_milestone"
REFERENCE = re.compile(r"(assessment|milestone)-([0-9]{1,18})")
# How many others of the same client are offered to compare with.
OFFERED = 100


@dataclass(frozen=True)
class Side:
    """One of the two: what was answered, and the report on it where there is one.

    ``since`` is when the report was pinned or the milestone made; None for a draft.
    """

    reference: str
    title: str
    assessment: Assessment
    answers: Answers
    report: Mapping[str, Any] | None
    since: datetime | None
    moved_on: bool = False


@dataclass(frozen=True)
class Dot:
    """A side's point on the map; the letter stands above the first's and below the other's."""

    letter: str
    stack: str
    x: float
    y: float
    label_y: float

    @property
    def corner(self) -> tuple[float, float]:
        """Of the square that stands for Go."""
        return round(self.x - 6.5, 1), round(self.y - 6.5, 1)


class Comparing(OwnPages):
    """Gives the admin of assessments the page that compares two, and the action for it."""

    def get_urls(self) -> list[Any]:
        return [
            self.own_path("compare/", "compare", self.compare_view, require_safe),
            *super().get_urls(),  # type: ignore[misc]
        ]

    @admin.action(description="Compare the two selected", permissions=["view"])
    def compare_selected(
        self, request: HttpRequest, queryset: QuerySet[Assessment]
    ) -> HttpResponse | None:
        keys = sorted(queryset.values_list("pk", flat=True)[:3])
        if len(keys) != 2:
            said = "Select two assessments, no more and no fewer, to compare them."
            messages.error(request, said)
            return None
        return redirect(compare_address(*(f"assessment-{key}" for key in keys)))

    def compare_view(self, request: HttpRequest) -> HttpResponse:
        """The two that the query names; without the second, a choice of what to compare with."""
        lens = current_lens()
        first = self._side(request, lens, request.GET.get("a", ""))
        named = request.GET.get("b", "")
        second = self._side(request, lens, named) if named else None
        context = {
            "first": first,
            "second": second,
            "choices": _choices(request, first, second),
            **(_comparison(lens, first, second) if second else {}),
        }
        return self.own_page(request, "compare", "Compare", **context)

    def _side(self, request: HttpRequest, lens: Lens, reference: str) -> Side:
        found = REFERENCE.fullmatch(reference)
        if found is None:
            refuse(request, f"to compare {reference}", Http404)
        if found[1] == "assessment":
            assessment = reach(request, Assessment, found[2])
            self.allowed(request)
            return _as_it_stands(lens, assessment)
        milestone = reach(request, Milestone, found[2])
        self.allowed(request, VIEW_MILESTONES)
        return _as_it_stood(lens, milestone)


def title_of(assessment: Assessment, milestone: str = "") -> str:
    """With its number, because a project may have several assessments of the same name."""
    state = f"as “{milestone}”" if milestone else "now"
    return f"{assessment.project}, no. {assessment.pk}, {state}"


def compare_address(first: str, second: str = "") -> str:
    return f"{address('compare')}?{urlencode({'a': first} | ({'b': second} if second else {}))}"


def _as_it_stands(lens: Lens, assessment: Assessment) -> Side:
    return Side(
        reference=f"assessment-{assessment.pk}",
        title=title_of(assessment),
        assessment=assessment,
        answers=assessment.engine_answers(lens),
        report=assessment.report,
        since=assessment.finished_at,
        moved_on=assessment.has_moved_on(lens),
    )


def _as_it_stood(lens: Lens, milestone: Milestone) -> Side:
    file = {**milestone.answers_file, "format": lens.answers_format}
    return Side(
        reference=f"milestone-{milestone.pk}",
        title=title_of(milestone.assessment, milestone.name),
        assessment=milestone.assessment,
        answers=reread(lens, file),
        report=milestone.report,
        since=milestone.created_at,
    )


def _comparison(lens: Lens, first: Side, second: Side) -> dict[str, Any]:
    found = side_by_side(lens, first.answers, second.answers, first.report, second.report)
    drawn = None
    if first.report and second.report:
        drawn = result_map(second.report, was=first.report)
    since = Row("Since", (_day(first.since),), (_day(second.since),))
    return {
        "comparison": found.comparison,
        "facts": (*found.verdicts, since),
        "texts": found.texts,
        "answers": found.answers,
        "contributions": found.contributions,
        "map": drawn,
        "dots": _dots(drawn, found.comparison) if drawn else (),
    }


def _day(moment: datetime | None) -> str:
    return date_format(moment, "j F Y, H:i") if moment else "–"


def _dots(drawn: Map, found: Comparison) -> tuple[Dot, ...]:
    before, after = found.verdict_before, found.verdict_after
    if before is None or after is None or drawn.was is None:
        return ()
    (ax, ay), (bx, by) = drawn.was, drawn.here
    return (
        Dot("A", before.stack, ax, ay, round(ay - 12, 1)),
        Dot("B", after.stack, bx, by, round(by + 22, 1)),
    )


def _choices(request: HttpRequest, first: Side, second: Side | None) -> list[tuple[str, str]]:
    """The same clients' other assessments, and their milestones, the newest first; both sides
    are among them. Where there is no client, those of the same project."""
    sides = [side for side in (first, second) if side]
    projects = [side.assessment.project for side in sides]
    near = Q(project__in=[project.pk for project in projects])
    clients = {project.client_id for project in projects} - {None}
    found = visible(request.user, Assessment).filter(near | Q(project__client__in=clients))
    assessments = found.select_related("project").defer("answers", *REPORTS).order_by("-pk")
    kept = visible(request.user, Milestone).filter(assessment__in=found.values("pk"))
    if not request.user.has_perm(VIEW_MILESTONES):
        kept = kept.none()
    milestones = kept.select_related("assessment__project").defer("report", "answers_file")
    offered = {side.reference: side.title for side in sides}
    for assessment in assessments[:OFFERED]:
        offered[f"assessment-{assessment.pk}"] = title_of(assessment)
    for milestone in milestones[:OFFERED]:
        offered[f"milestone-{milestone.pk}"] = title_of(milestone.assessment, milestone.name)
    return sorted(offered.items(), key=lambda choice: (choice[1].lower(), choice[0]))
