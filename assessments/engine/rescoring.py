"""A preview of stored verdicts under the current lens: which would change, and what moves them.

Quick, because draws and flips are left out. Every movement is signed toward FastAPI, so that a
negative one is toward Go. Besides the points of single answers three figures can move a verdict:
the losses of the two mistakes, the fit of team and libraries, and how far a point tips the belief.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum
from statistics import fmean
from typing import Any

from .answers import Answers, prune
from .lens import STACKS, Axis, Lens, Stack
from .scoring import Verdict, belief_in_change, score
from .sentences import quoted

# Below this a figure has only been rounded another way.
NOISE = 1e-9
# Points that still show as more than 0.0.
SHOWN = 0.05
MOST_SENTENCES = 3
# What the need on each axis asks to buy, in the essay's words.
BUYS: dict[Axis, str] = {"uncertainty": "change", "operations": "stability"}
FIGURES = {
    "loss": "The cost of the two mistakes is counted differently",
    "fit": "The fit of team and libraries is counted differently",
    "scale": "The same points tip the balance differently",
}


@dataclass(frozen=True)
class MovedContribution:
    """One answer's contribution to U − C, in unrounded points, as stored and as counted now."""

    question: str
    label: str
    before: float
    after: float

    @property
    def points(self) -> float:
        return self.after - self.before


@dataclass(frozen=True)
class Rescored:
    """A stored verdict beside what the current lens would say. Leans are U − C in points.

    ``moved`` begins with the largest movement. ``figures`` holds what moved besides: ``loss`` and
    ``fit`` in units of loss, ``scale`` as the belief at the stored lean.
    """

    stack_before: str
    stack_after: Stack
    strength_before: str
    strength_after: str
    lean_before: float
    lean_after: float
    moved: tuple[MovedContribution, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def changes_verdict(self) -> bool:
        """Whether the other stack would be named; its strength alone does not count."""
        return self.stack_before != self.stack_after

    def moves_it(self, amount: float) -> bool:
        """Whether a movement of this sign is one toward the new stack."""
        return amount > 0 if self.stack_after == "fastapi" else amount < 0


def rescored(lens: Lens, answers: Answers, report: Mapping[str, Any]) -> Rescored:
    """What the lens says on the answers now, beside the report stored with them.

    ``report`` may come from an earlier lens, and ``answers`` are those this one still knows.
    """
    verdict = score(lens, prune(lens, answers))
    return Rescored(
        stack_before=report["stack"],
        stack_after=verdict.stack,
        strength_before=report["strength"],
        strength_after=verdict.strength,
        lean_before=report["lean"],
        lean_after=verdict.lean,
        moved=_moved(lens, verdict, report),
        figures=_figures(lens, verdict, report),
    )


def summary(several: Sequence[Rescored]) -> str:
    """How many verdicts would change, as a sentence: “3 of 41 verdicts change.”"""
    total, changed = len(several), sum(one.changes_verdict for one in several)
    if total < 2:
        return ("No verdict changes.", "The only verdict changes.")[changed]
    if not changed:
        return f"No verdict of {total:,} changes."
    if changed == total:
        return "Both verdicts change." if total == 2 else f"All {total:,} verdicts change."
    return f"{changed:,} of {total:,} verdicts {'changes' if changed == 1 else 'change'}."


def because(lens: Lens, several: Sequence[Rescored]) -> list[str]:
    """Why verdicts would change, as sentences; empty where none does.

    First the answers that moved the most points toward the new stacks, at most three; then the
    figures that moved them; then how many change without any answer counting more for the new one.
    """
    changed = [one for one in several if one.changes_verdict]
    return [*_answers_that_moved(lens, changed), *_figures_that_moved(changed), *_without(changed)]


def _moved(
    lens: Lens, verdict: Verdict, report: Mapping[str, Any]
) -> tuple[MovedContribution, ...]:
    stored = {part["question"]: part for part in report["contributions"]}
    now = {part.question: part.points for part in verdict.contributions}
    parts = [
        MovedContribution(
            name,
            lens.question[name].short if name in lens.question else stored[name]["label"],
            stored[name]["points"] if name in stored else 0.0,
            now.get(name, 0.0),
        )
        for name in dict.fromkeys([*now, *stored])
    ]
    moved = [part for part in parts if abs(part.points) > NOISE]
    return tuple(sorted(moved, key=lambda part: -abs(part.points)))


def _figures(lens: Lens, verdict: Verdict, report: Mapping[str, Any]) -> dict[str, float]:
    """What moved besides the answers' points, signed; a verdict that changes has a cause here
    or among the points, because the difference of the regrets grows with each of them."""
    now = belief_in_change(lens, report["lean"])
    found = {
        "loss": verdict.loss.too_slow - report["loss"]["too_slow"],
        "fit": verdict.fit["go"] - verdict.fit["fastapi"] - _stored_fit(report),
        "scale": now - report["belief"],
    }
    return {name: amount for name, amount in found.items() if abs(amount) > NOISE}


def _stored_fit(report: Mapping[str, Any]) -> float:
    """The fit of Go less that of FastAPI, as it was."""
    fit = dict.fromkeys(STACKS, 0.0)
    for part in report["regret_parts"]:
        if part["part"] != "mistake":
            fit[part["stack"]] += part["amount"]
    return fit["go"] - fit["fastapi"]


def _answers_that_moved(lens: Lens, changed: Sequence[Rescored]) -> list[str]:
    """The sentences on single answers, the most points in all first."""
    groups: dict[tuple[Stack, str], list[MovedContribution]] = defaultdict(list)
    for one in changed:
        for part in _toward(one):
            groups[one.stack_after, part.question].append(part)
    ranked = sorted(groups.items(), key=lambda group: -fsum(abs(p.points) for p in group[1]))
    return [
        _answer_sentence(lens.stacks[stack].axis, parts, len(changed))
        for (stack, _), parts in ranked[:MOST_SENTENCES]
    ]


def _toward(one: Rescored) -> list[MovedContribution]:
    """What moved toward the new stack, and by enough to show."""
    return [part for part in one.moved if abs(part.points) >= SHOWN and one.moves_it(part.points)]


def _answer_sentence(toward: Axis, parts: Sequence[MovedContribution], total: int) -> str:
    amounts = [abs(part.points) for part in parts]
    average = "" if len({f"{amount:.1f}" for amount in amounts}) == 1 else "on average "
    # the side it speaks for, taken between before and after
    middle = fsum(part.before + part.after for part in parts)
    side: Axis = "uncertainty" if middle > 0 else "operations"
    more = "more" if side == toward else "less"
    counts = f"counts {average}{fmean(amounts):.1f} points {more} for {BUYS[side]}"
    return f"{quoted(parts[0].label)} {counts}{_in_how_many(len(parts), total)}."


def _figures_that_moved(changed: Sequence[Rescored]) -> list[str]:
    counts = Counter(
        name for one in changed for name, amount in one.figures.items() if one.moves_it(amount)
    )
    return [
        f"{says}{_in_how_many(counts[name], len(changed))}."
        for name, says in FIGURES.items()
        if counts[name]
    ]


def _without(changed: Sequence[Rescored]) -> list[str]:
    count = sum(not _toward(one) for one in changed)
    how_many = _in_how_many(count, len(changed))
    return [f"No answer counts more for the new verdict than before{how_many}."] if count else []


def _in_how_many(count: int, total: int) -> str:
    """“ in 3 of them”; nothing where there is only one."""
    if total == 1:
        return ""
    if count == total:
        return " in both of them" if total == 2 else f" in all {total:,} of them"
    return f" in {'one' if count == 1 else f'{count:,}'} of them"
