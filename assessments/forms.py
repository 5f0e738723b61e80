"""Forms made from the lens: one per wizard step, its fields from the step's questions.

The forms only carry text in and out. What is right is decided in one place, by the engine's reader
of answers files; its problems are put beside the fields they belong to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from .engine.answers import (
    MAX_CHANGES,
    Answers,
    AnswersError,
    Change,
    Problem,
    parse,
)
from .engine.assumptions import Assumption
from .engine.coach import Hint, coach
from .engine.lens import Lens, Question, Step
from .form_fields import PROJECT_FIELDS, Made, step_parts, what_if_parts
from .form_layout import ROW_PARTS
from .suggestions import Asker, Offer, offer

# How many rows of the five stand there before anything is written; more can be added.
SHOWN_AT_FIRST = 3
FARTHEST_REVIEW = timedelta(days=3 * 365)
ROW_NUMBERS = frozenset(str(number) for number in range(1, MAX_CHANGES + 1))
_ROW_NAME = re.compile(r"change_(\d{1,9})_\w+")
_CHANGE_PATH = re.compile(r"answers\.changes\[(\d)\](?:\.(\w+))?")


class AnswersForm(forms.Form):
    """Some of the lens' questions. ``given`` is what was filled in, in terms of the answers file.

    The fields are made once for each set of questions and shared: a form changes none of them.
    """

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
    has_project = False
    questions: tuple[Question, ...] = ()

    def __init__(self, lens: Lens, made: Made, data: QueryDict | None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.lens, self.questions, self.helper = lens, made.questions, made.helper
        self.fields |= made.fields

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
            row = {key: self._text(f"change_{number}_{key}") for key in ROW_PARTS}
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
        if "change_0_text" in self.fields and self._has_too_many_rows():
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


@dataclass(frozen=True)
class Row:
    """One of the five changes on the page; ``spare`` is hidden where scripts can add it."""

    number: int
    text: forms.BoundField
    kind: forms.BoundField
    likelihood: forms.BoundField
    spare: bool
    autofocus: bool
    hint: Hint | None
    offer: Offer | None


class StepForm(AnswersForm):
    """The questions of one step, with what was assumed for them and where rows are added.

    Kinds are suggested where ``suggest_to`` says to whom; beside a kind that is chosen only while
    the page is ``live``, where what was suggested a moment ago stays.
    """

    assumed: Mapping[str, Assumption] = MappingProxyType({})
    rows_url = ""
    suggest_to: Asker | None = None
    live = False
    shown = SHOWN_AT_FIRST
    focus_row: int | None = None

    def __init__(self, lens: Lens, step: Step, data: QueryDict | None, **kwargs: Any) -> None:
        super().__init__(lens, step_parts(lens, step.id), data, **kwargs)
        self.step, self.has_project = step, step == lens.steps[0]

    def assume(self, found: Mapping[str, Assumption]) -> None:
        """Fills in what was assumed for the step's questions, as far as they are open."""
        self.assumed = {key: found[key] for key in found if key in self.fields}
        self.initial.update({key: assumed.option for key, assumed in self.assumed.items()})

    def take_rows(self, posted: QueryDict) -> None:
        """Takes the rows as they are typed, after one was added or taken away."""
        wanted = posted.get("rows", "")
        typed = [
            [posted.get(f"change_{row}_{part}", "") for part in ROW_PARTS]
            for row in range(MAX_CHANGES)
        ]
        shown = _whole_number(posted.get("shown", ""), SHOWN_AT_FIRST)
        gone = _whole_number(wanted.removeprefix("remove-"), 0)
        if wanted == "add":
            self.shown = self.focus_row = min(shown + 1, MAX_CHANGES)
        elif gone:
            typed = [*typed[: gone - 1], *typed[gone:], [""] * len(ROW_PARTS)]
            self.shown = max(1, shown - 1)
            self.focus_row = min(gone, self.shown)
        for row, texts in enumerate(typed):
            for part, text in zip(ROW_PARTS, texts, strict=True):
                self.initial[f"change_{row}_{part}"] = text

    def rows(self) -> tuple[list[Row], Hint | None]:
        """The five rows, and what the coach says of them as a whole."""
        bound = [
            [self[f"change_{number}_{part}"] for part in ROW_PARTS] for number in range(MAX_CHANGES)
        ]
        texts = [[str(field.value() or "") for field in row] for row in bound]
        hints = self.hints(texts)
        filled = [number for number, row in enumerate(texts, start=1) if any(row)]
        shown = max([self.shown, *filled])
        rows = []
        for number, ((text, kind, likelihood), typed) in enumerate(
            zip(bound, texts, strict=True), start=1
        ):
            hint, focused = hints.get(number - 1), number == self.focus_row
            offered = self._offer(typed[0], typed[1], hint)
            spare = number > shown
            rows.append(Row(number, text, kind, likelihood, spare, focused, hint, offered))
        return rows, hints.get(None)

    def _offer(self, text: str, kind: str, hint: Hint | None) -> Offer | None:
        if self.suggest_to is None or (kind and not self.live):
            return None
        return offer(self.lens, text, kind, self.suggest_to, hinted=bool(hint))

    def hints(self, texts: Sequence[Sequence[str]]) -> dict[int | None, Hint]:
        """What the coach says, by row (from 0; ``None`` for the whole list)."""
        listed = [Change(row[0], self._kind(row[1]), row[2] or None) for row in texts]
        return {hint.row: hint for hint in coach(self.lens, listed)}

    def _kind(self, text: str) -> str | None:
        return text if text in self.lens.kind else None


def step_form(
    lens: Lens, step: Step, answers: Answers, version: int, data: QueryDict | None = None
) -> StepForm:
    """The form of a step, filled with the answers so far or bound to what was posted."""
    initial = {"version": version, **_initial(lens, step, answers)}
    return StepForm(lens, step, data, initial=initial)


def _whole_number(text: str, otherwise: int) -> int:
    """A row's number as it came in, or another where it is none."""
    return int(text) if text in ROW_NUMBERS else otherwise


class WhatIfForm(AnswersForm):
    """All answers as lists, to try others out; what is not in ``tried`` stands as it is stored."""

    def __init__(self, lens: Lens, answers: Answers, version: int, tried: QueryDict) -> None:
        standing = {"version": version}
        for step in lens.steps:
            standing |= _initial(lens, step, answers)
        data = {key: "" if value is None else value for key, value in standing.items()}
        made = what_if_parts(lens, len(answers.changes))
        new = {key: tried[key] for key in tried if key in made.fields or key == "version"}
        self.differing = [(k, v) for k, v in new.items() if k in made.fields and v != str(data[k])]
        super().__init__(lens, made, data | new)  # type: ignore[arg-type]


def _initial(lens: Lens, step: Step, answers: Answers) -> dict[str, Any]:
    initial: dict[str, Any] = {"project_name": answers.name, "project_summary": answers.summary}
    for question in lens.questions_of(step.id):
        if question.kind == "changes":
            for number, change in enumerate(answers.changes):
                initial |= {f"change_{number}_{key}": v for key, v in change.as_dict().items()}
        else:
            initial[question.id] = answers.values.get(question.id)
    return initial


def _sentence(text: str) -> str:
    """A problem of the answers file as a sentence of its own beside a field."""
    return f"This {text}." if text[:1].islower() else f"{text}."


class ReviewForm(forms.Form):
    """The day on which to look at the verdict again: after today, within three years."""

    review_on = forms.DateField(
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Give a date, as in 2027-03-01, please."
        )
    )

    def clean_review_on(self) -> date:
        day: date = self.cleaned_data["review_on"]
        earliest, latest = review_days()
        if not earliest <= day <= latest:
            raise forms.ValidationError(
                f"Give a day after today and before {latest + timedelta(days=1):%-d %B %Y}."
            )
        return day


def review_days() -> tuple[date, date]:
    """The first and the last day to look again on that can be chosen today."""
    today = timezone.localdate()
    return today + timedelta(days=1), today + FARTHEST_REVIEW
