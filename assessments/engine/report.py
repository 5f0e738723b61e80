"""``build_report``: the one object that pages, exports and the command line show.

A report is plain JSON data, so that an assessment can store it whole and show it unchanged years
later. Amounts are unrounded unless their key says ``displayed``; scores are points from 0 to 100,
regrets are in units of loss, shares and the belief lie in [0, 1].
"""

from __future__ import annotations

import math
from typing import Any, TypedDict

from .advice import costs, guardrails, seam
from .answers import Answers
from .bounds import NextQuestion, bounds, next_question
from .flips import Flip, flips
from .headroom import figures, headroom
from .lens import STACKS, Lens
from .robustness import Robustness, robustness
from .rounding import round_to_total
from .scoring import Contribution, Verdict, score
from .sentences import (
    answer_text,
    because,
    flip_sentence,
    move_label,
    move_text,
    reason,
    robust_sentence,
)

FORMAT = "stackpick-report/1"
Json = dict[str, Any]


class AxisScore(TypedDict):
    """A score in points, and its bounds over everything still unanswered."""

    score: float
    low: float
    high: float
    displayed: float


class Measures(TypedDict):
    """The figures, unrounded but for those that say ``displayed``."""

    stack: str
    strength: str
    pattern: str
    uncertainty: AxisScore
    operations: AxisScore
    lean: float
    lean_displayed: float
    belief: float
    loss: Json
    regret: dict[str, float]
    regret_parts: list[Json]
    turning_point: float | None
    settled: bool
    robustness: dict[str, float]
    draws: Json
    contributions: list[Json]
    headroom: Json | None


class Wording(TypedDict):
    """What is said about them, in the lens' words and the founder's."""

    headline: Json
    because: str
    firmness: Json
    seam: Json | None
    changes: list[Json]
    flips: list[Json]
    next_question: Json | None
    trap: Json
    guardrails: list[Json]
    costs: list[str]


class Report(Measures, Wording):
    """What the engine says about one set of answers, with those answers."""

    format: str
    lens: Json
    project: Json
    answers: Json


def build_report(lens: Lens, answers: Answers) -> Report:
    """The whole report on valid answers. The same lens and answers give the same bytes."""
    verdict, robust = score(lens, answers), robustness(lens, answers)
    file = answers.to_file(lens)
    return Report(
        format=FORMAT,
        lens={"id": lens.id, "version": lens.version, "title": lens.title},
        project=file["project"],
        answers=file["answers"],
        **_measures(lens, answers, verdict, robust),
        **_wording(lens, answers, verdict, robust),
    )


def _measures(lens: Lens, answers: Answers, verdict: Verdict, robust: Robustness) -> Measures:
    reach = bounds(lens, answers)
    u = _axis(verdict.uncertainty, reach.uncertainty)
    c = _axis(verdict.operations, reach.operations)
    # the two scores as shown, subtracted: what a reader of the page can check
    total = round(u["displayed"] - c["displayed"], 1)
    cloud = [list(point) for point in robust.cloud]
    return Measures(
        stack=verdict.stack,
        strength=verdict.strength,
        pattern=verdict.pattern,
        uncertainty=u,
        operations=c,
        lean=verdict.lean,
        lean_displayed=total,
        belief=verdict.belief,
        loss=_loss(lens, answers, verdict),
        regret={name: verdict.regret[name] for name in STACKS},
        regret_parts=_regret_parts(lens, answers, verdict),
        turning_point=_turning_point(lens, verdict),
        settled=reach.settled,
        robustness={name: robust.share[name] for name in STACKS},
        draws={"count": robust.draws, "seed": robust.seed, "cloud": cloud},
        contributions=_contributions(lens, answers, verdict, total),
        headroom=_headroom(lens, answers),
    )


def _wording(lens: Lens, answers: Answers, verdict: Verdict, robust: Robustness) -> Wording:
    stack, found = lens.stacks[verdict.stack], flips(lens, answers, verdict)
    return Wording(
        headline={"start": "Start with", "stack": stack.name, "need": stack.buys},
        because=because(lens, answers, verdict),
        firmness=_firmness(lens, verdict, robust, found),
        seam=seam(lens, answers, verdict),
        changes=_changes(lens, answers),
        flips=[_flip(lens, answers, flip) for flip in found],
        next_question=_next(lens, next_question(lens, answers, verdict)),
        trap={"title": stack.trap_title, "says": stack.trap},
        guardrails=guardrails(lens, answers, verdict),
        costs=costs(lens, answers, verdict),
    )


def progress(lens: Lens, answers: Answers) -> Json:
    """What the wizard shows beside each step: quick, because it leaves the draws and flips out."""
    verdict, reach = score(lens, answers), bounds(lens, answers)
    return {
        "stack": verdict.stack,
        "strength": verdict.strength,
        "pattern": verdict.pattern,
        "uncertainty": _axis(verdict.uncertainty, reach.uncertainty),
        "operations": _axis(verdict.operations, reach.operations),
        "turning_point": _turning_point(lens, verdict),
        "settled": reach.settled,
        "next_question": _next(lens, next_question(lens, answers, verdict)),
    }


def _loss(lens: Lens, answers: Answers, verdict: Verdict) -> Json:
    question = lens.loss_question
    option = answers.option(question)
    return {
        "too_slow": verdict.loss.too_slow,
        "too_loosely": verdict.loss.too_loosely,
        "reason": option.reason
        if option
        else f"{question.short}: not sure, so both count the same.",
    }


def _axis(value: float, interval: tuple[float, float]) -> AxisScore:
    return AxisScore(score=value, low=interval[0], high=interval[1], displayed=round(value, 1))


def _contributions(lens: Lens, answers: Answers, verdict: Verdict, total: float) -> list[Json]:
    shown = [
        part
        for part in verdict.contributions
        if answer_text(lens, answers, lens.question[part.question]) or part.points
    ]
    rounded = round_to_total([part.points for part in shown], total)
    return [
        _contribution(lens, answers, part, displayed)
        for part, displayed in zip(shown, rounded, strict=True)
    ]


def _contribution(lens: Lens, answers: Answers, part: Contribution, displayed: float) -> Json:
    question = lens.question[part.question]
    return {
        "question": part.question,
        "label": question.short,
        "answer": answer_text(lens, answers, question),
        "uncertainty": part.uncertainty,
        "operations": part.operations,
        "points": part.points,
        "displayed": displayed,
        "reason": reason(lens, answers, part),
    }


def _regret_parts(lens: Lens, answers: Answers, verdict: Verdict) -> list[Json]:
    """Per stack, the terms that its regret is the sum of, each with its reason."""
    mistakes = {
        "fastapi": (1 - verdict.belief) * verdict.loss.too_loosely,
        "go": verdict.belief * verdict.loss.too_slow,
    }
    parts: list[Json] = [
        {"stack": stack, "part": "mistake", "amount": mistakes[stack], "reason": text.regret}
        for stack, text in lens.stacks.items()
    ]
    for question in lens.questions:
        option = answers.option(question)
        for stack in question.fit_weights:
            amount = question.fit_of(option, stack)
            if amount:
                says = option.reason if option else f"{question.short}: not sure"
                parts.append(
                    {"stack": stack, "part": question.id, "amount": amount, "reason": says}
                )
    return parts


def _turning_point(lens: Lens, verdict: Verdict) -> float | None:
    """The lean U − C, in points, at which the regrets are equal; None where no lean makes them so.

    Solves p·slow − (1 − p)·loosely + fit(go) − fit(fastapi) = 0 for p, the two losses adding to 1.
    """
    fit = verdict.fit["go"] - verdict.fit["fastapi"]
    belief = verdict.loss.too_loosely - fit
    if not 0 < belief < 1:
        return None
    return lens.arithmetic.scale * math.log(belief / (1 - belief))


def _headroom(lens: Lens, answers: Answers) -> Json | None:
    """The share of a small server that the founder's peak would use, where a peak was given."""
    peaks = [answers.number(number.id) for number, _ in lens.caps.values()]
    peak = next((peak for peak in peaks if peak is not None), None)
    return None if peak is None else headroom(figures(), peak)


def _changes(lens: Lens, answers: Answers) -> list[Json]:
    return [
        {
            **change.as_dict(),
            "kind_label": lens.kind[change.kind].label if change.kind else "",
            "likelihood_label": (
                lens.likelihood[change.likelihood].label if change.likelihood else ""
            ),
            "axis": lens.kind[change.kind].axis if change.kind else None,
            "buys": lens.kind[change.kind].buys if change.kind else "",
        }
        for change in answers.changes
    ]


def _flip(lens: Lens, answers: Answers, flip: Flip) -> Json:
    texts = [move_text(lens, answers, move) for move in flip.moves]
    return {
        "size": len(flip.moves),
        "distance": round(flip.distance, 6),
        "stack": flip.stack,
        "stack_name": lens.stacks[flip.stack].name,
        "says": ", and ".join(texts),
        "changes": [
            {
                "question": move.question,
                "path": f"answers.{move.path}",
                "from": move.before,
                "to": move.after,
                "says": text,
                "label": move_label(lens, answers, move),
            }
            for move, text in zip(flip.moves, texts, strict=True)
        ],
    }


def _next(lens: Lens, found: NextQuestion | None) -> Json | None:
    if found is None:
        return None
    question = lens.question[found.question]
    names = {"question": question.id, "label": question.short, "step": question.step}
    return {**names, "value": found.value}


def _firmness(lens: Lens, verdict: Verdict, robust: Robustness, found: tuple[Flip, ...]) -> Json:
    return {
        "says": lens.strengths[verdict.strength],
        "robust": robust_sentence(lens, verdict.stack, robust),
        "flip": flip_sentence(lens, verdict.stack, found),
    }
