"""What is done on an assessment's page: notes, the review, and share links. POST only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from ..lens import current_lens
from ..models import Assessment, Note, Review, ShareLink, StaleReview
from ..models.history import because
from ..models.made_once import made_once
from ..models.review import PUBLISHED, SAVED, WITHDRAWN
from ..naming import person_name
from ..once import token_of_form
from ..scope import refuse
from ..shown_once import show_once
from ..summaries import ConflictRow, Line
from ..tokens import token_hash
from .detail_forms import LinkForm, NoteForm, ReviewForm, rebased
from .pages import OwnPages, back_to, own_row

Act = Callable[..., HttpResponse]

NEW_VERDICT = "Other answers were finished since you opened this page. Nothing was published."
DID = {SAVED: "saved", PUBLISHED: "published", WITHDRAWN: "withdrew"}


class DetailActions(OwnPages):
    """The addresses below an assessment's own, each for one thing to do."""

    detail_page: Any

    def get_urls(self) -> list[Any]:
        acts: list[tuple[str, str, Act, str]] = [
            ("notes/add/", "note_add", self.add_note, "add_note"),
            ("notes/<int:note_id>/delete/", "note_delete", self.delete_note, "delete_note"),
            ("review/save/", "review_save", self.save_review, "change_review"),
            ("review/publish/", "review_publish", self.publish_review, "change_review"),
            ("review/withdraw/", "review_withdraw", self.withdraw_review, "change_review"),
            ("links/add/", "link_add", self.add_link, "add_sharelink"),
            ("links/<int:link_id>/replace/", "link_replace", self.replace_link, "change_sharelink"),
            ("links/<int:link_id>/revoke/", "link_revoke", self.revoke_link, "change_sharelink"),
        ]
        ours = [
            self.own_path(f"<str:key>/{route}", name, self._view(act, right), require_POST)
            for route, name, act, right in acts
        ]
        return ours + super().get_urls()  # type: ignore[misc]

    def _view(self, act: Act, right: str) -> Act:
        """An act as a view: for whom the assessment is in reach, and who has the right."""

        def view(request: HttpRequest, key: str, **kwargs: Any) -> HttpResponse:
            return act(request, self.reached(request, key, f"assessments.{right}"), **kwargs)

        return view

    # Notes

    def add_note(self, request: HttpRequest, assessment: Assessment) -> HttpResponse:
        form = NoteForm(request.POST)
        if not form.is_valid():
            return self.detail_page(request, assessment, note_form=form)
        author: Any = request.user
        text = form.cleaned_data["text"]
        once = token_hash(token_of_form(request.POST, "note", assessment.pk, author.pk, text))
        made_once(Note(assessment=assessment, author=author, text=text, once=once), "once")
        return back_to(assessment, "notes")

    def delete_note(
        self, request: HttpRequest, assessment: Assessment, note_id: int
    ) -> HttpResponse:
        """Whoever wrote a note may take it back, and a superuser may."""
        note = own_row(request, assessment, Note, note_id)
        if note.author_id != request.user.pk and not request.user.is_superuser:
            refuse(request, f"deleting note {note_id}")
        note.delete()
        return back_to(assessment, "notes")

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
        return back_to(assessment, "review")

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
        return back_to(assessment, "review")

    def _review_told(
        self, request: HttpRequest, assessment: Assessment, review: Review | None, **said: Any
    ) -> HttpResponse:
        """The page with what was filled in, beside what stands now; saving it again is meant."""
        data = rebased(request.POST, assessment, review)
        form = ReviewForm(current_lens(), assessment, review, data)
        return self.detail_page(request, assessment, review_form=form, **said)

    # Share links

    def add_link(self, request: HttpRequest, assessment: Assessment) -> HttpResponse:
        """A new link, shown once."""
        if assessment.report is None:
            return _too_early(request, assessment)
        form = LinkForm(request.POST, assessment=assessment)
        if not form.is_valid():
            return self.detail_page(request, assessment, link_form=form)
        wanted = token_of_form(
            request.POST, "link", assessment.pk, sorted(form.cleaned_data.items())
        )
        _, token = ShareLink.objects.issue(
            assessment, reason="made at the desk", token=wanted, **form.chosen
        )
        show_once(request, assessment, "shared", token)
        return back_to(assessment, "links")

    def replace_link(
        self, request: HttpRequest, assessment: Assessment, link_id: int
    ) -> HttpResponse:
        """Another link like it in its place, shown once."""
        self.allowed(request, "assessments.add_sharelink")
        token = own_row(request, assessment, ShareLink, link_id).replace("replaced at the desk")
        if token:
            show_once(request, assessment, "shared", token)
        else:
            messages.warning(request, "That link was closed already. Nothing was replaced.")
        return back_to(assessment, "links")

    def revoke_link(
        self, request: HttpRequest, assessment: Assessment, link_id: int
    ) -> HttpResponse:
        link = own_row(request, assessment, ShareLink, link_id)
        because(link, "revoked at the desk").revoke()
        return back_to(assessment, "links")


def _too_early(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    messages.warning(request, "This assessment is not finished: there is no verdict yet.")
    return back_to(assessment, "facts")


def _who_was_first(review: Review) -> dict[str, Any]:
    """Who changed the review last, what they did, when, and what stands now."""
    line = review.history.select_related("history_user").first()
    who = person_name(line and line.history_user)
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
