"""Answers as the lines a reader sees, in the words of the lens."""

from __future__ import annotations

from dataclasses import dataclass

from .answers import Answers, Change
from .lens import Lens, Question
from .sentences import NOT_SURE, answer_text

NOT_GIVEN = "Not given"
NONE_LISTED = "None listed"


@dataclass(frozen=True)
class Line:
    """A line of an answer, and what is said about it in a softer voice."""

    text: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.text} ({self.note})" if self.note else self.text


def given_lines(lens: Lens, answers: Answers, question: Question) -> tuple[Line, ...]:
    """One line, or one a listed change; none where the question was left open."""
    if question.kind == "changes":
        return tuple(_change_line(lens, change) for change in answers.changes)
    text = answer_text(lens, answers, question)
    return (Line(text),) if text else ()


def blank_line(question: Question) -> Line:
    """What stands where the question was left open."""
    if question.kind == "changes":
        return Line(NONE_LISTED)
    return Line(NOT_SURE if question.kind == "choice" else NOT_GIVEN)


def read_lines(lens: Lens, answers: Answers, question: Question) -> tuple[str, ...]:
    """The answer as plain texts, at least one."""
    lines = given_lines(lens, answers, question) or (blank_line(question),)
    return tuple(map(str, lines))


def _change_line(lens: Lens, change: Change) -> Line:
    kind = lens.kind[change.kind].label if change.kind else "Kind not sure"
    likelihood = lens.likelihood[change.likelihood].label if change.likelihood else ""
    return Line(change.text, " · ".join(filter(None, (kind, likelihood.lower()))))
