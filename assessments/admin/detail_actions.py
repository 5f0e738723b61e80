"""What is done on an assessment's page: notes, the review, and share links. POST only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from stackpick.addresses import address

from ..lens import current_lens
from ..models import Assessment, Note, Review, ShareLink, StaleReview, name_of
from ..models.review import PUBLISHED, SAVED, WITHDRAWN
from ..scope import reach, refuse
from ..summaries import ConflictRow, Line
from .detail_forms import LinkForm, NoteForm, ReviewForm, rebased

Act = Callable[..., HttpResponse]

NEW_VERDICT = "Other answers were finished since you opened this page. Nothing was published."
DID = {SAVED: "saved", PUBLISHED: "published", WITHDRAWN: "withdrew"}


class DetailActions:
    """The addresses below an assessment's own, each for one thing to do."""

    admin_site: Any
    detail_page: Any

    def get_urls(self) -> list[Any]:
        acts: list[tuple[str, str, Act, str]] = [
            ("notes/add/", "note_add", self.add_note, "add_note"),
            ("notes/<int:note_id>/delete/", "note_delete", self.delete_note, "delete_note"),
            ("review/save/", "review_save", self.save_review, "change_review"),
            ("review/publish/", "review_publish", self.publish_review, "change_review"),
            ("review/withdraw/", "review_withdraw", self.withdraw_review, "change_review"),
            ("links/add/", "link_add", self.add_link, "add_sharelink"),
            ("links/<int:link_id>/revoke/", "link_revoke", self.revoke_link, "change_sharelink"),
        ]
        ours = [
            path(
                f"<str:key>/{route}",
                self._address(act, right),
                name=f"assessments_assessment_{name}",
            )
            for route, name, act, right in acts
        ]
        return ours + super().get_urls()  # type: ignore[misc]

    def _address(self, act: Act, right: str) -> Act:
        """An act as a view: for whom the assessment is in reach, and who has the right."""

        @require_POST
        def view(request: HttpRequest, key: str, **kwargs: Any) -> HttpResponse:
            assessment = reach(request, Assessment, key)
            allowed = request.user.has_perm(f"assessments.{right}")
            if not (allowed and self.has_view_permission(request, assessment)):  # type: ignore[attr-defined]
                raise PermissionDenied
            return act(request, assessment, **kwargs)

        return self.admin_site.admin_view(view)

    # Notes

    def add_note(self, request: HttpRequest, assessment: Assessment) -> HttpResponse:
        form = NoteForm(request.POST)
        if not form.is_valid():
            return self.detail_page(request, assessment, note_form=form)
        author: Any = request.user
        text = form.cleaned_data["text"]
        Note.objects.create(assessment=assessment, author=author, text=text)
        return back(assessment, "notes")

    def delete_note(
        self, request: HttpRequest, assessment: Assessment, note_id: int
    ) -> HttpResponse:
        """Whoever wrote a note may take it back, and a superuser may."""
        note = _own(request, assessment, Note, note_id)
        if note.author_id != request.user.pk and not request.user.is_superuser:
            refuse(request, f"deleting note {note_id}")
        note.delete()
        return back(assessment, "notes")

    # The review

    def save_review(
        self, request: HttpRequest, assessment: Assessment, publish: bool = False
    ) -> HttpResponse:
        if assessment.report is None:
            return _too_early(request, assessment)
        stored = Review.objects.filter(assessment=assessment).first()
        form = ReviewForm(current_lens(), assessment, stored, request.POST)
        if not form.is_valid():
            return self.detail_page(request, assessment, review_form=form)
        if publish and form.cleaned_data["about"] != assessment.moment():
            return self._review_told(request, assessment, stored, new_verdict=NEW_VERDICT)
        try:
            store = Review.objects.write_and_publish if publish else Review.objects.write
            store(assessment, form.cleaned_data["version"], request.user, **form.working_copy())
        except StaleReview as stale:
            said = _who_was_first(stale.review) | {"rows": _side_by_side(stale.review, form)}
            return self._review_told(request, assessment, stale.review, stale=said)
        except ValidationError as problem:
            form.add_error(None, problem)
            return self.detail_page(request, assessment, review_form=form)
        done = "Published. It stands on the result now." if publish else "Saved."
        messages.success(request, done)
        return back(assessment, "review")

    def publish_review(self, request: HttpRequest, assessment: Assessment) -> HttpResponse:
        """Saves what was filled in, and shows it to readers; both or neither."""
        return self.save_review(request, assessment, publish=True)

    def withdraw_review(self, request: HttpRequest, assessment: Assessment) -> HttpResponse:
        review = Review.objects.filter(assessment=assessment).first()
        if review is None or review.published is None:
            messages.warning(request, "There is no published review to withdraw.")
        else:
            review.withdraw(request.user)
            messages.success(request, "Withdrawn. The result shows no review any more.")
        return back(assessment, "review")

    def _review_told(
        self, request: HttpRequest, assessment: Assessment, review: Review | None, **said: Any
    ) -> HttpResponse:
        """The page with what was filled in, beside what stands now; saving it again is meant."""
        data = rebased(request.POST, assessment, review)
        form = ReviewForm(current_lens(), assessment, review, data)
        return self.detail_page(request, assessment, review_form=form, **said)

    # Share links

    def add_link(self, request: HttpRequest, assessment: Assessment) -> HttpResponse:
        """A new link, shown once: it travels to the page in the consultant's own signed cookie."""
        if assessment.report is None:
            return _too_early(request, assessment)
        form = LinkForm(request.POST)
        if not form.is_valid():
            return self.detail_page(request, assessment, link_form=form)
        label = form.cleaned_data["label"]
        _, token = ShareLink.objects.issue(assessment, label, reason="made at the desk")
        url = request.build_absolute_uri(address("shared", token))
        messages.success(request, url, extra_tags=f"share-link for-{assessment.pk}")
        return back(assessment, "links")

    def revoke_link(
        self, request: HttpRequest, assessment: Assessment, link_id: int
    ) -> HttpResponse:
        link = _own(request, assessment, ShareLink, link_id)
        link._change_reason = "revoked at the desk"
        link.revoke()
        return back(assessment, "links")


def _own(request: HttpRequest, assessment: Assessment, model: Any, key: int) -> Any:
    """A row of this assessment, and of no other that is in reach as well."""
    found = reach(request, model, key)
    if found.assessment_id != assessment.pk:
        refuse(request, f"{model._meta.model_name} {key}", Http404)
    return found


def _too_early(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    messages.warning(request, "This assessment is not finished: there is no verdict yet.")
    return back(assessment, "facts")


def _who_was_first(review: Review) -> dict[str, Any]:
    """Who changed the review last, what they did, when, and what stands now."""
    line = review.history.select_related("history_user").first()
    who = name_of(line.history_user) if line and line.history_user else "Somebody"
    did = DID.get(line.history_change_reason or "", "changed") if line else "changed"
    return {"who": who, "did": did, "when": review.updated_at, "review": review}


def _side_by_side(review: Review, form: ReviewForm) -> list[ConflictRow]:
    """The review as it stands, and as it was filled in."""
    stored, yours = review.working_copy(), form.working_copy()
    choices: dict[str, str] = dict(form.fields["overrules"].choices)  # type: ignore[attr-defined]
    for copy in (stored, yours):
        copy["overrules"] = choices.get(copy["overrules"], copy["overrules"])
    return [
        ConflictRow(str(form[name].label), (Line(stored[name]),), (Line(yours[name]),))
        for name in stored
    ]


def back(assessment: Assessment, part: str) -> HttpResponse:
    """To a part of the assessment's page."""
    page = reverse("admin:assessments_assessment_change", args=[assessment.pk])
    return redirect(f"{page}#{part}")
