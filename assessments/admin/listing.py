"""The list of assessments: dense, scoped, and as quick over a million as over a thousand."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import IGNORED_PARAMS, ORDER_VAR, PAGE_VAR, ChangeList
from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from stackpick.replica import listed

from ..models import Assessment, State
from ..models.keys import among
from ..models.search import Search
from ..naming import STAGE
from ..scope import refuse, visible
from .filters import FILTERS, Choice, is_overdue, labels
from .paginator import CAP, DeskPaginator
from .portfolio import portfolio_of

MOST_OVERDUE = 1_000
# All that a row shows. Answers and report are nearly all that an assessment weighs.
SHOWN = (
    *("project__name", "project__client__name", "stack", "strength", "pattern", "robust"),
    *("uncertainty", "operations", "stage", "state", "created_at", "finished_at", "review_on"),
)


def overdue_reviews(user: Any) -> int:
    """How many assessments in scope were to be looked at again before today, 1,001 for any more.

    The list filtered by ``?review=overdue`` holds the same; ``_overdue.html`` shows it.
    """
    late = visible(user, Assessment).filter(is_overdue(timezone.localdate()))
    return int(late.order_by()[: MOST_OVERDUE + 1].count())


def search_of(request: HttpRequest, text: str, using: str) -> Search:
    """The search of a request, so that what it found once is known to all who ask."""
    kept: dict[str, Search] = request.__dict__.setdefault("_desk_searches", {})
    return kept.setdefault(text, Search(text, using))


def rows_of(keys: list[int]) -> list[Assessment]:
    """The rows by their keys, in that order, with what the columns show."""
    # nosemgrep: row-outside-scope -- the keys are of rows that may be seen
    rows = Assessment.objects.filter(pk__in=keys).order_by().only(*SHOWN)
    overruled = KeyTextTransform("overrules", "review__published")
    shown = rows.select_related("project__client").annotate(overruled=overruled)
    by_key = {row.pk: row for row in shown}
    return [by_key[key] for key in keys if key in by_key]


class DeskList(ChangeList):
    """The keys of one page and the rows by these keys."""

    filter_specs: list[Choice]  # type: ignore[assignment]
    list_filter: tuple[type[Choice], ...]
    paginator: DeskPaginator

    def get_filters(self, request: HttpRequest) -> Any:
        own = {each.parameter_name for each in self.list_filter}
        if unknown := set(request.GET) - own - {*IGNORED_PARAMS, PAGE_VAR}:
            refuse(request, f"parameter {min(unknown)}", Http404)
        return super().get_filters(request)

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        if not self.params.get(ORDER_VAR):
            for spec in self.filter_specs:
                if spec.chosen is not None and spec.ordering:
                    return list(spec.ordering)
        ordering = list(dict.fromkeys(super().get_ordering(request, queryset)))
        if len(ordering) == 2 and str(ordering[0]).startswith("-"):
            return [ordering[0], "pk"]  # so that one reading of the index, backwards, is enough
        return ordering

    def get_results(self, request: HttpRequest) -> None:
        paginator = self.paginator = self._paginator(request)
        self.result_count, self.full_result_count = paginator.count, None
        self.show_full_result_count, self.show_admin_actions = False, True
        self.can_show_all = paginator.count <= self.list_max_show_all
        self.multi_page = paginator.count > self.list_per_page
        if self.show_all and self.can_show_all:
            keys = paginator.first(self.list_max_show_all)
        else:
            if not request.GET.get(PAGE_VAR, "1").isdecimal() or self.page_num < 1:
                refuse(request, f"page {request.GET[PAGE_VAR]}", Http404)
            self.page_num = min(self.page_num, paginator.num_pages)
            keys = paginator.keys(self.page_num)
        self.result_list = rows_of(keys)

    def _paginator(self, request: HttpRequest) -> DeskPaginator:
        paginator = DeskPaginator(self.queryset, self.list_per_page)
        if self.query:
            search = search_of(request, self.query, self.queryset.db)
            rows = self._narrowed().order_by(*self.queryset.query.order_by)
            if not rows.query.where and rows.query.order_by == ("-pk",):
                paginator.take(search.newest(CAP + 1))
            elif search.is_common:
                paginator.take(search.first_of(rows, CAP + 1))
        return paginator

    def _narrowed(self, without: Choice | None = None) -> QuerySet[Any]:
        """By the filters, and not by the search."""
        rows = self.root_queryset
        for spec in self.filter_specs:
            rows = rows if spec is without else spec.queryset(spec.request, rows)
        return rows

    # How many each choice of a filter would leave

    def facets_of(self, spec: Choice) -> dict[str, int]:
        """Nothing where there is too much to count."""
        if spec.chosen is None:
            return self._facets.get(str(spec.parameter_name), {})
        rows = self._narrowed(without=spec)
        if self.query:
            rows = search_of(spec.request, self.query, rows.db).within(rows)
        keys = list(rows.order_by().values_list("pk", flat=True)[: CAP + 1])
        return self._counted(keys, spec.facets())

    @property
    def _facets(self) -> dict[str, dict[str, int]]:
        """Those of all filters that are not in use: they have the list as it is in common."""
        if "_found" not in self.__dict__:
            unused = [spec for spec in self.filter_specs if spec.chosen is None]
            asked = {
                f"{spec.parameter_name}_{key}": count
                for spec in unused
                for key, count in spec.facets().items()
            }
            found = self._counted(self.paginator.first(CAP + 1), asked)
            self._found: dict[str, dict[str, int]] = {}
            for name, number in found.items():
                parameter, _, key = name.partition("_")
                self._found.setdefault(parameter, {})[key] = number
        return self._found

    def _counted(self, keys: list[int], counts: dict[str, Any]) -> dict[str, int]:
        if len(keys) > CAP:
            return {}
        rows = self.model._default_manager.filter(pk__in=among(keys, self.queryset.db))
        return dict(rows.order_by().aggregate(**counts))


class ListPages(admin.ModelAdmin):
    """Of an admin class: what makes its list."""

    list_display = (
        "listed_project",
        "listed_client",
        "listed_verdict",
        "listed_strength",
        "listed_pattern",
        "listed_robust",
        "listed_uncertainty",
        "listed_operations",
        "listed_stage",
        "listed_state",
        "listed_age",
        "listed_review",
    )
    list_filter = FILTERS
    list_per_page = 50
    ordering = ("-pk",)
    paginator = DeskPaginator
    show_full_result_count = False
    search_fields = ("search_text__words",)
    search_help_text = (
        "Words or their beginnings, in the names of client and project, the summary and the "
        "changes; all of them have to be there."
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DeskList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if search_term:
            queryset = search_of(request, search_term, queryset.db).within(queryset)
        return queryset, False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return listed(request, partial(self._list, request, extra_context))  # type: ignore[return-value]

    def _list(self, request: HttpRequest, extra_context: dict[str, Any] | None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None) or {}
        if "cl" in context and not context["cl"].is_popup:
            context["portfolio"] = portfolio_of(context["cl"])
        return response

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """An action on all pages of a list has to have a number that was shown and is right."""
        across = request.POST.get("select_across") == "1"
        if across and queryset.order_by()[: CAP + 1].count() > CAP:
            too_many = f"Nothing was done: these are more than {CAP:,}. Narrow the list first."
            self.message_user(request, too_many, "error")
            return None
        return super().response_action(request, queryset, *args, **kwargs)

    # The columns

    def action_checkbox(self, obj: Assessment) -> SafeString:
        """As Django's, without a form field and a template a row."""
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select" '
            'aria-label="Select {} for an action">',
            ACTION_CHECKBOX_NAME,
            obj.pk,
            obj,
        )

    @admin.display(description="Project")
    def listed_project(self, row: Assessment) -> str:
        return str(row.project)

    @admin.display(description="Client", empty_value="–")
    def listed_client(self, row: Assessment) -> str | None:
        client = row.project.client
        return str(client) if client else None

    @admin.display(description="Verdict", ordering="stack", empty_value="–")
    def listed_verdict(self, row: Assessment) -> str:
        names = labels("stack")
        verdict = names.get(row.stack, row.stack)
        over = row.overruled if row.state == State.PUBLISHED else None  # type: ignore[attr-defined]
        return f"{verdict}; the review says {names.get(over, over)}" if over else verdict

    @admin.display(description="Strength", ordering="strength", empty_value="–")
    def listed_strength(self, row: Assessment) -> str:
        return labels("strength").get(row.strength, row.strength)

    @admin.display(description="Pattern", ordering="pattern", empty_value="–")
    def listed_pattern(self, row: Assessment) -> str:
        return labels("pattern").get(row.pattern, row.pattern)

    @admin.display(description="Robust", empty_value="–")
    def listed_robust(self, row: Assessment) -> str | None:
        return None if row.robust is None else f"{row.robust:.0%}"

    @admin.display(description="Uncertainty", empty_value="–")
    def listed_uncertainty(self, row: Assessment) -> str | None:
        return None if row.uncertainty is None else f"{row.uncertainty:.1f}"

    @admin.display(description="Operations", empty_value="–")
    def listed_operations(self, row: Assessment) -> str | None:
        return None if row.operations is None else f"{row.operations:.1f}"

    @admin.display(description="Stage", ordering="stage", empty_value="–")
    def listed_stage(self, row: Assessment) -> str:
        return labels(STAGE).get(row.stage, row.stage)

    @admin.display(description="State", ordering="state")
    def listed_state(self, row: Assessment) -> str:
        return row.get_state_display()

    @admin.display(description="Age", ordering="-pk")
    def listed_age(self, row: Assessment) -> SafeString:
        what = "Finished" if row.finished_at else "Started"
        since = timezone.localdate(row.finished_at or row.created_at)
        age = timezone.localdate() - since
        title = f"{what} {since.day} {since:%B %Y}"
        return format_html('<span title="{}">{}</span>', title, age_in_words(age))

    @admin.display(description="Review", ordering="review_on", empty_value="–")
    def listed_review(self, row: Assessment) -> SafeString | str | None:
        if row.review_on is None:
            return None
        day = f"{row.review_on.day} {row.review_on:%b %Y}"
        if row.review_on >= timezone.localdate():
            return day
        return format_html('{} <span class="tag tag-overdue">overdue</span>', day)


def age_in_words(age: timedelta) -> str:
    """In days up to two months, in months up to two years, then in years."""
    for unit, days, most in (("day", 1, 60), ("month", 30, 730)):
        if age.days < most:
            number = age.days // days
            return "today" if number < 1 else f"{number} {unit}{'s' if number > 1 else ''}"
    return f"{age.days // 365} years"
