"""Every way to change an answer, tried one after the other and two at a time."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from itertools import combinations
from typing import Any

from tests.engine.plain_model import PlainModel

Json = dict[str, Any]
# the answer that is changed, and what it is changed to: ("schema", "moving"),
# (("changes", 2, "kind"), "deployment")
Move = tuple[Any, str]


def every_move(model: PlainModel, answers: Json) -> list[Move]:
    """All single changes of an answer that can move the regrets; a stage never goes back."""
    return [*_choices(model, answers), *_rows(model, answers)]


def _choices(model: PlainModel, answers: Json) -> Iterator[Move]:
    for question, data in model.questions.items():
        options = list(model.options[question])
        now = answers.get(question)
        if data.get("only_forward") and now:
            options = options[options.index(now) :]
        if model.decides(question):
            yield from ((question, option) for option in options if option != now)


def _rows(model: PlainModel, answers: Json) -> Iterator[Move]:
    one_kind_a_side = {axis: kind for kind, axis in model.axis_of.items()}
    for number, row in enumerate(answers.get("changes") or []):
        side = model.axis_of.get(row.get("kind"))
        for axis, kind in one_kind_a_side.items():
            if axis != side:
                yield ("changes", number, "kind"), kind
        for likelihood in model.chance:
            if likelihood != row.get("likelihood"):
                yield ("changes", number, "likelihood"), likelihood


def moved(answers: Json, moves: tuple[Move, ...]) -> Json:
    """The answers after the moves."""
    after = {**answers, "changes": deepcopy(answers.get("changes") or [])}
    for answer, value in moves:
        if isinstance(answer, tuple):
            _, number, key = answer
            after["changes"][number][key] = value
        else:
            after[answer] = value
    return after


def flips(model: PlainModel, answers: Json, size: int) -> list[tuple[Move, ...]]:
    """All sets of that many moves, of different answers, that give the other stack."""
    now = model.stack(answers)
    return [
        moves
        for moves in combinations(every_move(model, answers), size)
        if len({answer for answer, _ in moves}) == size
        and model.stack(moved(answers, moves)) != now
    ]
