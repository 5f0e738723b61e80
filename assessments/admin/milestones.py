"""Milestones of an assessment at the desk: freezing its state under a name, listing, deleting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models.fields.json import KT
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from ..models import Assessment, Milestone
from ..models.revising import LONGEST_NAME, NO_NAME
from .pages import OwnPages, back_to, own_row

ADD, DELETE = "assessments.add_milestone", "assessments.delete_milestone"


class MilestoneForm(forms.Form):
    """The name to freeze the current state under."""

    name = forms.CharField(
        label="Freeze the current state as",
        max_length=LONGEST_NAME,
        error_messages={"required": NO_NAME},
        help_text="A name to find it by, such as “Before the pilot”.",
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_milestone_%s")


def milestones_context(assessment: Assessment, form: MilestoneForm | None = None) -> dict[str, Any]:
    """What ``_milestones.html`` shows; whether to offer the forms is for its reader's rights."""
    rows = assessment.milestones.select_related("author").defer("answers_file", "report")
    told = {
        "stack": KT("report__stack"),
        "stack_name": KT("report__headline__stack"),
        "strength": KT("report__strength"),
        "lens_version": KT("report__lens__version"),
    }
    return {
        "assessment": assessment,
        "milestones": list(rows.annotate(**told)),
        "milestone_form": form or MilestoneForm(),
    }


class Milestones(OwnPages):
    """Gives the admin of assessments the addresses of its milestones."""

    def get_urls(self) -> list[Any]:
        base, post = "<str:key>/milestones/", require_POST
        delete = f"{base}<str:milestone_key>/delete/"
        return [
            self.own_path(base, "freeze", self.freeze_view, post),
            self.own_path(delete, "milestone_delete", self.delete_milestone_view, post),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def freeze_view(self, request: HttpRequest, key: str) -> HttpResponse:
        assessment = self.reached(request, key, ADD)
        form = MilestoneForm(request.POST)
        if form.is_valid():
            try:
                made = assessment.freeze(form.cleaned_data["name"], request.user)
            except ValidationError as problem:
                form.add_error("name", problem)
            else:
                messages.success(request, f"Frozen as “{made.name}”.")
                return back_to(assessment, "milestones")
        context = self.milestones_context(request, assessment, form)
        title = f"Milestones of {assessment.project}"
        return self.own_page(request, "milestones", title, original=assessment, **context)

    def delete_milestone_view(
        self, request: HttpRequest, key: str, milestone_key: str
    ) -> HttpResponse:
        assessment = self.reached(request, key, DELETE)
        milestone = own_row(request, assessment, Milestone, milestone_key)
        milestone.delete()
        messages.success(request, f"Deleted the milestone “{milestone.name}”.")
        return back_to(assessment, "milestones")

    def milestones_context(
        self, request: HttpRequest, assessment: Assessment, form: MilestoneForm | None = None
    ) -> dict[str, Any]:
        """What ``_milestones.html`` shows to this member of staff."""
        may = request.user.has_perm
        rights = {"may_freeze": may(ADD), "may_delete_milestones": may(DELETE)}
        return milestones_context(assessment, form) | rights
