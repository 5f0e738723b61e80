"""What would flip the verdict: the smallest sets of changed answers that give the other stack.

All single changes are tried, and all pairs where no single one is enough. Each listed change of the
five counts as an answer of its own; an answer not yet given can be changed by giving it. Of several
flips by the same answer the nearest along its option scale is kept, and an answer marked
``only_forward`` never goes back. Numbers, which only limit another answer, and changes not listed
stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .answers import Answers, Change
from .lens import Lens, Loss, Option, Question, Stack
from .readings import choose, reading_of, row_of, rows
from .scoring import TIE, Verdict, contribution, score

Matrix = NDArray[np.float64]
WHOLE_SCALE = 1.0
NOT_SURE = 0.5


@dataclass(frozen=True)
class Move:
    """One changed answer: ``path`` names it, ``distance`` is the share of its scale it moves."""

    path: str
    question: str
    before: str | None
    after: str
    distance: float
    row: int | None = None


@dataclass(frozen=True)
class Flip:
    """A smallest set of moves that gives the other stack."""

    moves: tuple[Move, ...]
    stack: Stack

    @property
    def distance(self) -> float:
        return sum(move.distance for move in self.moves)


@dataclass(frozen=True)
class _Effect:
    """A move with what it does: points of U − C, regret of Go less FastAPI, the losses it sets.

    ``counts`` is what it adds to the expected changes on each side.
    """

    move: Move
    lean: float
    fit: float
    loss: Loss | None = None
    counts: tuple[float, ...] = (0.0, 0.0)


def flips(lens: Lens, answers: Answers, verdict: Verdict | None = None) -> tuple[Flip, ...]:
    """All smallest flips, nearest first; empty where nothing within two changes is enough."""
    search = _Search(lens, answers, verdict or score(lens, answers))
    return _nearest(search.singles()) or _nearest(search.pairs())


def apply(lens: Lens, answers: Answers, moves: Iterable[Move]) -> Answers:
    """The answers after the moves."""
    for move in moves:
        if move.row is None:
            answers = replace(answers, values={**answers.values, move.path: move.after})
        else:
            changed = _moved(answers.changes[move.row], move)
            before, after = answers.changes[: move.row], answers.changes[move.row + 1 :]
            answers = replace(answers, changes=(*before, changed, *after))
    return answers


def _moved(change: Change, move: Move) -> Change:
    if move.path.endswith(".kind"):
        return replace(change, kind=move.after)
    return replace(change, likelihood=move.after)


def _nearest(found: list[Flip]) -> tuple[Flip, ...]:
    """Sorted by distance; an answer's second-nearest flips are left out, and none comes twice."""
    kept: list[Flip] = []
    named: set[tuple[str, int | None]] = set()
    for flip in sorted(found, key=lambda flip: round(flip.distance, 9)):
        answers_moved = {(move.question, move.row) for move in flip.moves}
        if not answers_moved <= named:
            kept.append(flip)
            named |= answers_moved
    return tuple(kept)


class _Search:
    def __init__(self, lens: Lens, answers: Answers, verdict: Verdict) -> None:
        self.lens, self.answers, self.verdict = lens, answers, verdict
        self.other: Stack = "go" if verdict.stack == "fastapi" else "fastapi"
        self.listed = rows(lens, answers)
        self.counts = np.array([row.point for row in self.listed]).sum(axis=0)
        self.effects = [self._effect(move) for move in self._moves()]

    def singles(self) -> list[Flip]:
        lean = np.array([effect.lean for effect in self.effects])
        fit = np.array([effect.fit for effect in self.effects])
        wins = self._flipped(lean, fit, self._slow_loss())
        return [Flip((self.effects[i].move,), self.other) for i in np.flatnonzero(wins)]

    def pairs(self) -> list[Flip]:
        lean = np.array([effect.lean for effect in self.effects])
        fit = np.array([effect.fit for effect in self.effects])
        slow = self._slow_loss()
        # of two moves at most one sets the losses, so the one that differs from today's stands
        both = np.where(np.isclose(slow, self.verdict.loss.too_slow)[:, None], slow, slow[:, None])
        leans = lean[:, None] + lean + self._beyond_the_cut()
        wins = self._flipped(leans, fit[:, None] + fit, both) & self._allowed()
        return [
            Flip((self.effects[i].move, self.effects[j].move), self.other)
            for i, j in np.argwhere(wins)
        ]

    def _slow_loss(self) -> Matrix:
        losses = [effect.loss or self.verdict.loss for effect in self.effects]
        return np.array([loss.too_slow for loss in losses])

    def _flipped(self, lean: Matrix, fit: Matrix, slow: Matrix) -> NDArray[np.bool_]:
        belief = 1 / (1 + np.exp(-(self.verdict.lean + lean) / self.lens.arithmetic.scale))
        fit_now = self.verdict.fit["go"] - self.verdict.fit["fastapi"]
        go_less_fastapi = belief * slow - (1 - belief) * (1 - slow) + fit_now + fit
        leads: NDArray[np.bool_] = go_less_fastapi >= -TIE
        return leads if self.other == "fastapi" else ~leads

    def _allowed(self) -> NDArray[np.bool_]:
        """Pairs of two different answers, each once."""
        moves = [effect.move for effect in self.effects]
        keys = [(move.question, move.row) for move in moves]
        number = {key: n for n, key in enumerate(dict.fromkeys(keys))}
        groups = np.array([number[key] for key in keys])
        upper = np.triu(np.ones((len(keys), len(keys)), dtype=bool), k=1)
        allowed: NDArray[np.bool_] = upper & (groups[:, None] != groups)
        return allowed

    def _beyond_the_cut(self) -> Matrix:
        """What two moved rows of the five do together beyond their sum: the reading is cut at 1."""
        alone = np.array([effect.lean for effect in self.effects])
        counts = np.array([effect.counts for effect in self.effects])
        is_row = np.array([effect.move.row is not None for effect in self.effects])
        joint = self._changes_lean(counts[:, None] + counts[None, :])
        both_rows = is_row[:, None] & is_row
        return np.where(both_rows, joint - alone[:, None] - alone, 0.0)

    def _changes_lean(self, counts: Matrix) -> Matrix:
        """Points of U − C after expected counts (…, 2) are added to those of the five changes."""
        points, cut = self.lens.points[self.lens.changes.id], self.lens.arithmetic.changes_cut
        before = np.minimum(1.0, self.counts / cut)
        gain = np.minimum(1.0, (self.counts + counts) / cut) - before
        lean: Matrix = gain[..., 0] * points[0] - gain[..., 1] * points[1]
        return lean

    def _row_effect(self, move: Move, row: int) -> _Effect:
        changed = _moved(self.answers.changes[row], move)
        counts = np.array(row_of(self.lens, changed).point) - self.listed[row].point
        return _Effect(move, float(self._changes_lean(counts)), 0.0, counts=tuple(counts))

    def _points(self, question: Question, reading: tuple[float, float]) -> float:
        return contribution(self.lens, question.id, reading).points

    def _moves(self) -> Iterator[Move]:
        for question in self.lens.questions:
            if question.kind == "changes":
                for row, change in enumerate(self.answers.changes):
                    yield from self._row_moves(row, change)
            elif question.kind == "choice" and question.decides:
                yield from self._choice_moves(question)

    def _choice_moves(self, question: Question) -> Iterator[Move]:
        now = self.answers.choice(question.id)
        scale = list(question.by_id)
        for position, option_id in enumerate(scale):
            backward = now is not None and question.only_forward and position < scale.index(now)
            if option_id != now and not backward:
                distance = _distance(scale, now, position) if question.ordered else WHOLE_SCALE
                yield Move(question.id, question.id, now, option_id, distance)

    def _row_moves(self, row: int, change: Change) -> Iterator[Move]:
        path, changes = f"changes[{row}]", self.lens.changes.id
        side = self.lens.kind[change.kind].axis if change.kind else None
        first_of_side = {kind.axis: kind.id for kind in reversed(self.lens.kinds)}
        for axis, kind in first_of_side.items():
            if axis != side:
                distance = WHOLE_SCALE if side else NOT_SURE
                yield Move(f"{path}.kind", changes, change.kind, kind, distance, row)
        scale = list(self.lens.likelihood)
        for position, likelihood in enumerate(scale):
            if likelihood != change.likelihood:
                distance = _distance(scale, change.likelihood, position)
                yield Move(
                    f"{path}.likelihood", changes, change.likelihood, likelihood, distance, row
                )

    def _effect(self, move: Move) -> _Effect:
        if move.row is not None:
            return self._row_effect(move, move.row)
        question = self.lens.question[move.question]
        option = question.by_id[move.after]
        lean = 0.0
        if question.weights:
            after = choose(self.lens, self.answers, question, move.after)
            before = reading_of(self.lens, self.answers, question)
            lean = self._points(question, after) - self._points(question, before)
        return _Effect(move, lean, self._fit_shift(question, option), option.loss)

    def _fit_shift(self, question: Question, option: Option) -> float:
        now = self.answers.option(question)
        go, fastapi = (
            question.fit_of(option, stack) - question.fit_of(now, stack)
            for stack in ("go", "fastapi")
        )
        return go - fastapi


def _distance(scale: list[str], now: str | None, position: int) -> float:
    """Steps along the scale as a share of its length, from the middle where nothing was said."""
    steps = len(scale) - 1
    start = scale.index(now) if now is not None else steps / 2
    return abs(position - start) / steps
