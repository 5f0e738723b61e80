"""The lens: every question, option, weight and sentence of the model, as frozen data.

``loading.load_lens`` reads a lens from TOML and checks it; the rest of the engine only reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from .coach_rules import CoachRule, Prompt

Axis = Literal["uncertainty", "operations"]
Stack = Literal["fastapi", "go"]
QuestionKind = Literal["choice", "changes", "number", "text"]

AXES: tuple[Axis, ...] = ("uncertainty", "operations")
STACKS: tuple[Stack, ...] = ("fastapi", "go")
STRENGTHS = ("close", "lean", "clear")
PATTERNS = ("single", "seam")


@dataclass(frozen=True)
class Loss:
    """How much each of the two mistakes hurts, in [0, 1]; the two add up to 1."""

    too_slow: float
    too_loosely: float


@dataclass(frozen=True)
class Option:
    """One answer to a question.

    ``readings`` holds a value in [0, 1] for each axis the question weighs on, ``fit`` one for
    each stack whose regret it raises. ``says`` stands beside the radio, ``reason`` in the
    result, ``sign`` completes "if … then the verdict flips". ``seam_from`` is the axis score
    from which this answer asks for a seam; ``None`` never does.
    """

    id: str
    label: str
    says: str
    reason: str
    sign: str
    readings: Mapping[Axis, float]
    fit: Mapping[Stack, float]
    loss: Loss | None = None
    seam_from: float | None = None


@dataclass(frozen=True)
class Cap:
    """A number that limits another question's reading: at most ``reading`` while it is below."""

    question: str
    axis: Axis
    below: float
    reading: float
    reason: str


# Questions and lenses are compared by identity, so that what is derived from them can be kept.
@dataclass(frozen=True, eq=False)
class Question:
    """One question, with the weights it has on the axes (points) and in the fit (regret)."""

    id: str
    step: str
    kind: QuestionKind
    label: str
    short: str
    why: str
    weights: Mapping[Axis, float]
    fit_weights: Mapping[Stack, float]
    fit_unanswered: float = 0.0
    options: tuple[Option, ...] = ()
    ordered: bool = True
    only_forward: bool = False
    shown_if: tuple[str, tuple[str, ...]] | None = None
    max_length: int = 0
    minimum: int = 0
    maximum: int = 0
    cap: Cap | None = None

    @cached_property
    def by_id(self) -> dict[str, Option]:
        return {option.id: option for option in self.options}

    def fit_of(self, option: Option | None, stack: Stack) -> float:
        """What an option (``None``: not sure) adds to the regret of a stack."""
        lacks = option.fit.get(stack, 0.0) if option else self.fit_unanswered
        return self.fit_weights.get(stack, 0.0) * lacks

    @property
    def sets_loss(self) -> bool:
        return any(option.loss for option in self.options)

    @property
    def decides(self) -> bool:
        """Whether an answer can move the regrets at all."""
        return bool(self.weights or self.fit_weights or self.sets_loss)


@dataclass(frozen=True)
class Likelihood:
    id: str
    label: str
    probability: float
    rises: str
    fades: str


@dataclass(frozen=True)
class Implied:
    """The answer that changes of a kind imply; ``one`` and ``many`` changes say so in words."""

    question: str
    option: str
    one: str
    many: str


@dataclass(frozen=True)
class ChangeKind:
    """A kind of change: the axis it weighs on, and what it asks the backend to buy."""

    id: str
    axis: Axis
    label: str
    means: str
    buys: str
    implies: Implied | None = None


@dataclass(frozen=True)
class Step:
    id: str
    title: str
    lead: str
    short: str


@dataclass(frozen=True)
class StackText:
    """What a stack buys, which axis it answers, and the words for it."""

    id: Stack
    name: str
    axis: Axis
    buys: str
    bottleneck: str
    despite: str
    level: str
    fear: str
    against: str
    tips: str
    tips_mistake: str
    tips_fit: str
    tips_near: str
    opposed: str
    trap_title: str
    trap: str
    regret: str


@dataclass(frozen=True)
class Advice:
    """A guardrail or a cost. Shown for ``about`` when every condition in ``when`` holds.

    A guardrail has at least one condition; a cost without any is always paid.
    """

    id: str
    about: str
    text: str
    when: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Arithmetic:
    """The numbers of the decision rule; see docs/model-numbers.md for why each is what it is."""

    scale: float
    neutral: float
    close_below: float
    clear_from: float
    changes_cut: float
    stand_in_likelihood: str
    expected_from: float
    draws: int
    factor: float


@dataclass(frozen=True)
class ChangesText:
    """The sentences for the five changes as a whole."""

    named: Mapping[Axis, str]
    reasons: Mapping[Axis, str]
    likelier: Mapping[Axis, str]
    even: str
    unsorted: str
    turns: Mapping[Axis, str]


@dataclass(frozen=True, eq=False)
class Lens:
    id: str
    version: int
    title: str
    source: str
    answers_format: str
    arithmetic: Arithmetic
    axis_names: Mapping[Axis, str]
    axis_means: Mapping[Axis, str]
    stacks: Mapping[Stack, StackText]
    strengths: Mapping[str, str]
    seam_text: Mapping[str, str]
    changes_text: ChangesText
    likelihoods: tuple[Likelihood, ...]
    kinds: tuple[ChangeKind, ...]
    prompts: tuple[Prompt, ...]
    coach: tuple[CoachRule, ...]
    steps: tuple[Step, ...]
    questions: tuple[Question, ...]
    guardrails: tuple[Advice, ...]
    costs: tuple[Advice, ...]

    @cached_property
    def question(self) -> dict[str, Question]:
        return {question.id: question for question in self.questions}

    @cached_property
    def kind(self) -> dict[str, ChangeKind]:
        return {kind.id: kind for kind in self.kinds}

    @cached_property
    def likelihood(self) -> dict[str, Likelihood]:
        return {likelihood.id: likelihood for likelihood in self.likelihoods}

    @cached_property
    def changes(self) -> Question:
        return next(question for question in self.questions if question.kind == "changes")

    @cached_property
    def loss_question(self) -> Question:
        """The one question whose options set the two losses."""
        return next(question for question in self.questions if question.sets_loss)

    @cached_property
    def weighed(self) -> tuple[Question, ...]:
        """The questions that weigh on an axis, in the order of the file."""
        return tuple(question for question in self.questions if question.weights)

    @cached_property
    def points(self) -> dict[str, tuple[float, float]]:
        """Per weighed question, the points (0 to 100) a full reading adds to each axis."""
        totals = {axis: sum(q.weights.get(axis, 0.0) for q in self.weighed) for axis in AXES}
        return {
            q.id: (
                100 * q.weights.get("uncertainty", 0.0) / totals["uncertainty"],
                100 * q.weights.get("operations", 0.0) / totals["operations"],
            )
            for q in self.weighed
        }

    @cached_property
    def caps(self) -> dict[str, tuple[Question, Cap]]:
        """Per capped question, the number question that caps it and how."""
        return {q.cap.question: (q, q.cap) for q in self.questions if q.cap}

    def questions_of(self, step_id: str) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.step == step_id)
