"""The map above the list: every assessment that the filters and the search leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from django.db.models import Count, Func, IntegerField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from .. import portfolio
from ..models import Assessment
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
    are_few, names = changelist.result_count <= MOST_DOTS, labels("stack")
    part, looked_at = changelist.paginator.part(MOST_DOTS if are_few else SAMPLE)
    rows = Assessment.objects.filter(part, uncertainty__isnull=False).order_by("pk")
    points = _points(rows) if are_few else []
    bins = portfolio.binned(points) if are_few else _bins(rows)
    if not bins:
        return None
    return Portfolio(
        drawing=_dots(points, names, changelist) if are_few else _cells(bins),
        has_dots=are_few,
        says=_says(bins.total(), looked_at, changelist.result_count),
        counts=portfolio.counts(bins, names),
    )


def _points(rows: QuerySet[Assessment]) -> list[Point]:
    fields = ("pk", "uncertainty", "operations", "stack", "project__name")
    return [Point(*row) for row in rows.values_list(*fields)]


class _Cell(Func):
    """A score's row or column of the grid, 20 for a score of 100."""

    output_field = IntegerField()
    template = f"CAST(%(expressions)s * {portfolio.CELLS} / 100 AS integer)"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = f"floor(%(expressions)s * {portfolio.CELLS} / 100)::integer"
        return self.as_sql(compiler, connection, template=template, **context)


def _bins(rows: QuerySet[Assessment]) -> portfolio.Bins:
    """Counted by the database: thousands of rows would take longer to fetch than to count."""
    # not the column by itself: SQLite would go through its index, and so through the whole table
    stack = Coalesce("stack", Value(""))
    grouped = rows.order_by().values_list(stack, _Cell("uncertainty"), _Cell("operations"))
    found: portfolio.Bins = Counter()
    last = portfolio.CELLS - 1
    for of_stack, column, row, count in grouped.annotate(count=Count("pk")):
        found[of_stack, min(column, last), min(row, last)] += count
    return found


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


def _cells(bins: portfolio.Bins) -> SafeString:
    side = portfolio.SIDE / portfolio.CELLS
    return _drawn(
        f'<rect class="cell cell-{cell.shade}" x="{cell.x}" y="{cell.y}" '
        f'width="{side}" height="{side}"><title>{cell.title}</title></rect>'
        for cell in portfolio.cells(bins)
    )


def _drawn(parts: Iterable[str]) -> SafeString:
    """By hand, as there can be thousands: all are numbers and words of ours, or escaped above."""
    return mark_safe("".join(parts))  # noqa: S308  # nosemgrep: marked-safe
