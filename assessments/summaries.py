"""Answers in the lens' words, for check-your-answers and for the choice between two versions."""

from __future__ import annotations

from dataclasses import dataclass

from .engine.answers import Answers
from .engine.lens import Lens, Question, Step
from .engine.sentences import answer_text
from .forms import NOT_SURE, PROJECT_FIELDS


@dataclass(frozen=True)
class Line:
    """A line of an answer, and what is said about it in a softer voice."""

    text: str
    note: str = ""


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


def summary(lens: Lens, answers: Answers) -> list[Section]:
    """Every step with its answers, in order."""
    return [Section(step, step_rows(lens, step, answers)) for step in lens.steps]


def step_rows(lens: Lens, step: Step, answers: Answers) -> tuple[Row, ...]:
    rows = []
    if step == lens.steps[0]:
        texts = {"name": answers.name, "summary": answers.summary}
        rows += [_row(PROJECT_FIELDS[key][0], texts[key], f"id_project_{key}") for key in texts]
    for question in lens.questions_of(step.id):
        if _applies(question, answers):
            rows.append(_question_row(lens, question, answers))
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
    return Row(label, (Line(text or "Not given"),), field, bool(text))


def _question_row(lens: Lens, question: Question, answers: Answers) -> Row:
    if question.kind == "changes":
        lines = tuple(_change_lines(lens, answers))
        return Row(question.label, lines or (Line("None listed"),), "id_change_0_text", bool(lines))
    text = answer_text(lens, answers, question)
    field = f"id_{question.id}_0" if question.kind == "choice" else f"id_{question.id}"
    blank = NOT_SURE if question.kind == "choice" else "Not given"
    return Row(question.short, (Line(text or blank),), field, bool(text))


def _change_lines(lens: Lens, answers: Answers) -> list[Line]:
    lines = []
    for change in answers.changes:
        kind = lens.kind[change.kind].label if change.kind else "Kind not sure"
        likelihood = lens.likelihood[change.likelihood].label if change.likelihood else ""
        lines.append(Line(change.text, " · ".join(filter(None, (kind, likelihood.lower())))))
    return lines
