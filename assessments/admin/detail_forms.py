"""The forms of an assessment's page at the desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from ..engine.lens import Lens
from ..models import Assessment, Review
from ..share_form import ShareForm


class ProseField(forms.CharField):
    """A text of several lines, which browsers end in two characters where people count one."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class NoteForm(forms.Form):
    """An internal note."""

    text = ProseField(label="New note", max_length=5_000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="id_note_%s")


class LinkForm(ShareForm):
    """A new share link."""

    label = forms.CharField(
        label="For whom or what",
        max_length=80,
        required=False,
        help_text="Only the desk and the founder see it. Optional.",
    )

    def __init__(self, data: QueryDict | None = None, assessment: Assessment | None = None) -> None:
        super().__init__(data, auto_id="id_link_%s", assessment=assessment)


class ReviewForm(forms.Form):
    """The working copy of a review, based on the version and the verdict that were read."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    about = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    text = ProseField(
        label="Review",
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="Markdown: blank lines between paragraphs, # headings, - lists, **bold**, "
        "[words](https://…), tables. HTML is shown as text.",
    )
    overrules = forms.ChoiceField(label="Overrule the verdict", required=False)
    reason = ProseField(
        label="Why you overrule it",
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Plain text. It stands at the top of the result, beside the verdict.",
    )

    def __init__(
        self, lens: Lens, assessment: Assessment, review: Review | None, data: Any = None
    ) -> None:
        standing = {"version": 0, "about": assessment.moment()}
        if review:
            standing |= review.working_copy() | {"version": review.version}
        super().__init__(data, initial=standing, auto_id="id_review_%s")
        others = [(s, f"Start with {t.name}") for s, t in lens.stacks.items()]
        field: Any = self.fields["overrules"]
        field.choices = [
            ("", "Leave it as it is"),
            *(choice for choice in others if choice[0] != assessment.stack),
        ]

    def working_copy(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("text", "overrules", "reason")}


def rebased(data: QueryDict, assessment: Assessment, review: Review | None) -> QueryDict:
    """What was filled in, now based on what stands: saving it again is meant."""
    based = data.copy()
    based["version"] = str(review.version if review else 0)
    based["about"] = assessment.moment()
    return based
