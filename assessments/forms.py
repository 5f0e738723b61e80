"""Forms made from the lens: one per wizard step, its fields from the step's questions.

The forms only carry text in and out. What is right is decided in one place, by the engine's reader
of answers files; its problems are put beside the fields they belong to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms
from django.http import QueryDict

from .engine.answers import MAX_CHANGES, PROJECT_LIMITS, Answers, AnswersError, Problem, parse
from .engine.lens import Lens, Question, Step
from .form_layout import ChangeRow

NOT_SURE = "Not sure"
PROJECT_FIELDS = {
    "name": ("Project", "What you call it. Shown on the result."),
    "summary": ("In one sentence", "What it does, and for whom. Optional."),
}
_ROW_NAME = re.compile(r"change_(\d{1,9})_\w+")
_CHANGE_PATH = re.compile(r"answers\.changes\[(\d)\](?:\.(\w+))?")


class GroupedNumber(forms.IntegerField):
    """A whole number that may be written as people do: 12,000 or 12 000."""

    def to_python(self, value: Any) -> int | None:
        text = re.sub(r"[,\s_]", "", value) if isinstance(value, str) else value
        return super().to_python(text)


class StepForm(forms.Form):
    """The questions of one step. ``given`` is what was filled in, in terms of the answers file."""

    version = forms.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            "It is not clear which version of your answers this page was opened with. "
            "Look through them below and continue again.",
        ),
    )

    def __init__(self, lens: Lens, step: Step, data: QueryDict | None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.lens, self.step = lens, step
        self.has_project = step == lens.steps[0]
        if self.has_project:
            self.fields |= {f"project_{key}": _project_field(key) for key in PROJECT_FIELDS}
        self.questions = lens.questions_of(step.id)
        for question in self.questions:
            self.fields |= _fields(lens, question)
        self.helper = self._helper()

    def _helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        names = [f"project_{key}" for key in PROJECT_FIELDS] if self.has_project else []
        parts: list[Any] = [Field(name, template="forms/text.html") for name in names]
        for question in self.questions:
            if question.kind == "changes":
                parts += [ChangeRow(number) for number in range(MAX_CHANGES)]
            else:
                template = "choice" if question.kind == "choice" else "text"
                parts.append(Field(question.id, template=f"forms/{template}.html"))
        helper.layout = Layout(*parts)
        return helper

    @property
    def given(self) -> dict[str, Any]:
        """What the step says, by question id, ``None`` where it was left open."""
        result = {question.id: self._given(question) for question in self.questions}
        if self.has_project:
            result["project"] = {key: self._text(f"project_{key}") for key in PROJECT_FIELDS}
        return result

    def _text(self, name: str) -> str:
        return (self.cleaned_data.get(name) or "").strip()

    def _given(self, question: Question) -> Any:
        if question.kind == "changes":
            return [row for _, row in self._rows()] or None
        value = self.cleaned_data.get(question.id)
        return None if value in ("", None) else value

    def _rows(self) -> list[tuple[int, dict[str, Any]]]:
        """The rows with anything in them, each with its number on the page."""
        rows = []
        for number in range(MAX_CHANGES):
            row = {
                key: self._text(f"change_{number}_{key}") for key in ("text", "kind", "likelihood")
            }
            if any(row.values()):
                empty = {key: text or None for key, text in row.items()}
                rows.append((number, {**empty, "text": row["text"]}))
        return rows

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = self.given
        # noted first: each error that is placed takes its field out of the cleaned data
        rows = [number for number, _ in self._rows()]
        project = given.pop("project", {})
        answers = {key: value for key, value in given.items() if value is not None}
        file = {"format": self.lens.answers_format, "project": project, "answers": answers}
        try:
            parse(self.lens, file)
        except AnswersError as error:
            for problem in error.problems:
                self._place(problem, rows)
        if self.lens.changes in self.questions and self._has_too_many_rows():
            self.add_error(None, f"At most {MAX_CHANGES} changes are taken, the likeliest first.")
        return cleaned

    def _has_too_many_rows(self) -> bool:
        numbers = [match[1] for name in self.data if (match := _ROW_NAME.fullmatch(name))]
        return any(int(number) >= MAX_CHANGES for number in numbers)

    def _place(self, problem: Problem, rows: list[int]) -> None:
        """Puts a problem beside the field it is about, unless that field already has one."""
        name = self._field_of(problem.path, rows)
        if name in self.fields and name not in self.errors:
            self.add_error(name, _sentence(problem.message))
        elif name not in self.fields:
            self.add_error(None, _sentence(str(problem)))

    def _field_of(self, path: str, rows: list[int]) -> str:
        match = _CHANGE_PATH.match(path)
        if match:
            return f"change_{rows[int(match[1])]}_{match[2] or 'text'}"
        return path.replace("project.", "project_").removeprefix("answers.")


def step_form(
    lens: Lens, step: Step, answers: Answers, version: int, data: QueryDict | None = None
) -> StepForm:
    """The form of a step, filled with the answers so far or bound to what was posted."""
    initial = {"version": version, **_initial(lens, step, answers)}
    return StepForm(lens, step, data, initial=initial)


def _initial(lens: Lens, step: Step, answers: Answers) -> dict[str, Any]:
    initial: dict[str, Any] = {"project_name": answers.name, "project_summary": answers.summary}
    for question in lens.questions_of(step.id):
        if question.kind == "changes":
            for number, change in enumerate(answers.changes):
                initial |= {f"change_{number}_{key}": v for key, v in change.as_dict().items()}
        else:
            initial[question.id] = answers.values.get(question.id)
    return initial


def _fields(lens: Lens, question: Question) -> dict[str, forms.Field]:
    if question.kind == "changes":
        fields: dict[str, forms.Field] = {}
        for number in range(MAX_CHANGES):
            fields |= _row_fields(lens, question, number)
        return fields
    field = _MAKERS[question.kind](question)
    field.question = question
    return {question.id: field}


def _choice(question: Question) -> forms.Field:
    choices = [(option.id, option.label) for option in question.options]
    return _one_of(question.label, [*choices, ("", NOT_SURE)], forms.RadioSelect())


def _one_of(label: str, choices: list[Any], widget: forms.Widget) -> forms.ChoiceField:
    wrong = {"invalid_choice": "That is not one of the options. Choose one of those listed."}
    return forms.ChoiceField(
        label=label, choices=choices, widget=widget, required=False, error_messages=wrong
    )


def _text_field(label: str, limit: int, help_text: str, required: bool = False) -> forms.CharField:
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
    return _text_field(question.label, question.max_length, question.why)


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


def _row_fields(lens: Lens, question: Question, number: int) -> dict[str, forms.Field]:
    sides: dict[str, list[tuple[str, str]]] = {"uncertainty": [], "operations": []}
    for kind in lens.kinds:
        sides[kind.axis].append((kind.id, f"{kind.label}: {kind.means}"))
    kinds = [
        ("", NOT_SURE),
        ("The product's shape", sides["uncertainty"]),
        ("How it holds", sides["operations"]),
    ]
    likelihoods = [("", NOT_SURE), *((item.id, item.label) for item in lens.likelihoods)]
    prefix = f"change_{number}"
    return {
        f"{prefix}_text": _text_field(f"Change {number + 1}, text:", question.max_length, ""),
        f"{prefix}_kind": _one_of(f"Change {number + 1}, kind:", kinds, forms.Select()),
        f"{prefix}_likelihood": _one_of(
            f"Change {number + 1}, likelihood:", likelihoods, forms.Select()
        ),
    }


def _project_field(key: str) -> forms.Field:
    label, help_text = PROJECT_FIELDS[key]
    field = _text_field(label, PROJECT_LIMITS[key], help_text, required=key == "name")
    field.error_messages["required"] = "Give the project a name; any name will do."
    return field


def _sentence(text: str) -> str:
    """A problem of the answers file as a sentence of its own beside a field."""
    return f"This {text}." if text[:1].islower() else f"{text}."


class ShareForm(forms.Form):
    """A new share link."""

    label = _text_field("Who is it for?", 80, "Only you see this. Optional.")
