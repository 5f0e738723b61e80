"""Scoring stored verdicts anew under the lens in use: first what would move, then the word to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from ..charts import signed
from ..engine.lens import Lens
from ..engine.rescoring import Rescored, because, summary
from ..lens import current_lens
from ..models import Assessment
from ..models.assessment import REPORTS
from ..scope import reach_all
from .pages import CHANGE, OwnPages, address, back_to, listed

MOST = 1_000
# A request that takes longer is cut off on many platforms: what is left then is asked for again.
SECONDS = 15.0
MOST_MOVEMENTS = 3
TOO_MANY = f"At most {MOST:,} assessments are re-scored at once; select fewer."
OTHER_LENS = "The lens in use has changed since the preview. Nothing was re-scored; look again."


@dataclass(frozen=True)
class Changing:
    """An assessment whose verdict or strength would change."""

    assessment: Assessment
    found: Rescored
    stack_before: str
    stack_after: str

    @property
    def leans(self) -> tuple[str, str]:
        return signed(self.found.lean_before), signed(self.found.lean_after)

    @property
    def movements(self) -> list[tuple[str, str]]:
        """The largest, as label and signed points."""
        parts = [(part.label, signed(round(part.points, 1))) for part in self.found.moved]
        return parts[:MOST_MOVEMENTS]


@dataclass
class Preview:
    """What would move. ``seen`` holds, by key, what each assessment to be re-scored stands at."""

    changing: list[Changing] = field(default_factory=list)
    several: list[Rescored] = field(default_factory=list)
    seen: dict[int, str] = field(default_factory=dict)
    drafts: list[Assessment] = field(default_factory=list)
    settled: int = 0
    moved_on: int = 0

    @property
    def unchanged(self) -> int:
        return len(self.several) - len(self.changing)


@dataclass
class Outcome:
    """What came of it."""

    done: int = 0
    changed: int = 0
    skipped: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


class Rescoring(OwnPages):
    """Gives the admin of assessments the preview, for one and for many, and the word to do it."""

    def get_urls(self) -> list[Any]:
        chosen = self.rescore_chosen_view
        return [
            self.own_path("rescore/", "rescore_chosen", chosen, require_POST),
            self.own_path("<str:key>/rescore/", "rescore", self.rescore_view, require_safe),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def has_rescore_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(CHANGE)

    def rescore_url(self, request: HttpRequest, assessment: Assessment) -> str:
        """Where it is re-scored; empty for a draft, and for who may not."""
        if assessment.report is None or not self.has_rescore_permission(request):
            return ""
        return address("rescore", assessment.pk)

    @admin.action(description="Re-score under the current lens", permissions=["rescore"])
    def rescore_selected(
        self, request: HttpRequest, queryset: QuerySet[Assessment]
    ) -> HttpResponse | None:
        keys = list(queryset.values_list("pk", flat=True)[: MOST + 1])
        if len(keys) > MOST:
            messages.error(request, TOO_MANY)
            return None
        return self._preview_page(request, keys)

    def rescore_view(self, request: HttpRequest, key: str) -> HttpResponse:
        assessment = self.reached(request, key, CHANGE)
        return self._preview_page(request, [assessment.pk])

    def rescore_chosen_view(self, request: HttpRequest) -> HttpResponse:
        """Re-scores what was previewed, as far as it still is what was seen."""
        pairs = (each.partition(":") for each in request.POST.get("seen", "").split())
        seen = {key: standing for key, _, standing in pairs}
        if len(seen) > MOST:
            messages.error(request, TOO_MANY)
            return redirect(address("changelist"))
        rows = reach_all(request, Assessment, seen)
        self.allowed(request, CHANGE)
        lens = current_lens()
        if request.POST.get("lens") != _named(lens):
            messages.error(request, OTHER_LENS)
            return self._preview_page(request, seen)
        outcome = _rescore(rows, lens, request.user, seen)
        _say(request, lens, outcome)
        if outcome.left:
            return self._preview_page(request, outcome.left)
        only = rows.first() if len(seen) == 1 else None
        return back_to(only) if only else redirect(address("changelist"))

    def _preview_page(self, request: HttpRequest, keys: Collection[Any]) -> HttpResponse:
        lens = current_lens()
        rows = (
            reach_all(request, Assessment, keys).select_related("project__client").defer("unnamed")
        )
        found = _preview(lens, rows)
        context: dict[str, Any] = {
            "lens": lens,
            "lens_name": _named(lens),
            "preview": found,
            "seen": " ".join(f"{key}:{standing}" for key, standing in found.seen.items()),
            "says": summary(found.several),
            "because": because(lens, found.several),
            "original": rows.first() if len(keys) == 1 else None,
        }
        return self.own_page(request, "rescore", "Re-score under the current lens", **context)


def _preview(lens: Lens, rows: QuerySet[Assessment]) -> Preview:
    preview = Preview()
    for assessment in rows.iterator(chunk_size=100):
        if assessment.report is None:
            preview.drafts.append(assessment)
            continue
        found = assessment.rescored_under(lens)
        if found is None:
            preview.settled += 1
            continue
        preview.several.append(found)
        preview.seen[assessment.pk] = assessment.standing()
        preview.moved_on += assessment.has_moved_on(lens)
        if found.changes_strength:
            preview.changing.append(_changing(lens, assessment, found))
    return preview


def _changing(lens: Lens, assessment: Assessment, found: Rescored) -> Changing:
    before = assessment.pinned()["headline"]["stack"]
    assessment.report = None  # a thousand of them would be a lot to hold
    return Changing(assessment, found, before, lens.stacks[found.stack_after].name)


def _rescore(rows: QuerySet[Assessment], lens: Lens, by: Any, seen: dict[str, str]) -> Outcome:
    """Each in a transaction of its own, until the time is up."""
    outcome, until = Outcome(), monotonic() + SECONDS
    for assessment in rows.select_related("project").defer(*REPORTS):
        key, before = str(assessment.pk), assessment.stack
        if monotonic() > until:
            outcome.left.append(key)
        elif assessment.rescore(lens, by, seen[key]):
            outcome.done += 1
            outcome.changed += assessment.stack != before
        else:
            outcome.skipped.append(str(assessment.project))
    return outcome


def _named(lens: Lens) -> str:
    return f"{lens.id}/{lens.version}"


def _say(request: HttpRequest, lens: Lens, outcome: Outcome) -> None:
    if outcome.done:
        verdicts = {0: "No verdict", 1: "One verdict"}.get(
            outcome.changed, f"{outcome.changed:,} verdicts"
        )
        many = "1 assessment" if outcome.done == 1 else f"{outcome.done:,} assessments"
        messages.success(
            request,
            f"Re-scored {many} under “{lens.title}”, version {lens.version}. {verdicts} changed. "
            "What stood before is kept as a milestone of each.",
        )
    if outcome.skipped:
        messages.warning(
            request,
            f"Skipped, because answers or verdict changed since the preview: "
            f"{listed(outcome.skipped)}.",
        )
    if outcome.left:
        messages.warning(
            request, f"There was no time for {len(outcome.left):,} of them, which are below."
        )
    if not (outcome.done or outcome.skipped or outcome.left):
        messages.info(request, "There was nothing to re-score.")
