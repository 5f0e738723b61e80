"""What each answer reads as on the two axes, between 0 and 1, and what it still could read as.

A reading is ``(uncertainty, operations)``. An unanswered question stands at the lens' neutral
value; ``candidates`` gives every reading its answer could still have. For the five changes the
reading is the expected number of changes on each side over ``changes_cut``, cut at 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from .answers import MAX_CHANGES, Answers, Change
from .lens import Lens, Question

Reading = tuple[float, float]


@dataclass(frozen=True)
class Row:
    """One change as (uncertainty, operations) expected counts: as it stands, and its extremes."""

    point: Reading
    most_product: Reading
    most_operation: Reading


def rows(lens: Lens, answers: Answers) -> tuple[Row, ...]:
    """The five changes, listed ones first; the missing ones are unknown."""
    listed = [row_of(lens, change) for change in answers.changes]
    missing = [row_of(lens, Change(""))] * (MAX_CHANGES - len(listed))
    return tuple(listed + missing)


def row_of(lens: Lens, change: Change) -> Row:
    """A change of unknown kind counts half on each side, as likely as ``stand_in_likelihood``."""
    known = lens.likelihood.get(change.likelihood or "")
    chances = [known] if known else list(lens.likelihoods)
    stand_in = known or lens.likelihood[lens.arithmetic.stand_in_likelihood]
    point, low = stand_in.probability, min(c.probability for c in chances)
    high = max(c.probability for c in chances)
    if change.kind is None:
        return Row((point / 2, point / 2), (high, 0.0), (0.0, high))
    if lens.kind[change.kind].axis == "uncertainty":
        return Row((point, 0.0), (high, 0.0), (low, 0.0))
    return Row((0.0, point), (0.0, low), (0.0, high))


def chance(lens: Lens, change: Change) -> float:
    """How likely a change is taken to be, where nothing is said as well."""
    return lens.likelihood[change.likelihood or lens.arithmetic.stand_in_likelihood].probability


def expected(lens: Lens, changes: Iterable[Change]) -> list[Change]:
    """The changes that are at least as likely as not."""
    return [c for c in changes if chance(lens, c) >= lens.arithmetic.expected_from]


def changes_reading(lens: Lens, counts: list[Reading]) -> Reading:
    """The reading of the changes question from expected counts per change."""
    cut = lens.arithmetic.changes_cut
    return (
        min(1.0, sum(count[0] for count in counts) / cut),
        min(1.0, sum(count[1] for count in counts) / cut),
    )


@lru_cache(maxsize=4096)
def option_reading(lens: Lens, question: Question, option_id: str | None) -> Reading:
    """The reading of one option, without any cap; neutral for ``None``. Unweighed axes read 0."""
    neutral = lens.arithmetic.neutral
    if option_id is None:
        return (
            neutral if "uncertainty" in question.weights else 0.0,
            neutral if "operations" in question.weights else 0.0,
        )
    readings = question.by_id[option_id].readings
    return readings.get("uncertainty", 0.0), readings.get("operations", 0.0)


def cap_state(lens: Lens, question: Question, answers: Answers) -> str:
    """``capped``, ``free`` (no cap, or a number above it) or ``open`` (number not given)."""
    capped_by = lens.caps.get(question.id)
    if capped_by is None:
        return "free"
    number = answers.number(capped_by[0].id)
    if number is None:
        return "open"
    return "capped" if number < capped_by[1].below else "free"


def capped(lens: Lens, question: Question, reading: Reading) -> Reading:
    """The reading held under the question's cap."""
    cap = lens.caps[question.id][1]
    u, c = reading
    return (min(u, cap.reading), c) if cap.axis == "uncertainty" else (u, min(c, cap.reading))


def choose(lens: Lens, answers: Answers, question: Question, option_id: str | None) -> Reading:
    """The reading that an option (``None``: not sure) has beside the other answers."""
    return reading_as(lens, question, option_id, cap_state(lens, question, answers) == "capped")


def reading_of(lens: Lens, answers: Answers, question: Question) -> Reading:
    """The reading of a weighed question as the answers stand."""
    if question.kind == "changes":
        return changes_reading(lens, [row.point for row in rows(lens, answers)])
    capped_now = cap_state(lens, question, answers) == "capped"
    return reading_as(lens, question, answers.choice(question.id), capped_now)


@lru_cache(maxsize=1024)
def reading_as(lens: Lens, question: Question, option_id: str | None, is_capped: bool) -> Reading:
    """The reading of one option, under the question's cap or free of it."""
    reading = option_reading(lens, question, option_id)
    return capped(lens, question, reading) if is_capped else reading


def candidates(lens: Lens, answers: Answers, question: Question) -> tuple[Reading, ...]:
    """Every reading a weighed choice can still have; one where nothing about it is open.

    Leaving it unanswered is one of the completions, and so is a number that comes to cap it.
    """
    state = cap_state(lens, question, answers)
    return _candidates(lens, question, answers.choice(question.id), state)


@lru_cache(maxsize=1024)
def _candidates(
    lens: Lens, question: Question, chosen: str | None, state: str
) -> tuple[Reading, ...]:
    wanted = [chosen] if chosen else [None, *question.by_id]
    free = [option_reading(lens, question, option_id) for option_id in wanted]
    if state == "free":
        return tuple(free)
    under_it = [capped(lens, question, reading) for reading in free]
    return tuple(under_it if state == "capped" else free + under_it)
