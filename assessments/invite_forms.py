"""The forms around invitations: the consultant's who invites, and the founder's who has begun."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from .engine.foreign_text import text_problem
from .models import Invite

_IN_ADDRESS = re.compile(r"(?:^|/a/)([A-Za-z0-9_-]{43})(?:/|$)")
NOT_TIED = (
    "No assessment that can be used is at this address. It may be mistyped or cut short, or the "
    "assessment may belong to a client of a consultant already."
)
EXPIRY = (("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("", "Never"))


class TieForm(forms.Form):
    """The address of an assessment that a founder had begun alone."""

    address = forms.CharField(
        label="Address of your assessment",
        max_length=500,
        help_text="The one you come back to: it has /a/ in it, and a long word after that.",
        error_messages={
            "required": "Paste the address of your assessment.",
            "max_length": NOT_TIED,
        },
    )

    @property
    def token(self) -> str:
        """The edit token in the address, or pasted by itself; empty where there is none."""
        found = _IN_ADDRESS.search(self.cleaned_data["address"])
        return found[1] if found else ""


class InviteForm(forms.Form):
    """Whom a consultant invites, and to what; with a second person it becomes a pair."""

    recipient = forms.CharField(max_length=80, help_text="Such as “Founder”, or a name.")
    project_name = forms.CharField(
        label="Project",
        max_length=100,
        required=False,
        help_text="Stands in the first step; it can be changed there. Optional.",
    )
    note = forms.CharField(
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Shown above the Start button. Optional.",
    )
    days = forms.ChoiceField(
        label="Can be taken up for", choices=EXPIRY, initial="30", required=False
    )
    second = forms.CharField(
        label="Second person",
        max_length=80,
        required=False,
        help_text="Invites a second person to the same question, blind: neither sees the other’s "
        "answers before both are done. Leave it empty to invite one.",
    )

    @property
    def expires_at(self) -> datetime | None:
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=int(days)) if days else None

    def clean_recipient(self) -> str:
        return self._line("recipient")

    def clean_project_name(self) -> str:
        return self._line("project_name")

    def clean_second(self) -> str:
        return self._line("second")

    def _line(self, name: str) -> str:
        """Held to what an answers file may hold, as the name becomes a part of one."""
        text: str = self.cleaned_data[name]
        if problem := text_problem(text, Invite._meta.get_field("project_name").max_length or 0):
            raise forms.ValidationError(f"This {problem}.")
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        recipient, second = cleaned.get("recipient", ""), cleaned.get("second", "")
        if second and second.casefold() == recipient.casefold():
            self.add_error("second", "Call the two differently, so that they can be told apart.")
        return cleaned
