"""Crispy-forms layout objects, drawn by the macros under ``templates/site/forms/``."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from crispy_forms.layout import LayoutObject
from django.forms import BaseForm
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from markupsafe import Markup

from stackpick.jinja import macro

from .engine.lens import Question

ROW_PARTS = ("text", "kind", "likelihood")


class Drawn(LayoutObject):
    """One field drawn by a macro; ``draw`` is all that the kinds of field differ in."""

    def __init__(self, *names: str) -> None:
        self.fields = list(names)

    def render(self, form: BaseForm, context: Context, **kwargs: Any) -> SafeString:
        form.rendered_fields = getattr(form, "rendered_fields", set()) | set(self.fields)  # type: ignore[attr-defined]
        return format_html("{}", self.draw(form))

    def draw(self, form: Any) -> Markup:
        raise NotImplementedError


class Text(Drawn):
    """A line of text or a number."""

    def draw(self, form: Any) -> Markup:
        return macro("forms/text.html", "text")(form[self.fields[0]])


class Choice(Drawn):
    """A question as a group of radios, with what was assumed for it."""

    def draw(self, form: Any) -> Markup:
        name = self.fields[0]
        question, field = form.lens.question[name], form[name]
        chosen, assumed = field.value() or "", form.assumed.get(name)
        return _choice(
            question,
            field.auto_id,
            chosen if chosen in question.by_id else "",
            str(field.errors[0]) if field.errors else "",
            assumed.because if assumed and assumed.option == chosen else "",
            question.label == form.step.title,
        )


@lru_cache(maxsize=512)
def _choice(question: Question, *stands: Any) -> Markup:
    """A question as it stands: as good as the same for everybody, so it is drawn once."""
    return macro("forms/choice.html", "choice")(question, *stands)


class Select(Drawn):
    """A question as a list to choose from, with its label."""

    def draw(self, form: Any) -> Markup:
        field = form[self.fields[0]]
        drawn = macro("forms/select.html", "select")(field, field.label)
        return Markup('<div class="field">{}</div>').format(drawn)


class Changes(Drawn):
    """All rows of the five changes, with hints and with the buttons that add and remove one."""

    def draw(self, form: Any) -> Markup:
        rows, whole = form.rows()
        suggests = form.suggest_to is not None
        return macro("forms/changes.html", "changes")(rows, whole, form.rows_url, suggests)


class ChangeSelects(Drawn):
    """One listed change, whose text stands, with its kind and its likelihood to choose."""

    def __init__(self, number: int) -> None:
        super().__init__(*(f"change_{number}_{part}" for part in ROW_PARTS))

    def draw(self, form: Any) -> Markup:
        text, kind, likelihood = (form[name] for name in self.fields)
        return macro("forms/what_if.html", "change")(text.value(), kind, likelihood)


class Group(LayoutObject):
    """Fields under one legend."""

    def __init__(self, legend: str, *fields: Any) -> None:
        self.legend, self.fields = legend, list(fields)

    def render(self, form: BaseForm, context: Context, **kwargs: Any) -> SafeString:
        inside = self.get_rendered_fields(form, context, **kwargs)
        return format_html("{}", macro("forms/what_if.html", "group")(self.legend, inside))
