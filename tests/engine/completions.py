"""Ways in which open answers can still be given. Answers are the raw object of an answers file."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product
from typing import Any

from tests.engine.plain_model import PlainModel

Json = dict[str, Any]
NUMBERS = (1, 10**6)  # one below every cap, one above


def seeded(seed: int) -> random.Random:
    """Random choices that are the same each time."""
    return random.Random(seed)  # noqa: S311


def a_completion(model: PlainModel, answers: Json, rng: random.Random) -> Json:
    """The answers with some of what is open given at random, and some of it left open."""
    more = dict(answers)
    for question, ways in _ways(model).items():
        if more.get(question) is None and rng.random() < 0.8:
            more[question] = rng.choice(ways)
    rows = [dict(row) for row in answers.get("changes") or []]
    rows += [{"text": "more"} for _ in range(rng.randint(0, 5 - len(rows)))]
    for row in rows:
        if rng.random() < 0.8:
            row["kind"] = row.get("kind") or rng.choice(list(model.axis_of))
        if rng.random() < 0.8:
            row["likelihood"] = row.get("likelihood") or rng.choice(list(model.chance))
    return {**more, "changes": rows}


def every_completion(model: PlainModel, answers: Json) -> Iterator[Json]:
    """All of them, with one kind of change for each side; keep the lens and what is open small."""
    ways = _ways(model)
    open_ones = [q for q in ways if answers.get(q) is None]
    listed = answers.get("changes") or []
    rows: list[list[Json | None]] = [list(_rows(model, row)) for row in listed]
    rows += [[None, *_rows(model, {"text": "more"})] for _ in range(5 - len(listed))]
    for given in product(*([None, *ways[q]] for q in open_ones)):
        for changes in product(*rows):
            told = [row for row in changes if row is not None]
            yield {**answers, **dict(zip(open_ones, given, strict=True)), "changes": told}


def _rows(model: PlainModel, row: Json) -> Iterator[Json]:
    sides = list({axis: kind for kind, axis in model.axis_of.items()}.values())
    kinds = [row["kind"]] if row.get("kind") else [None, *sides]
    chances = [row["likelihood"]] if row.get("likelihood") else [None, *model.chance]
    for kind, likelihood in product(kinds, chances):
        yield {**row, "kind": kind, "likelihood": likelihood}


def _ways(model: PlainModel) -> dict[str, list[Any]]:
    return {
        question: list(NUMBERS) if data["kind"] == "number" else list(model.options[question])
        for question, data in model.questions.items()
        if data["kind"] in ("choice", "number")
    }
