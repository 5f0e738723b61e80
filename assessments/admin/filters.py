"""What the list of assessments can be narrowed by. A value that was not offered ends the request,
whether it is another's client or nonsense."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.contrib import admin
from django.db.models import Count, Model, Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone

from ..engine.lens import PATTERNS, STRENGTHS, Lens
from ..lens import current_lens
from ..models import Assessment, Client, State
from ..naming import STAGE
from ..scope import refuse, visible
from .scoped import consultants

# More than so many a list does not offer by name.
MOST_OFFERED = 50
NONE = "-"
SOON = timedelta(days=30)

Offered = dict[str, tuple[str, Q]]


def labels(field: str) -> dict[str, str]:
    """What the list says for stored values of a field; those not named here stay as stored."""
    return _labels(current_lens(), field)


@lru_cache(maxsize=16)
def _labels(lens: Lens, field: str) -> dict[str, str]:
    if field == "stack":
        return {str(stack): text.name for stack, text in lens.stacks.items()}
    if field == STAGE:
        question = lens.question.get(STAGE)
        return {option.id: option.label for option in question.options} if question else {}
    if field == "pattern":
        return dict(zip(PATTERNS, ("One stack", "With a seam"), strict=True))
    return {strength: strength.capitalize() for strength in STRENGTHS}


# A column that is nearly always empty misleads SQLite: it would look for the empty ones in its
# index, as if they were few, and would not look there for the others.
IS_EXAMPLE = Q(slug__gt="")


def is_overdue(today: date) -> Q:
    """Reviews that were due before today. Worked examples and archived clients wait for nobody."""
    return ~IS_EXAMPLE & Q(review_on__lt=today, project__client__archived_at=None)


class Choice(admin.SimpleListFilter):
    """One of several conditions, each offered under a name and an address of its own."""

    # How the list is ordered while one of them is chosen, and no column is.
    ordering: tuple[str, ...] = ()

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        self.chosen = params.get(self.parameter_name, [None])[-1]
        self.offered = self.offer(request)
        super().__init__(request, params, model, model_admin)
        if self.chosen is not None and self.chosen not in self.offered:
            refuse(request, f"{self.parameter_name} {self.chosen}", Http404)

    def offer(self, request: HttpRequest) -> Offered:
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, label) for value, (label, _) in self.offered.items()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Assessment]
    ) -> QuerySet[Assessment]:
        return queryset.filter(self.offered[self.chosen][1]) if self.chosen else queryset

    def get_facet_queryset(self, changelist: Any) -> dict[str, int]:
        """How many each would leave; nothing where the list is too long to be counted."""
        return dict(changelist.facets_of(self))

    def facets(self) -> dict[str, Count]:
        conditions = enumerate(self.offered.values())
        return {f"{place}__c": Count("pk", filter=q) for place, (_, q) in conditions}


def _of_field(field: str, lacking: str) -> Offered:
    offered = {value: (label, Q((field, value))) for value, label in labels(field).items()}
    return offered | ({NONE: (lacking, Q((field, "")))} if lacking else {})


class StateFilter(Choice):
    title, parameter_name = "state", "state"

    def offer(self, request: HttpRequest) -> Offered:
        return {value: (label, Q(state=value)) for value, label in State.choices}


class VerdictFilter(Choice):
    title, parameter_name = "verdict", "verdict"

    def offer(self, request: HttpRequest) -> Offered:
        return _of_field("stack", "None yet")


class StrengthFilter(Choice):
    title, parameter_name = "strength", "strength"

    def offer(self, request: HttpRequest) -> Offered:
        return _of_field("strength", "")


class PatternFilter(Choice):
    title, parameter_name = "pattern", "pattern"

    def offer(self, request: HttpRequest) -> Offered:
        return _of_field("pattern", "")


class StageFilter(Choice):
    title, parameter_name = "stage", "stage"

    def offer(self, request: HttpRequest) -> Offered:
        return _of_field(STAGE, "Not said")


class ReviewFilter(Choice):
    title, parameter_name = "review date", "review"
    ordering = ("review_on", "-pk")

    def offer(self, request: HttpRequest) -> Offered:
        today = timezone.localdate()
        return {
            "overdue": ("Overdue", is_overdue(today)),
            "soon": ("Within 30 days", Q(review_on__gte=today, review_on__lte=today + SOON)),
            "later": ("Later", Q(review_on__gt=today + SOON)),
            NONE: ("No date", Q(review_on=None)),
        }


class AgeFilter(Choice):
    title, parameter_name = "started", "started"
    ordering = ("-created_at", "-pk")

    def offer(self, request: HttpRequest) -> Offered:
        now = timezone.now()
        offered = {
            str(days): (f"Within {days} days", Q(created_at__gte=now - timedelta(days=days)))
            for days in (7, 30, 90)
        }
        return offered | {"older": ("Before that", Q(created_at__lt=now - timedelta(days=90)))}


class ExampleFilter(Choice):
    title, parameter_name = "worked examples", "example"

    def offer(self, request: HttpRequest) -> Offered:
        if self.chosen == "yes":
            self.ordering = ("slug",)
        return {"yes": ("Only these", IS_EXAMPLE), "no": ("Without them", ~IS_EXAMPLE)}


class ArchivedFilter(Choice):
    title, parameter_name = "archived clients", "archived"

    def offer(self, request: HttpRequest) -> Offered:
        kept = Q(project__client__archived_at=None)
        # By way of the clients, who are few.
        away = Q(project__client__in=Client.objects.filter(archived_at__isnull=False).order_by())
        return {"yes": ("Only theirs", away), "no": ("Without theirs", kept)}


class ClientFilter(Choice):
    """Those in scope, while they are few enough to be read; the search finds the others."""

    title, parameter_name = "client", "client"

    def offer(self, request: HttpRequest) -> Offered:
        shown = by_name(
            visible(request.user, Client).order_by("name", "pk").only("name"), self.chosen
        )
        return {str(row.pk): (str(row), Q(project__client=row.pk)) for row in shown}


class OwnerFilter(Choice):
    """For superusers: anybody else sees only one consultant's clients, and those shared."""

    title, parameter_name = "consultant", "owner"

    def offer(self, request: HttpRequest) -> Offered:
        if not request.user.is_superuser:
            return {}
        shown = by_name(consultants().order_by("username").only("username"), self.chosen)
        offered = {str(row.pk): (str(row), Q(project__client__owner=row.pk)) for row in shown}
        return offered | {NONE: ("Nobody", Q(project__client__owner=None))}


def by_name(rows: QuerySet[Any], chosen: str | None) -> Iterable[Model]:
    """The rows that a filter offers: all if they are few, else the chosen one if it is there."""
    offered = list(rows[: MOST_OFFERED + 1])
    if len(offered) <= MOST_OFFERED:
        return offered
    # isdecimal, and short enough for any database's integers
    is_key = chosen is not None and chosen.isdecimal() and len(chosen) < 19
    return rows.filter(pk=chosen) if is_key else ()


FILTERS = (
    StateFilter,
    VerdictFilter,
    StrengthFilter,
    PatternFilter,
    StageFilter,
    ReviewFilter,
    AgeFilter,
    ClientFilter,
    OwnerFilter,
    ExampleFilter,
    ArchivedFilter,
)
