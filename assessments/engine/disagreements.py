"""Two people answered the same questions blind: where they disagree, and what it does.

Only answers to questions that apply are compared; the project's name and summary are not. Taking
the other's answer to one question, with everything else left alone, says what the disagreement
on it is worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from .answers import MAX_CHANGES, Answers, applicable, prune
from .comparing import differing
from .joining import joined_changes
from .lens import Lens, Question
from .lines import read_lines
from .scoring import Verdict, score

FIRST, SECOND, OPEN, BOTH = "first", "second", "open", "both"
NOTHING = Answers()


@dataclass(frozen=True)
class Disagreement:
    """One question answered differently, or by one of the two only.

    ``first`` and ``second`` are the lines a reader sees. ``changes_verdict``: the other's answer
    would give one of them the other stack; ``points`` is the most that U − C would move by it.
    ``can_join``: the two lists of changes fit into one; False for every other question.
    """

    question: str
    label: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    changes_verdict: bool
    points: float
    can_join: bool


@dataclass(frozen=True)
class Disagreements:
    """Both verdicts, and the disagreements: first those that change one, then by points."""

    first: Verdict
    second: Verdict
    items: tuple[Disagreement, ...]

    @property
    def same_stack(self) -> bool:
        return self.first.stack == self.second.stack


class UnsettledError(ValueError):
    """The choices do not fit the disagreements; ``questions`` holds the ids they fail on."""

    def __init__(self, questions: Iterable[str]) -> None:
        self.questions = tuple(questions)
        super().__init__(f"no choice that settles a disagreement on {', '.join(self.questions)}")


def disagreements(lens: Lens, first: Answers, second: Answers) -> Disagreements:
    """Where two sets of valid answers differ, what changes a verdict first."""
    first, second = prune(lens, first), prune(lens, second)
    verdicts = score(lens, first), score(lens, second)
    items = [
        _item(lens, (first, second), verdicts, question)
        for question in differing(lens, first, second)
    ]
    # rounded, so that what is equal on paper stays in the order of the lens
    items.sort(key=lambda item: (not item.changes_verdict, -round(item.points, 9)))
    return Disagreements(*verdicts, tuple(items))


def settle(lens: Lens, first: Answers, second: Answers, choices: Mapping[str, str]) -> Answers:
    """The joint answers: what both say, and the choice made for each disagreement.

    ``choices`` maps the id of each question they disagree on to ``first``, ``second``, ``open``
    (left unanswered) or, for changes that can be joined, ``both``. A question that does not apply
    once the others are settled needs no choice, and one made for it counts for nothing. Name and
    summary are the first's, or the second's where the first gave none.

    Raises:
        UnsettledError: a choice is missing, is not one of these, or is made for a question on
            which the two do not disagree.
    """
    first, second = prune(lens, first), prune(lens, second)
    disputed = differing(lens, first, second)
    joint = replace(first, name=first.name or second.name, summary=first.summary or second.summary)
    for question in disputed:
        joint = _settled(joint, first, second, question, choices.get(question.id, OPEN))
    lacking = [
        question.id
        for question in disputed
        if not _has_choice(choices, question, first, second)
        and (question.id in choices or _applies(lens, joint, question))
    ]
    undisputed = set(choices) - {question.id for question in disputed}
    if lacking or undisputed:
        raise UnsettledError([*lacking, *sorted(undisputed)])
    return prune(lens, joint)


def _item(
    lens: Lens,
    both: tuple[Answers, Answers],
    verdicts: tuple[Verdict, Verdict],
    question: Question,
) -> Disagreement:
    first, second = both
    swapped = (
        score(lens, _taking(first, second, question)),
        score(lens, _taking(second, first, question)),
    )
    pairs = list(zip(verdicts, swapped, strict=True))
    return Disagreement(
        question=question.id,
        label=question.short,
        first=read_lines(lens, first, question),
        second=read_lines(lens, second, question),
        changes_verdict=any(before.stack != after.stack for before, after in pairs),
        points=max(abs(after.lean - before.lean) for before, after in pairs),
        can_join=question.kind == "changes" and _can_join(first, second),
    )


def _can_join(first: Answers, second: Answers) -> bool:
    """Whether both lists of changes, joined without duplicates, fit into one."""
    return len(joined_changes(first.changes, second.changes)) <= MAX_CHANGES


def _taking(own: Answers, other: Answers, question: Question) -> Answers:
    """The answers with the other's to one question.

    What only applies beside that answer stays as it is: it never weighs on the verdict.
    """
    if question.kind == "changes":
        return replace(own, changes=other.changes)
    values = {key: value for key, value in own.values.items() if key != question.id}
    if question.id in other.values:
        values[question.id] = other.values[question.id]
    return replace(own, values=values)


def _settled(
    joint: Answers, first: Answers, second: Answers, question: Question, choice: str
) -> Answers:
    if choice == BOTH:
        return replace(joint, changes=joined_changes(first.changes, second.changes))
    chosen = {FIRST: first, SECOND: second}.get(choice, NOTHING)
    return _taking(joint, chosen, question)


def _has_choice(
    choices: Mapping[str, str], question: Question, first: Answers, second: Answers
) -> bool:
    choice = choices.get(question.id)
    if choice == BOTH:
        return question.kind == "changes" and _can_join(first, second)
    return choice in (FIRST, SECOND, OPEN)


def _applies(lens: Lens, answers: Answers, question: Question) -> bool:
    return question.id in applicable(lens, {**answers.values, question.id: ""})
