"""A crispy-forms layout object for one row of the five changes."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import LayoutObject
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

PARTS = ("text", "kind", "likelihood")


class ChangeRow(LayoutObject):
    """Text, kind and likelihood of one change, drawn by ``forms/change_row.html``."""

    template = "forms/change_row.html"

    def __init__(self, number: int) -> None:
        self.number = number
        self.fields = [f"change_{number}_{part}" for part in PARTS]

    def render(self, form: BaseForm, context: Context, **kwargs: Any) -> SafeString:
        form.rendered_fields |= set(self.fields)  # type: ignore[attr-defined]
        bound = {part: form[name] for part, name in zip(PARTS, self.fields, strict=True)}
        return render_to_string(self.template, {"number": self.number + 1, **bound})
