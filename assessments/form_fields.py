"""The fields of the lens' questions and their layout, made once and shared by all forms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from .engine.answers import MAX_CHANGES, PROJECT_LIMITS
from .engine.lens import Lens, Question
from .engine.sentences import NOT_SURE
from .form_layout import Changes, ChangeSelects, Choice, Group, Select, Text

PROJECT_FIELDS = {
    "name": ("Project", "What you call it. Shown on the result."),
    "summary": ("In one sentence", "What it does, and for whom. Optional."),
}
LAYOUTS = {"choice": Choice, "text": Text, "number": Text, "changes": Changes}


class GroupedNumber(forms.IntegerField):
    """A whole number that may be written as people do: 12,000 or 12 000."""

    def to_python(self, value: Any) -> int | None:
        text = re.sub(r"[,\s_]", "", value) if isinstance(value, str) else value
        return super().to_python(text)


@dataclass(frozen=True)
class Made:
    """What forms about the same questions share: their fields, and how they are laid out."""

    questions: tuple[Question, ...]
    fields: Mapping[str, forms.Field]
    helper: FormHelper


@lru_cache(maxsize=256)
def step_parts(lens: Lens, step_id: str) -> Made:
    questions = lens.questions_of(step_id)
    fields: dict[str, forms.Field] = {}
    parts: list[Any] = []
    if step_id == lens.steps[0].id:
        fields |= {f"project_{key}": _project_field(key) for key in PROJECT_FIELDS}
        parts += map(Text, fields)
    for question in questions:
        made = _fields(lens, question)
        fields |= made
        parts.append(LAYOUTS[question.kind](*made))
    return Made(questions, fields, _helper(parts))


def _helper(parts: Sequence[Any]) -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(*parts)
    return helper


@lru_cache(maxsize=256)
def what_if_parts(lens: Lens, rows: int) -> Made:
    """Every answer that can be tried out, as lists; the first ``rows`` of the changes with them."""
    questions = tuple(question for question in lens.questions if question.kind != "text")
    fields: dict[str, forms.Field] = {}
    groups = []
    for step in lens.steps:
        layouts: list[Any] = []
        for question in (q for q in questions if q.step == step.id):
            made = _what_if_fields(lens, question, rows)
            fields |= made
            layouts += _what_if_layouts(question, made, rows)
        if layouts:
            groups.append(Group(step.short, *layouts))
    return Made(questions, fields, _helper(groups))


def _what_if_fields(lens: Lens, question: Question, rows: int) -> dict[str, forms.Field]:
    if question.kind != "changes":
        field = _number(question) if question.kind == "number" else _choice(question)
        field.label = question.short
        return {question.id: field}
    made: dict[str, forms.Field] = {}
    for number in range(rows):
        made |= _row_fields(lens, question, number, brief=True)
    return made


def _what_if_layouts(question: Question, made: Mapping[str, forms.Field], rows: int) -> list[Any]:
    if question.kind == "changes":
        return [ChangeSelects(number) for number in range(rows)]
    return [Select(*made) if question.kind == "choice" else Text(*made)]


def _fields(lens: Lens, question: Question) -> dict[str, forms.Field]:
    if question.kind == "changes":
        fields: dict[str, forms.Field] = {}
        for number in range(MAX_CHANGES):
            fields |= _row_fields(lens, question, number)
        return fields
    return {question.id: _MAKERS[question.kind](question)}


def _choice(question: Question) -> forms.Field:
    choices = [(option.id, option.label) for option in question.options]
    return _one_of(question.label, [*choices, ("", NOT_SURE)], forms.RadioSelect())


def _one_of(label: str, choices: list[Any], widget: forms.Widget) -> forms.ChoiceField:
    wrong = {"invalid_choice": "That is not one of the options. Choose one of those listed."}
    return forms.ChoiceField(
        label=label, choices=choices, widget=widget, required=False, error_messages=wrong
    )


def text_field(label: str, limit: int, help_text: str, required: bool = False) -> forms.CharField:
    field = forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=limit,
        error_messages={
            "max_length": f"At most {limit} characters, please: this has %(show_value)d."
        },
    )
    # The browser may not cut what is pasted: too long a text comes back whole, with its error.
    field.widget.attrs = {"data-limit": str(limit)}
    return field


def _text(question: Question) -> forms.Field:
    return text_field(question.label, question.max_length, question.why)


def _number(question: Question) -> forms.Field:
    limits = f"A whole number from {question.minimum:,} to {question.maximum:,}, please."
    return GroupedNumber(
        label=question.label,
        required=False,
        help_text=question.why,
        min_value=question.minimum,
        max_value=question.maximum,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), limits),
    )


_MAKERS: Mapping[str, Any] = {"choice": _choice, "text": _text, "number": _number}


def kind_field(lens: Lens, label: str, brief: bool = False) -> forms.ChoiceField:
    """A list of the kinds of change, by what they weigh on; ``brief`` leaves out what they mean."""
    sides: dict[str, list[tuple[str, str]]] = {"uncertainty": [], "operations": []}
    for kind in lens.kinds:
        says = kind.label if brief else f"{kind.label}: {kind.means}"
        sides[kind.axis].append((kind.id, says))
    kinds = [
        ("", NOT_SURE),
        ("The product’s shape", sides["uncertainty"]),
        ("How it holds", sides["operations"]),
    ]
    return _one_of(label, kinds, forms.Select())


def _row_fields(
    lens: Lens, question: Question, number: int, brief: bool = False
) -> dict[str, forms.Field]:
    likelihoods = [("", NOT_SURE), *((item.id, item.label) for item in lens.likelihoods)]
    prefix = f"change_{number}"
    return {
        f"{prefix}_text": text_field(f"Change {number + 1}, text:", question.max_length, ""),
        f"{prefix}_kind": kind_field(lens, f"Change {number + 1}, kind:", brief),
        f"{prefix}_likelihood": _one_of(
            f"Change {number + 1}, likelihood:", likelihoods, forms.Select()
        ),
    }


def _project_field(key: str) -> forms.Field:
    label, help_text = PROJECT_FIELDS[key]
    field = text_field(label, PROJECT_LIMITS[key], help_text, required=key == "name")
    field.error_messages["required"] = "Give the project a name; any name will do."
    return field
