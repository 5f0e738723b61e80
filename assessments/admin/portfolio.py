"""The map above the list: every assessment that the filters and the search leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from .. import portfolio
from ..models import Assessment
from ..models.keys import among
from ..portfolio import Counts, Point
from .filters import labels

MOST_DOTS = 2_000
SAMPLE = 5_000
NO_NAME = "(no name yet)"


@dataclass(frozen=True)
class Portfolio:
    """What ``_portfolio.html`` shows; ``drawing`` is the SVG of all dots or cells."""

    drawing: SafeString
    has_dots: bool
    says: str
    counts: list[Counts]

    quadrants = tuple(portfolio.QUADRANTS.values())
    change_side, stability_side = portfolio.CHANGE_SIDE, portfolio.STABILITY_SIDE
    line = portfolio.LINE


def portfolio_of(changelist: Any) -> Portfolio | None:
    """The map of a list, None where nothing on it has a result."""
    total = changelist.result_count
    are_few = total <= MOST_DOTS
    keys = changelist.paginator.first(MOST_DOTS if are_few else SAMPLE)
    names = labels("stack")
    points = _points(keys, changelist.queryset.db, with_names=are_few)
    if not points:
        return None
    return Portfolio(
        drawing=_dots(points, names, changelist) if are_few else _cells(points),
        has_dots=are_few,
        says=_says(len(points), len(keys), total),
        counts=portfolio.counts(points, names),
    )


def _points(keys: list[int], using: str, with_names: bool) -> list[Point]:
    fields = ["pk", "uncertainty", "operations", "stack"]
    fields += ["project__name"] if with_names else []
    rows = Assessment.objects.filter(pk__in=among(keys, using), uncertainty__isnull=False)
    return [Point(*row) for row in rows.order_by("pk").values_list(*fields)]


def _says(shown: int, looked_at: int, total: int) -> str:
    """What the map leaves out, in words."""
    without = f"{looked_at - shown:,} of them have no result yet, and so no place on it."
    if looked_at >= total:
        everything = f"All {looked_at:,} of this list."
        return everything if shown == looked_at else f"{everything} {without}"
    sample = f"Density of the first {looked_at:,} of {total} in this list."
    return sample if shown == looked_at else f"{sample} {without}"


def _dots(points: list[Point], names: dict[str, str], changelist: Any) -> SafeString:
    """Links that the Tab key leaves out: each is a row of the list as well."""
    site = changelist.model_admin.admin_site.name
    base = reverse("admin:assessments_assessment_changelist", current_app=site)
    return _drawn(
        f'<a href="{base}{dot.point.key}/change/" tabindex="-1"><title>'
        f"{escape(dot.point.name) or NO_NAME}: "
        f"{escape(names.get(dot.point.stack, dot.point.stack))}</title>{_shape(dot)}</a>"
        for dot in portfolio.dots(points)
    )


def _shape(dot: portfolio.Dot) -> str:
    if dot.point.stack == "fastapi":
        return f'<circle class="dot-fastapi" cx="{dot.x}" cy="{dot.y}" r="4"/>'
    x, y = round(dot.x - 3.5, 1), round(dot.y - 3.5, 1)
    return f'<rect class="dot-go" x="{x}" y="{y}" width="7" height="7"/>'


def _cells(points: list[Point]) -> SafeString:
    side = portfolio.SIDE / portfolio.CELLS
    return _drawn(
        f'<rect class="cell cell-{cell.shade}" x="{cell.x}" y="{cell.y}" '
        f'width="{side}" height="{side}"><title>{cell.title}</title></rect>'
        for cell in portfolio.cells(points)
    )


def _drawn(parts: Iterable[str]) -> SafeString:
    """By hand, as there can be thousands: all are numbers and words of ours, or escaped above."""
    return mark_safe("".join(parts))  # noqa: S308
