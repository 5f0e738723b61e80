"""The form that makes a share link: for whom, until when, and how much it shows."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django import forms
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from .form_fields import text_field
from .form_layout import Select, Text
from .models import Assessment, Shows

# Never, if nothing else is chosen: a link stands in files, READMEs and decision records, where one
# that has ended without anybody's doing is worse than one that has to be revoked.
NEVER = ""
DAYS = {"7": "7 days", "30": "30 days", "90": "90 days", NEVER: "Until it is revoked"}
_NOT_OFFERED = {"invalid_choice": "That is not one of the options. Choose one of those listed."}

_TOO_OLD = (
    "This verdict is older than links without names, and the model has moved on since: see the"
    " verdict again first, from the check of your answers."
)


class ShareForm(forms.Form):
    """A new share link."""

    label = text_field("Who is it for?", 80, "Only you see this. Optional.")
    days = forms.ChoiceField(
        label="How long is it open?",
        choices=list(DAYS.items()),
        initial=NEVER,
        required=False,
        error_messages=_NOT_OFFERED,
    )
    shows = forms.ChoiceField(
        label="What does it show?",
        choices=Shows.choices,
        initial=Shows.WHOLE,
        required=False,
        error_messages=_NOT_OFFERED,
    )

    def __init__(self, *args: Any, assessment: Assessment | None = None, **how: Any) -> None:
        super().__init__(*args, **how)
        self.assessment = assessment

    def clean_shows(self) -> str:
        shows = self.cleaned_data["shows"] or Shows.WHOLE
        wanted = self.assessment if shows == Shows.UNNAMED else None
        if wanted and not wanted.can_go_unnamed():
            raise forms.ValidationError(_TOO_OLD)
        return str(shows)

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen, as ``ShareLink.objects.issue`` takes it."""
        given = self.cleaned_data
        return {
            "label": given["label"],
            "expires_at": expiry(given["days"]),
            "shows": given["shows"],
        }


def expiry(days: str) -> datetime | None:
    """When a link ends that is made now and is open for so many days; None for never."""
    return timezone.now() + timedelta(days=int(days)) if days else None


def share_fields(form: ShareForm | None) -> SafeString:
    """The fields of the form as it was sent, or the empty ones, the same on every page."""
    return _empty_share_fields() if form is None else _drawn(form)


def _drawn(form: ShareForm) -> SafeString:
    parts = (Text("label"), Select("days"), Select("shows"))
    return format_html_join("", "{}", ((part.render(form, Context()),) for part in parts))


@cache
def _empty_share_fields() -> SafeString:
    return _drawn(ShareForm())
