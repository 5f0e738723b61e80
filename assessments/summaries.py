"""Answers in the lens' words, for check-your-answers and for the choice between two versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from types import MappingProxyType

from .engine.answers import Answers
from .engine.assumptions import Assumption
from .engine.lens import Lens, Question, Step
from .engine.lines import NOT_GIVEN, Line, blank_line, given_lines
from .engine.sentences import NOT_SURE
from .form_fields import PROJECT_FIELDS


@dataclass(frozen=True)
class Row:
    """One question and its answer, as one or more lines; ``field`` is where to change it."""

    label: str
    lines: tuple[Line, ...]
    field: str
    answered: bool


@dataclass(frozen=True)
class Section:
    step: Step
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class ConflictRow:
    label: str
    saved: tuple[Line, ...]
    yours: tuple[Line, ...]

    @property
    def differs(self) -> bool:
        return self.saved != self.yours


@dataclass(frozen=True)
class Moved:
    """An answer that differs between two sets of them, before and after."""

    label: str
    before: str
    after: str


Assumed = Mapping[str, Assumption]
NOTHING: Assumed = MappingProxyType({})


def summary(lens: Lens, answers: Answers, assumed: Assumed = NOTHING) -> list[Section]:
    """Every step with its answers, in order, and what would be assumed where there is none."""
    return [Section(step, step_rows(lens, step, answers, assumed)) for step in lens.steps]


def moved(lens: Lens, before: Answers, after: Answers) -> list[Moved]:
    """What differs, in the lens' words, line by line."""
    found = []
    for step in lens.steps:
        for row in conflict_rows(lens, step, before, after):
            pairs = zip_longest(row.saved, row.yours, fillvalue=Line(NOT_SURE))
            found += [Moved(row.label, str(a), str(b)) for a, b in pairs if a != b]
    return found


def step_rows(
    lens: Lens, step: Step, answers: Answers, assumed: Assumed = NOTHING
) -> tuple[Row, ...]:
    rows = []
    if step == lens.steps[0]:
        texts = {"name": answers.name, "summary": answers.summary}
        rows += [_row(PROJECT_FIELDS[key][0], texts[key], f"id_project_{key}") for key in texts]
    for question in lens.questions_of(step.id):
        if _applies(question, answers):
            row = _question_row(lens, question, answers)
            rows.append(row if row.answered else _with_assumed(lens, row, question, assumed))
    return tuple(rows)


def conflict_rows(lens: Lens, step: Step, saved: Answers, wanted: Answers) -> list[ConflictRow]:
    """The step's answers in both versions, question by question."""
    ours = {row.label: row.lines for row in step_rows(lens, step, saved)}
    yours = {row.label: row.lines for row in step_rows(lens, step, wanted)}
    empty = (Line(NOT_SURE),)
    return [
        ConflictRow(label, ours.get(label, empty), yours.get(label, empty))
        for label in dict.fromkeys([*ours, *yours])
    ]


def _applies(question: Question, answers: Answers) -> bool:
    condition = question.shown_if
    return condition is None or answers.choice(condition[0]) in condition[1]


def _row(label: str, text: str, field: str) -> Row:
    return Row(label, (Line(text or NOT_GIVEN),), field, bool(text))


def _question_row(lens: Lens, question: Question, answers: Answers) -> Row:
    lines = given_lines(lens, answers, question)
    label = question.label if question.kind == "changes" else question.short
    return Row(label, lines or (blank_line(question),), first_field(question), bool(lines))


def first_field(question: Question) -> str:
    """The id of the control on its step that a question is answered with, or begins with."""
    if question.kind == "changes":
        return "id_change_0_text"
    return f"id_{question.id}_0" if question.kind == "choice" else f"id_{question.id}"


def _with_assumed(lens: Lens, row: Row, question: Question, assumed: Assumed) -> Row:
    """An open answer, with what its step would fill in and does not count yet."""
    found = assumed.get(question.id)
    if not found:
        return row
    label = question.by_id[found.option].label
    note = f"“{label}” is assumed, and counts once you have seen the step."
    return replace(row, lines=(Line(row.lines[0].text, note),))
