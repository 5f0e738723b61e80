"""What can still happen: bounds of the scores, whether the verdict is settled, what to ask next.

The model is linear in the readings, so the extremes over every completion of the answers are found
question by question, and the rectangle on the map is exact.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .answers import MAX_CHANGES, Answers
from .lens import STACKS, Lens, Loss, Option, Question, Stack
from .readings import (
    Reading,
    candidates,
    cap_state,
    changes_reading,
    reading_as,
    reading_of,
    rows,
)
from .scoring import (
    TIE,
    Verdict,
    belief_in_change,
    contribution,
    loss_of,
    regrets,
    score,
)

Interval = tuple[float, float]


@dataclass(frozen=True)
class Bounds:
    """Intervals in points over all completions of the answers."""

    uncertainty: Interval
    operations: Interval
    lean: Interval
    settled: bool


@dataclass(frozen=True)
class NextQuestion:
    """The unanswered question with the largest expected value of information, in regret."""

    question: str
    value: float


def bounds(lens: Lens, answers: Answers) -> Bounds:
    """Exact intervals, and whether every completion gives the same stack."""
    extremes = [_extremes(lens, answers, question) for question in lens.weighed]
    base = 100 * lens.arithmetic.neutral
    lean = (math.fsum(e[2][0] for e in extremes), math.fsum(e[2][1] for e in extremes))
    return Bounds(
        uncertainty=(
            base + math.fsum(e[0][0] for e in extremes),
            base + math.fsum(e[0][1] for e in extremes),
        ),
        operations=(
            base + math.fsum(e[1][0] for e in extremes),
            base + math.fsum(e[1][1] for e in extremes),
        ),
        lean=lean,
        settled=_settled(lens, answers, lean),
    )


Extremes = tuple[Interval, Interval, Interval]


def _extremes(lens: Lens, answers: Answers, question: Question) -> Extremes:
    """(lowest, highest) points that one question can add to U, to C and to U − C."""
    if question.kind == "changes":
        return _reach(lens, question.id, tuple(_changes_corners(lens, answers)))
    return _reach(lens, question.id, candidates(lens, answers, question))


@lru_cache(maxsize=4096)
def _reach(lens: Lens, question_id: str, readings: tuple[Reading, ...]) -> Extremes:
    parts = [contribution(lens, question_id, reading) for reading in readings]
    u, c = [p.uncertainty for p in parts], [p.operations for p in parts]
    d = [p.points for p in parts]
    return (min(u), max(u)), (min(c), max(c)), (min(d), max(d))


def _changes_corners(lens: Lens, answers: Answers) -> list[Reading]:
    """As they stand, all open ones to the product, all open ones to operation.

    The reading grows with each row's count and the two sides never compete within a row, so no
    other completion reaches further on either axis or on their difference.
    """
    listed = rows(lens, answers)
    return [
        changes_reading(lens, [row.point for row in listed]),
        changes_reading(lens, [row.most_product for row in listed]),
        changes_reading(lens, [row.most_operation for row in listed]),
    ]


def _settled(lens: Lens, answers: Answers, lean: Interval) -> bool:
    """True when the best completion for either stack still gives the same one."""
    low_fit, high_fit = _fit_advantage(lens, answers)
    advantages = [
        _advantage(lens, at, loss, fit)
        for loss in _losses(lens, answers)
        for at, fit in ((lean[0], low_fit), (lean[1], high_fit))
    ]
    return min(advantages) >= -TIE or max(advantages) < -TIE


def _advantage(lens: Lens, lean: float, loss: Loss, fit: float) -> float:
    """Regret of Go less regret of FastAPI; negative where Go wins."""
    belief = belief_in_change(lens, lean)
    return belief * loss.too_slow - (1 - belief) * loss.too_loosely + fit


def _losses(lens: Lens, answers: Answers) -> list[Loss]:
    question = lens.loss_question
    if question.id in answers.values:
        return [loss_of(lens, answers)]
    return [loss_of(lens, answers), *(o.loss for o in question.options if o.loss)]


def _fit_advantage(lens: Lens, answers: Answers) -> Interval:
    """(lowest, highest) of fit(go) − fit(fastapi) over what is unanswered."""
    low = high = 0.0
    for question in lens.questions:
        if question.fit_weights:
            sums = [
                question.fit_of(option, "go") - question.fit_of(option, "fastapi")
                for option in _open_options(answers, question)
            ]
            low, high = low + min(sums), high + max(sums)
    return low, high


def _open_options(answers: Answers, question: Question) -> list[Option | None]:
    chosen = answers.option(question)
    return [chosen] if chosen else [None, *question.options]


def next_question(
    lens: Lens, answers: Answers, verdict: Verdict | None = None
) -> NextQuestion | None:
    """The question whose answer is worth most; ``None`` where nothing is left that could matter.

    Its value is the smaller regret now, less the mean over its options (equally likely) of the
    smaller regret after it.
    """
    now = verdict or score(lens, answers)
    best: NextQuestion | None = None
    for question in lens.questions:
        if not question.decides or answers.is_answered(question):
            continue
        after = [min(r["fastapi"], r["go"]) for r in _outcomes(lens, answers, now, question)]
        value = min(now.regret.values()) - math.fsum(after) / len(after)
        if best is None or value > best.value + TIE:
            best = NextQuestion(question.id, value)
    return best


def _outcomes(lens: Lens, answers: Answers, now: Verdict, question: Question) -> Iterator[Regrets]:
    """The regrets after each way of answering one question, all else as it stands."""
    lean = now.lean
    if question.weights:
        lean -= contribution(lens, question.id, reading_of(lens, answers, question)).points
    if question.kind == "changes":
        for reading in _changes_splits(lens, answers):
            after = lean + contribution(lens, question.id, reading).points
            yield regrets(belief_in_change(lens, after), now.loss, now.fit)
        return
    capped_now = cap_state(lens, question, answers) == "capped"
    for points, loss, fit in _effects(lens, question, capped_now):
        belief = belief_in_change(lens, lean + points)
        yield regrets(belief, loss or now.loss, _sum(now.fit, fit) if fit else now.fit)


Regrets = dict[Stack, float]


@lru_cache(maxsize=1024)
def _effects(
    lens: Lens, question: Question, is_capped: bool
) -> tuple[tuple[float, Loss | None, Regrets | None], ...]:
    """Per option: its points of U − C, the losses it sets, what it adds to the fit."""
    effects = []
    for option in question.options:
        points, fit = 0.0, None
        if question.weights:
            reading = reading_as(lens, question, option.id, is_capped)
            points = contribution(lens, question.id, reading).points
        if question.fit_weights:
            fit = {
                stack: question.fit_of(option, stack) - question.fit_of(None, stack)
                for stack in STACKS
            }
        effects.append((points, option.loss, fit))
    return tuple(effects)


def _sum(fit: Regrets, more: Regrets) -> Regrets:
    return {stack: fit[stack] + more[stack] for stack in STACKS}


def _changes_splits(lens: Lens, answers: Answers) -> list[Reading]:
    """The open rows split 0 to n between the two sides, each as likely as the stand-in."""
    chance = lens.likelihood[lens.arithmetic.stand_in_likelihood].probability
    listed = rows(lens, answers)
    kept = [row.point for row, change in zip(listed, answers.changes, strict=False) if change.kind]
    missing = MAX_CHANGES - len(kept)
    return [
        changes_reading(
            lens, kept + [(chance, 0.0)] * product + [(0.0, chance)] * (missing - product)
        )
        for product in range(missing + 1)
    ]
