"""The additive value model, the expected regrets, and the verdict they give.

Axis scores are Σ weight × reading / Σ weight, in points from 0 to 100 (Keeney & Raiffa 1976). The
verdict is the stack with the smaller expected regret (Bayes risk; Berger 1985).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

from .answers import Answers
from .lens import STACKS, Lens, Loss, Stack
from .readings import Reading, reading_of

# Regrets closer than this are a tie: floating point must not decide what the answers do not.
TIE = 1e-12
# A score that is a threshold exactly, on paper, may be off by this in floating point.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Contribution:
    """What one answer adds to each score and to U − C, in points from the neutral reading."""

    question: str
    reading: Reading
    uncertainty: float
    operations: float

    @cached_property
    def points(self) -> float:
        return self.uncertainty - self.operations


@dataclass(frozen=True)
class Verdict:
    """Scores in points, belief in [0, 1], regrets in units of loss."""

    uncertainty: float
    operations: float
    lean: float
    belief: float
    loss: Loss
    fit: dict[Stack, float]
    regret: dict[Stack, float]
    stack: Stack
    strength: str
    pattern: str
    contributions: tuple[Contribution, ...]


def score(lens: Lens, answers: Answers) -> Verdict:
    """The verdict on valid answers. ``lean`` is the sum of the contributions, which is U − C."""
    parts = contributions(lens, answers)
    base = 100 * lens.arithmetic.neutral
    uncertainty = base + math.fsum(part.uncertainty for part in parts)
    operations = base + math.fsum(part.operations for part in parts)
    lean = math.fsum(part.points for part in parts)
    belief, loss, fit = belief_in_change(lens, lean), loss_of(lens, answers), fits(lens, answers)
    regret = regrets(belief, loss, fit)
    return Verdict(
        uncertainty=uncertainty,
        operations=operations,
        lean=lean,
        belief=belief,
        loss=loss,
        fit=fit,
        regret=regret,
        stack=smaller(regret),
        strength=strength(lens, regret),
        pattern=pattern(lens, answers, uncertainty, operations),
        contributions=parts,
    )


def contributions(lens: Lens, answers: Answers) -> tuple[Contribution, ...]:
    """One contribution per weighed question, in the order of the lens; zero where unanswered."""
    return tuple(
        contribution(lens, question.id, reading_of(lens, answers, question))
        for question in lens.weighed
    )


@lru_cache(maxsize=4096)
def contribution(lens: Lens, question_id: str, reading: Reading) -> Contribution:
    """What a reading adds; kept, because the same few readings are asked for again and again."""
    points, neutral = lens.points[question_id], lens.arithmetic.neutral
    return Contribution(
        question=question_id,
        reading=reading,
        # "or 0.0": an axis without weight would otherwise give a negative zero
        uncertainty=points[0] * (reading[0] - neutral) or 0.0,
        operations=points[1] * (reading[1] - neutral) or 0.0,
    )


def belief_in_change(lens: Lens, lean: float) -> float:
    """How far the answers say that uncertainty is the bottleneck: logistic(lean / scale)."""
    return 1 / (1 + math.exp(-lean / lens.arithmetic.scale))


def loss_of(lens: Lens, answers: Answers) -> Loss:
    """The two losses; even where the question is not answered."""
    option = answers.option(lens.loss_question)
    return option.loss if option and option.loss else Loss(0.5, 0.5)


def fits(lens: Lens, answers: Answers) -> dict[Stack, float]:
    """What team and libraries add to each stack's regret. StackPick's own addition."""
    total: dict[Stack, float] = dict.fromkeys(STACKS, 0.0)
    for question in lens.questions:
        option = answers.option(question)
        for stack in question.fit_weights:
            total[stack] += question.fit_of(option, stack)
    return total


def regrets(belief: float, loss: Loss, fit: dict[Stack, float]) -> dict[Stack, float]:
    """Expected regret of each choice: how likely its mistake is, times how much it hurts."""
    return {
        "fastapi": (1 - belief) * loss.too_loosely + fit["fastapi"],
        "go": belief * loss.too_slow + fit["go"],
    }


def smaller(regret: dict[Stack, float]) -> Stack:
    """The stack with the smaller regret; FastAPI on a tie, the essay's default for products."""
    return "fastapi" if regret["fastapi"] <= regret["go"] + TIE else "go"


def strength(lens: Lens, regret: dict[Stack, float]) -> str:
    difference = abs(regret["fastapi"] - regret["go"])
    if difference < lens.arithmetic.close_below:
        return "close"
    return "lean" if difference < lens.arithmetic.clear_from else "clear"


def pattern(lens: Lens, answers: Answers, uncertainty: float, operations: float) -> str:
    """``seam`` where an answer asks for one and both scores reach its threshold."""
    for question in lens.questions:
        option = answers.option(question)
        if option and option.seam_from is not None:
            both = min(uncertainty, operations) >= option.seam_from - ROUNDING
            return "seam" if both else "single"
    return "single"
