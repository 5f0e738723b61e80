"""Robustness: how often each stack leads when weights, losses and open answers are drawn anew.

SMAA-2 (Lahdelma & Salminen 2001): every weight is multiplied by a factor log-uniform in
[1/factor, factor], the ratio of the two losses likewise, and what is unanswered is drawn uniformly
from its options. 9,604 draws bound the error of a share at ±1 point with 95 % confidence; the lens
asks for 10,000.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .answers import MAX_CHANGES, Answers, Change
from .lens import AXES, Lens, Loss, Question, Stack
from .readings import cap_state, capped, option_reading, reading_of
from .scoring import TIE, loss_of

Floats = NDArray[np.float64]
CLOUD = 200
# A log-uniform factor is drawn from so many equal steps of its logarithm: quicker than an
# exponential a draw, and the same bytes on every processor.
STEPS = 4096


@lru_cache
def _factors(widest: float) -> Floats:
    """Log-uniform factors in [1/widest, widest], the middles of ``STEPS`` equal steps."""
    middles = ((2 * step + 1) / STEPS - 1 for step in range(STEPS))
    return np.array([widest**middle for middle in middles])


@dataclass(frozen=True)
class Robustness:
    """The share of draws that each stack leads in, and a sample of where the draws fell.

    ``cloud`` holds (uncertainty, operations) in points, rounded to one decimal.
    """

    share: dict[Stack, float]
    draws: int
    seed: int
    cloud: tuple[tuple[float, float], ...]


def seed_of(lens: Lens, answers: Answers) -> int:
    """A seed fixed by the lens' version and what the answers score; texts do not move it."""
    scored = {
        "lens": [lens.id, lens.version],
        "changes": [[change.kind, change.likelihood] for change in answers.changes],
        "values": {
            question.id: answers.values[question.id]
            for question in lens.questions
            if question.kind in ("choice", "number") and question.id in answers.values
        },
    }
    canonical = json.dumps(scored, sort_keys=True, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(canonical.encode()).digest()[:6], "big")


def robustness(lens: Lens, answers: Answers, draws: int | None = None) -> Robustness:
    """Draws the model ``draws`` times, or as often as the lens says; never differently."""
    seed, count = seed_of(lens, answers), draws or lens.arithmetic.draws
    draw = _Draw(lens, answers, np.random.Generator(np.random.PCG64(seed)), count)
    uncertainty, operations = draw.scores()
    lead = draw.advantage(uncertainty - operations) >= -TIE
    fastapi = int(np.count_nonzero(lead)) / count
    points = zip(uncertainty[:CLOUD], operations[:CLOUD], strict=True)
    return Robustness(
        share={"fastapi": fastapi, "go": (count - int(np.count_nonzero(lead))) / count},
        draws=count,
        seed=seed,
        cloud=tuple((round(float(u), 1), round(float(c), 1)) for u, c in points),
    )


class _Draw:
    """All draws at once: every quantity is a vector with one entry a draw."""

    def __init__(
        self, lens: Lens, answers: Answers, random: np.random.Generator, count: int
    ) -> None:
        self.lens, self.answers, self.random, self.count = lens, answers, random, count

    def factor(self) -> Floats:
        drawn = self.random.integers(STEPS, size=self.count, dtype=np.uint16)
        return _factors(self.lens.arithmetic.factor)[drawn]

    def one_of(self, options: int) -> NDArray[np.uint8]:
        """The number of an option, each as likely as the others."""
        return self.random.integers(options, size=self.count, dtype=np.uint8)

    def scores(self) -> tuple[Floats, Floats]:
        """Both axis scores in points."""
        totals = {axis: np.zeros(self.count) for axis in AXES}
        sums = {axis: np.zeros(self.count) for axis in AXES}
        for question in self.lens.weighed:
            readings = dict(zip(AXES, self.readings(question), strict=True))
            for axis, weight in question.weights.items():
                drawn = self.factor() * weight
                totals[axis] += drawn
                sums[axis] += drawn * readings[axis]
        u, c = (100 * sums[axis] / totals[axis] for axis in AXES)
        return u, c

    def readings(self, question: Question) -> tuple[Floats | float, Floats | float]:
        if self.answers.is_answered(question):
            return reading_of(self.lens, self.answers, question)
        if question.kind == "changes":
            return self.changes()
        is_capped = cap_state(self.lens, question, self.answers) == "capped"
        table = [option_reading(self.lens, question, option.id) for option in question.options]
        if is_capped:
            table = [capped(self.lens, question, reading) for reading in table]
        drawn = self.one_of(len(table))
        u, c = (np.array(column)[drawn] for column in zip(*table, strict=True))
        return u, c

    def changes(self) -> tuple[Floats, Floats]:
        listed = self.answers.changes
        missing = (Change(""),) * (MAX_CHANGES - len(listed))
        u, c = np.zeros(self.count), np.zeros(self.count)
        for change in (*listed, *missing):
            chance, to_product = self.likelihood(change), self.on_product(change)
            u += chance * to_product
            c += chance * (1.0 - to_product)
        cut = self.lens.arithmetic.changes_cut
        return np.minimum(1.0, u / cut), np.minimum(1.0, c / cut)

    def likelihood(self, change: Change) -> Floats | float:
        known = self.lens.likelihood.get(change.likelihood or "")
        if known:
            return known.probability
        chances = np.array([likelihood.probability for likelihood in self.lens.likelihoods])
        return chances[self.one_of(len(chances))]

    def on_product(self, change: Change) -> Floats | float:
        sides = [float(kind.axis == "uncertainty") for kind in self.lens.kinds]
        if change.kind:
            return float(self.lens.kind[change.kind].axis == "uncertainty")
        return np.array(sides)[self.one_of(len(sides))]

    def advantage(self, lean: Floats) -> Floats:
        """Regret of Go less regret of FastAPI."""
        belief = 1 / (1 + np.exp(-lean / self.lens.arithmetic.scale))
        slow, loosely = self.losses()
        result: Floats = belief * slow - (1 - belief) * loosely
        for question in self.lens.questions:
            fit = self.fit(question) if question.fit_weights else {}
            for stack, reading in fit.items():
                drawn = self.factor() * question.fit_weights[stack] * reading
                result += drawn if stack == "go" else -drawn
        return result

    def losses(self) -> tuple[Floats, Floats]:
        """The two losses, their ratio drawn around the one given, their sum kept at 1."""
        question = self.lens.loss_question
        given: list[Loss] = [option.loss for option in question.options if option.loss]
        if question.id in self.answers.values:
            given = [loss_of(self.lens, self.answers)]
        ratios = np.array([loss.too_slow / loss.too_loosely for loss in given])
        ratio = ratios[self.one_of(len(ratios))] * self.factor()
        return ratio / (1 + ratio), 1 / (1 + ratio)

    def fit(self, question: Question) -> dict[Stack, Floats | float]:
        """What each stack lacks; one option is drawn for both stacks where none was chosen."""
        chosen = self.answers.option(question)
        if chosen:
            return dict(chosen.fit)
        drawn = self.one_of(len(question.options))
        return {
            stack: np.array([option.fit[stack] for option in question.options])[drawn]
            for stack in question.fit_weights
        }
