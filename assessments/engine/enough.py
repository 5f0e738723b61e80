"""Whether somebody has said enough to be shown what another person answered blind."""

from __future__ import annotations

from .answers import Answers
from .lens import Lens, Question


def says_enough(lens: Lens, answers: Answers) -> bool:
    """Whether at least half of the questions are answered, or five changes are listed whole.

    Questions that are asked only beside certain answers do not count.
    """
    if answers.is_answered(lens.changes):
        return True
    asked = [question for question in lens.questions if question.shown_if is None]
    return 2 * sum(_is_said(question, answers) for question in asked) >= len(asked)


def _is_said(question: Question, answers: Answers) -> bool:
    """Some changes are an answer as well, if not a whole one."""
    return bool(answers.changes) if question.kind == "changes" else answers.is_answered(question)
