"""How well the suggested kinds of changes do: what founders took, corrected and left open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from .. import suggestions
from ..compared import percent
from ..engine.lens import Lens
from ..lens import current_lens
from ..models import SuggestionCount
from ..models.suggestion_count import Outcome
from ..scope import visible


@dataclass(frozen=True)
class Row:
    """What became of one kind's suggestions, or of all of them.

    ``corrected_to`` are the kinds chosen in its place, each with how often, the most frequent
    first.
    """

    label: str
    suggested: int
    taken: int
    left_open: int
    corrected_to: tuple[tuple[str, int], ...] = ()

    @property
    def corrected(self) -> int:
        return self.suggested - self.taken - self.left_open

    @property
    def share(self) -> str:
        return percent(self.taken / self.suggested)


def counts_for(user: Any) -> dict[Outcome, int]:
    """How often each outcome was counted with the clients that this member of staff may see; a
    superuser's are all, with the founders who came alone."""
    rows = visible(user, SuggestionCount).order_by().values_list("suggested", "chosen")
    return {(kind, chosen): times for kind, chosen, times in rows.annotate(Sum("times"))}


def rows_of(lens: Lens, counts: Mapping[Outcome, int]) -> list[Row]:
    """A row for each kind that was suggested, in the order of the lens; kinds that only another
    lens knew come last, under their identifiers."""
    suggested = {kind for kind, _ in counts}
    order = [kind for kind in lens.kind if kind in suggested]
    return [_row(lens, kind, counts) for kind in (*order, *sorted(suggested - set(order)))]


def total_of(rows: Iterable[Row]) -> Row:
    """All kinds together."""
    figures = [(row.suggested, row.taken, row.left_open) for row in rows]
    return Row("All kinds", *(sum(column) for column in zip(*figures, strict=True)))


def _row(lens: Lens, kind: str, counts: Mapping[Outcome, int]) -> Row:
    chosen = {to: times for (suggested, to), times in counts.items() if suggested == kind}
    total, taken, left_open = sum(chosen.values()), chosen.pop(kind, 0), chosen.pop("", 0)
    corrected = [(_label(lens, to), times) for to, times in chosen.items()]
    corrected.sort(key=lambda each: (-each[1], each[0]))
    return Row(_label(lens, kind), total, taken, left_open, tuple(corrected))


def _label(lens: Lens, kind: str) -> str:
    return lens.kind[kind].label if kind in lens.kind else kind


def suggested_kinds(site: Any) -> Callable[..., HttpResponseBase]:
    """The view, as a page of this desk."""

    def view(request: HttpRequest) -> HttpResponse:
        lens = current_lens()
        rows = rows_of(lens, counts_for(request.user))
        context = {
            **site.each_context(request),
            "title": "Suggested kinds",
            "rows": rows,
            "total": total_of(rows) if rows else None,
            "are_made": suggestions.are_made(lens),
        }
        request.current_app = site.name
        return TemplateResponse(request, "admin/suggested_kinds.html", context)

    guarded: Callable[..., HttpResponseBase] = site.admin_view(require_safe(view))
    return guarded
