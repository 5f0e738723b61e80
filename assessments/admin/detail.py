"""An assessment's page at the desk: what is known, the review, notes, and share links."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from ..exports.markdown import to_html
from ..lens import current_lens
from ..models import Assessment, Review, ShareLink
from ..naming import stack_name
from ..once import once_field
from ..reviews import published_review
from ..scope import reach
from ..shown_once import new_links, other_messages
from .detail_actions import DetailActions
from .detail_forms import LinkForm, NoteForm, ReviewForm
from .detail_parts import answered, facts, former_version, report_context
from .history import HistoryPage, Source
from .versions import listed_versions


class DetailPages(DetailActions, HistoryPage):
    """Gives the admin of assessments its page for one of them, and the page of its history.

    Milestones, corrections and re-scoring are shown on it, and have modules of their own.
    """

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        assessment = reach(request, Assessment, unquote(object_id))
        if not self.has_view_or_change_permission(request, assessment):  # type: ignore[attr-defined]
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return self.detail_page(request, assessment, **(extra_context or {}))

    def detail_page(
        self, request: HttpRequest, assessment: Assessment, **filled: Any
    ) -> HttpResponse:
        """The page, with forms as they were filled in where there is something wrong with them."""
        context = {
            "subtitle": "Assessment",
            "original": assessment,
            "assessment": assessment,
            **_shown(assessment),
            **self._forms(request, assessment),
            "said": other_messages(request),
            "new_links": [url for _, url in new_links(request, assessment)],
            "may_delete": self.has_delete_permission(request, assessment),  # type: ignore[attr-defined]
            "change_answers_url": self.change_answers_url(request, assessment),  # type: ignore[attr-defined]
            "rescore_url": self.rescore_url(request, assessment),  # type: ignore[attr-defined]
            **self.milestones_context(request, assessment),  # type: ignore[attr-defined]
            "versions": listed_versions(request, assessment),
            "once": once_field(),
            **filled,
        }
        context["wrong"] = _wrong(context)
        return self.own_page(request, "change_form", str(assessment.project), **context)

    def histories(self, row: Any) -> list[Source]:
        return [
            Source("Assessment", Assessment.history.filter(id=row.pk)),
            Source("Review", Review.history.filter(assessment_id=row.pk)),
            Source("Share link", ShareLink.history.filter(assessment_id=row.pk)),
        ]

    def _forms(self, request: HttpRequest, assessment: Assessment) -> dict[str, Any]:
        """Empty forms, or None for what may not be done, or not yet."""
        may, finished = request.user.has_perm, assessment.report is not None
        reviews = finished and may("assessments.change_review")
        links = finished and may("assessments.add_sharelink")
        review = getattr(assessment, "review", None)
        return {
            "review_form": ReviewForm(current_lens(), assessment, review) if reviews else None,
            "link_form": LinkForm() if links else None,
            "may_revoke": may("assessments.change_sharelink"),
            "may_replace": links and may("assessments.change_sharelink"),
            "note_form": NoteForm() if may("assessments.add_note") else None,
            "may_delete_notes": may("assessments.delete_note"),
        }


def _shown(assessment: Assessment) -> dict[str, Any]:
    """What is read of the assessment, its review, notes and links."""
    lens = current_lens()
    reviews = Review.objects.filter(assessment=assessment).select_related("author")
    assessment._state.fields_cache["review"] = review = reviews.first()
    former = former_version(assessment, lens)
    report = assessment.report
    return {
        "project": assessment.project,
        "client": assessment.project.client,
        "facts": facts(assessment, lens),
        "former": former,
        "steps": answered(assessment, lens, former),
        "moved_on": assessment.has_moved_on(lens),
        **(report_context(report) if report else {"report": None}),
        "review": review,
        "overrules_name": stack_name(lens, review.overrules) if review else "",
        "preview": to_html(review.text) if review else "",
        "published": published_review(assessment, lens),
        "unread": bool(review and assessment.finished_at and _older(review, assessment)),
        "notes": list(assessment.notes.select_related("author")),
        "links": ShareLink.objects.of(assessment),
    }


def _older(review: Review, assessment: Assessment) -> bool:
    """Whether other answers were finished since the review was saved."""
    return assessment.finished_at is not None and review.updated_at < assessment.finished_at


def _wrong(context: dict[str, Any]) -> str:
    """The part of the page in which something was not taken; empty where all is well."""
    if context.get("stale") or context.get("new_verdict"):
        return "review"
    forms = {"review": "review_form", "notes": "note_form", "links": "link_form"}
    bad = (part for part, name in forms.items() if context[name] and context[name].errors)
    return next(bad, "")
