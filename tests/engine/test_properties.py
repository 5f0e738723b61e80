"""What has to hold for every set of answers: additivity, symmetry, monotonicity, determinism."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assessments.engine.answers import Answers, parse
from assessments.engine.bounds import bounds, next_question
from assessments.engine.flips import apply, flips
from assessments.engine.lens import Lens, Loss, Option, Question
from assessments.engine.report import build_report
from assessments.engine.robustness import robustness
from assessments.engine.scoring import contributions, score
from tests.examples import examples
from tests.factories import (
    OPERATION_KINDS,
    PRODUCT_KINDS,
    Json,
    answers_files,
    lens,
    only,
    parsed,
)

V = TypeVar("V")

# ---------------------------------------------------------------- additivity


@examples(150)
@given(answers_files())
def test_the_contributions_add_up(file: Json) -> None:
    verdict = score(lens(), parsed(file))
    parts = verdict.contributions
    assert sum(part.uncertainty for part in parts) == pytest.approx(
        verdict.uncertainty - 50, abs=1e-9
    )
    assert sum(part.operations for part in parts) == pytest.approx(
        verdict.operations - 50, abs=1e-9
    )
    assert sum(part.points for part in parts) == pytest.approx(verdict.lean, abs=1e-9)
    assert verdict.lean == pytest.approx(verdict.uncertainty - verdict.operations, abs=1e-9)


@examples(100)
@given(answers_files(), answers_files())
def test_what_an_answer_adds_does_not_depend_on_the_others(one: Json, other: Json) -> None:
    """But for throughput, which the peak may hold down."""
    first, second = (
        {part.question: part.points for part in contributions(lens(), parsed(file))}
        for file in (one, other)
    )
    for question in first.keys() - {"throughput"}:
        if one["answers"].get(question) == other["answers"].get(question):
            assert first[question] == second[question]


@examples(100)
@given(answers_files())
def test_scores_and_belief_stay_in_their_range(file: Json) -> None:
    verdict = score(lens(), parsed(file))
    assert 0 <= verdict.uncertainty <= 100
    assert 0 <= verdict.operations <= 100
    assert 0 < verdict.belief < 1
    assert all(0 <= regret <= 1 for regret in verdict.regret.values())


# ---------------------------------------------------------------- mirror symmetry

MIRROR = {
    "uncertainty": "operations",
    "operations": "uncertainty",
    "fastapi": "go",
    "go": "fastapi",
}


def swapped(values: Mapping[Any, V]) -> dict[Any, V]:
    return {MIRROR[key]: value for key, value in values.items()}


def mirrored_option(option: Option) -> Option:
    loss = option.loss and Loss(option.loss.too_loosely, option.loss.too_slow)
    return replace(option, readings=swapped(option.readings), fit=swapped(option.fit), loss=loss)


def mirrored_question(question: Question) -> Question:
    cap = question.cap and replace(question.cap, axis=MIRROR[question.cap.axis])  # type: ignore[arg-type]
    return replace(
        question,
        weights=swapped(question.weights),
        fit_weights=swapped(question.fit_weights),
        options=tuple(map(mirrored_option, question.options)),
        cap=cap,
    )


def mirrored(upright: Lens) -> Lens:
    """The lens in which each axis and each stack has taken the place of the other."""
    return replace(
        upright,
        kinds=tuple(replace(kind, axis=MIRROR[kind.axis]) for kind in upright.kinds),  # type: ignore[arg-type]
        questions=tuple(map(mirrored_question, upright.questions)),
    )


THROUGH_THE_MIRROR = mirrored(lens())


def is_no_tie(taken: Answers) -> bool:
    """A tie goes to FastAPI on both sides of the mirror, so it has no mirror image."""
    regret = score(lens(), taken).regret
    return abs(regret["fastapi"] - regret["go"]) > 1e-9


@examples(200)
@given(answers_files())
def test_a_mirrored_lens_gives_the_mirrored_verdict(file: Json) -> None:
    taken = parsed(file)
    assume(is_no_tie(taken))
    here, there = score(lens(), taken), score(THROUGH_THE_MIRROR, taken)
    assert there.stack == MIRROR[here.stack]
    assert (there.strength, there.pattern) == (here.strength, here.pattern)
    assert there.lean == pytest.approx(-here.lean, abs=1e-9)
    assert there.belief == pytest.approx(1 - here.belief, abs=1e-12)
    assert there.regret == pytest.approx(swapped(here.regret), abs=1e-12)


@examples(100)
@given(answers_files())
def test_bounds_and_the_next_question_are_mirrored_too(file: Json) -> None:
    taken = parsed(file)
    here, there = bounds(lens(), taken), bounds(THROUGH_THE_MIRROR, taken)
    assert there.uncertainty == pytest.approx(here.operations, abs=1e-9)
    assert there.operations == pytest.approx(here.uncertainty, abs=1e-9)
    assert there.lean == pytest.approx((-here.lean[1], -here.lean[0]), abs=1e-9)
    asked, asked_there = next_question(lens(), taken), next_question(THROUGH_THE_MIRROR, taken)
    assert (asked is None) == (asked_there is None)
    if asked and asked_there:
        assert asked_there.value == pytest.approx(asked.value, abs=1e-9)


@examples(100)
@given(answers_files())
def test_flips_are_mirrored_too(file: Json) -> None:
    taken = parsed(file)
    assume(is_no_tie(taken))
    here, there = flips(lens(), taken), flips(THROUGH_THE_MIRROR, taken)
    assume(all(is_no_tie(apply(lens(), taken, flip.moves)) for flip in here + there))
    assert [flip.distance for flip in there] == pytest.approx([flip.distance for flip in here])
    assert {flip.stack for flip in there} == {MIRROR[flip.stack] for flip in here}
    assert [len(flip.moves) for flip in there] == [len(flip.moves) for flip in here]


@examples(20)
@given(answers_files())
def test_robustness_is_mirrored_up_to_its_sampling_error(file: Json) -> None:
    taken = parsed(file)
    here, there = robustness(lens(), taken), robustness(THROUGH_THE_MIRROR, taken)
    assert there.share["go"] == pytest.approx(here.share["fastapi"], abs=0.04)


# ---------------------------------------------------------------- monotonicity

MOVING = ("settled", "mostly", None, "moving", "unknown")
HOLDING = ("now", "soon", None, "later", "none")
# Each from Go's end to FastAPI's, as a founder would say; None stands where "not sure" does.
TOWARD_UNCERTAINTY: dict[str, tuple[Any, ...]] = {
    "stage": ("relied_on", "growing", None, "early_users", "prototype", "idea"),
    "backend": (
        *("stream_processor", "queue_worker", "internal_service", "realtime_gateway"),
        *("thin_interface", "other", "data_or_ml", "product"),
    ),
    "mistake": ("loose_much", "loose", "even", "slow", "slow_much"),
    **dict.fromkeys(
        ("core_object", "schema", "contract", "flows", "integrations", "scripts"), MOVING
    ),
    **dict.fromkeys(
        ("throughput", "concurrency", "deployment", "observability", "keep_alive"), HOLDING
    ),
    "failure_cost": ("severe", "serious", None, "annoying", "trivial"),
    "peak_rps": (10**6, 1),
    "python": ("none", "some", "fluent"),
    "go": ("fluent", "some", "none"),
    "library_pull": ("go", "neither", "python"),
}
SCALES = st.sampled_from(list(TOWARD_UNCERTAINTY))


def does_not_go_back(before: Json, after: Json) -> None:
    """Nothing about ``after`` speaks less for FastAPI than ``before``."""
    one, two = (score(lens(), parsed(only(**given))) for given in (before, after))
    assert two.belief >= one.belief - 1e-12
    assert (
        two.regret["go"] - two.regret["fastapi"] >= one.regret["go"] - one.regret["fastapi"] - 1e-12
    )
    assert not (one.stack == "fastapi" and two.stack == "go")


@examples(200)
@given(answers_files(), SCALES, st.data())
def test_an_answer_moved_toward_uncertainty_never_moves_the_result_toward_go(
    file: Json, question: str, data: st.DataObject
) -> None:
    scale = TOWARD_UNCERTAINTY[question]
    step = data.draw(st.integers(0, len(scale) - 2))
    given = file["answers"]
    does_not_go_back({**given, question: scale[step]}, {**given, question: scale[step + 1]})


CHANCES = ("unlikely", "even", "likely", "certain")
# From the surest change in how it holds to the surest change of the shape.
ROWS = [
    *({"kind": "deployment", "likelihood": chance} for chance in reversed(CHANCES)),
    *({"kind": "schema", "likelihood": chance} for chance in CHANCES),
]


@examples(200)
@given(answers_files(), st.integers(0, 4), st.integers(0, len(ROWS) - 2))
def test_a_change_moved_toward_the_shape_never_moves_the_result_toward_go(
    file: Json, row: int, step: int
) -> None:
    given = file["answers"]
    rows = given["changes"]
    row = min(row, len(rows))
    before, after = (
        [*rows[:row], {"text": "this one", **ROWS[n]}, *rows[row + 1 :]] for n in (step, step + 1)
    )
    does_not_go_back({**given, "changes": before[:5]}, {**given, "changes": after[:5]})


def test_every_option_stands_on_one_of_these_scales() -> None:
    """So that a question added to the lens is not left out here unnoticed."""
    for question in lens().questions:
        if question.decides and question.kind == "choice":
            told = set(TOWARD_UNCERTAINTY[question.id]) - {None}
            known = set(question.by_id)
            same_as_queue_worker = {"webhook_receiver", "billing_calculator"}
            assert told == known - same_as_queue_worker
    assert {k.id for k in lens().kinds if k.axis == "uncertainty"} == set(PRODUCT_KINDS)
    assert {k.id for k in lens().kinds if k.axis == "operations"} == set(OPERATION_KINDS)


# ---------------------------------------------------------------- determinism


@examples(30)
@given(answers_files(words=True))
def test_the_same_answers_give_the_same_bytes(file: Json) -> None:
    again = json.loads(json.dumps(file))
    assert json.dumps(build_report(lens(), parsed(file))) == json.dumps(
        build_report(lens(), parsed(again))
    )


@examples(30)
@given(answers_files(words=True))
def test_the_order_of_the_keys_does_not_matter(file: Json) -> None:
    turned = {**file, "answers": dict(reversed(file["answers"].items()))}
    assert json.dumps(build_report(lens(), parsed(file))) == json.dumps(
        build_report(lens(), parse(lens(), turned))
    )
