"""Two assessments, or two milestones of one, side by side: what was answered, and what it gave.

Reports are compared as they were stored, whatever lens they were made with: nothing is computed
anew, and a question that is no longer there keeps the name it had.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .answers import Answers, prune
from .lens import Lens, Question
from .lines import read_lines

Stored = Mapping[str, Any]


@dataclass(frozen=True)
class AnswerRow:
    """An answer that differs, as the lines a reader sees; a question left open has one as well."""

    question: str
    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class ContributionRow:
    """Points of U − C as each report shows them, to one decimal; 0 where a report has none."""

    question: str
    label: str
    before: float
    after: float
    difference: float


@dataclass(frozen=True)
class StoredVerdict:
    """A verdict as its report shows it.

    ``share``, in [0, 1], is that of the draws in which the stack leads; the two scores are points
    from 0 to 100, to one decimal.
    """

    stack: str
    stack_name: str
    strength: str
    pattern: str
    share: float
    uncertainty: float
    operations: float
    lens_version: int


@dataclass(frozen=True)
class Comparison:
    """What differs. A verdict is ``None`` for a draft, beside which no contributions are shown."""

    answers: tuple[AnswerRow, ...]
    contributions: tuple[ContributionRow, ...]
    verdict_before: StoredVerdict | None
    verdict_after: StoredVerdict | None

    @property
    def same_verdict(self) -> bool:
        """Whether both are finished and name the same stack, however firmly."""
        before, after = self.verdict_before, self.verdict_after
        return before is not None and after is not None and before.stack == after.stack


def compared(
    lens: Lens,
    before: Answers,
    after: Answers,
    report_before: Stored | None,
    report_after: Stored | None,
) -> Comparison:
    """What differs between two sets of answers, and between the reports stored with them."""
    return Comparison(
        answers=_answer_rows(lens, prune(lens, before), prune(lens, after)),
        contributions=_contribution_rows(lens, report_before, report_after),
        verdict_before=_verdict(report_before),
        verdict_after=_verdict(report_after),
    )


def differing(lens: Lens, before: Answers, after: Answers) -> tuple[Question, ...]:
    """The questions answered differently, in the order of the lens; both have to be pruned.

    The order of the changes says nothing, so the same ones in another order do not differ.
    """
    return tuple(question for question in lens.questions if _differs(question, before, after))


def _differs(question: Question, before: Answers, after: Answers) -> bool:
    if question.kind == "changes":
        return Counter(before.changes) != Counter(after.changes)
    return before.values.get(question.id) != after.values.get(question.id)


def _answer_rows(lens: Lens, before: Answers, after: Answers) -> tuple[AnswerRow, ...]:
    return tuple(
        AnswerRow(
            question.id,
            question.short,
            read_lines(lens, before, question),
            read_lines(lens, after, question),
        )
        for question in differing(lens, before, after)
    )


def _contribution_rows(
    lens: Lens, before: Stored | None, after: Stored | None
) -> tuple[ContributionRow, ...]:
    """The rows that differ, the largest difference first, then in the order of the lens."""
    if before is None or after is None:
        return ()
    old, new = _by_question(before), _by_question(after)
    known = [question.id for question in lens.questions]
    rows = [_contribution_row(name, old, new) for name in dict.fromkeys([*known, *old, *new])]
    differ = [row for row in rows if row.difference]
    return tuple(sorted(differ, key=lambda row: -abs(row.difference)))


def _by_question(report: Stored) -> dict[str, Stored]:
    return {part["question"]: part for part in report["contributions"]}


def _contribution_row(
    name: str, old: Mapping[str, Stored], new: Mapping[str, Stored]
) -> ContributionRow:
    before, after = ((parts.get(name) or {}).get("displayed", 0.0) for parts in (old, new))
    label = (new.get(name) or old.get(name) or {}).get("label", name)
    return ContributionRow(name, label, before, after, round(after - before, 1))


def _verdict(report: Stored | None) -> StoredVerdict | None:
    if report is None:
        return None
    return StoredVerdict(
        stack=report["stack"],
        stack_name=report["headline"]["stack"],
        strength=report["strength"],
        pattern=report["pattern"],
        share=report["robustness"][report["stack"]],
        uncertainty=report["uncertainty"]["displayed"],
        operations=report["operations"]["displayed"],
        lens_version=report["lens"]["version"],
    )
