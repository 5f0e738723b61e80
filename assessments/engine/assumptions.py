"""What the five changes already imply about later questions, said and never counted.

An assumption is what a page fills in beforehand. It becomes an answer, and moves a score, only
when the founder leaves it standing and saves the step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .answers import Answers
from .lens import Implied, Lens
from .readings import expected
from .sentences import NUMBERS


@dataclass(frozen=True)
class Assumption:
    """The option assumed for a question nobody has answered, and the sentence that says why."""

    question: str
    option: str
    because: str


def assumptions(lens: Lens, answers: Answers) -> dict[str, Assumption]:
    """Per question left open, what the expected changes imply; the first kind of the lens wins."""
    found: dict[str, Assumption] = {}
    for implied, count in _implications(lens, answers):
        if implied.question not in answers.values:
            found.setdefault(implied.question, _assumption(implied, count))
    return found


def _implications(lens: Lens, answers: Answers) -> Iterator[tuple[Implied, int]]:
    """What each kind implies, with how many of the expected changes are of that kind."""
    kinds = [change.kind for change in expected(lens, answers.changes)]
    for kind in lens.kinds:
        if kind.implies and kind.id in kinds:
            yield kind.implies, kinds.count(kind.id)


def _assumption(implied: Implied, count: int) -> Assumption:
    many = implied.many.format(count=NUMBERS[count].capitalize())
    return Assumption(implied.question, implied.option, implied.one if count == 1 else many)
