"""What can still happen: bounds, when the verdict is settled, and what to ask next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.engine.answers import parse
from assessments.engine.bounds import Bounds, bounds, next_question
from assessments.engine.lens import Lens
from assessments.engine.scoring import score
from tests.engine.completions import a_completion, every_completion, seeded
from tests.engine.lens_text import SHIPPED, loaded, without_questions
from tests.engine.plain_model import PlainModel
from tests.examples import examples
from tests.factories import (
    FOUNDER,
    Json,
    answers,
    answers_files,
    case_files,
    changes,
    lens,
    only,
    parsed,
    stable_answers,
)

PLAIN = PlainModel(SHIPPED)
SMALL = without_questions(
    SHIPPED,
    [
        *("backend", "settled_part", "settled_part_name", "core_object", "contract", "flows"),
        *("integrations", "scripts", "concurrency", "deployment", "observability", "keep_alive"),
        *("failure_cost", "go", "schema"),
    ],
)
seeds = st.integers(0, 2**32)


def reach(file: Json) -> Bounds:
    return bounds(lens(), parsed(file))


def holds(outer: Bounds, u: float, c: float) -> bool:
    """Whether a point lies in the rectangle, give or take what floating point loses."""
    (low_u, high_u), (low_c, high_c) = outer.uncertainty, outer.operations
    low, high = outer.lean
    return (
        low_u - 1e-9 <= u <= high_u + 1e-9
        and low_c - 1e-9 <= c <= high_c + 1e-9
        and low - 1e-9 <= u - c <= high + 1e-9
    )


# ---------------------------------------------------------------- bounds


@examples(150)
@given(answers_files(), seeds)
def test_every_completion_stays_within_the_bounds(file: Json, seed: int) -> None:
    outer, rng = reach(file), seeded(seed)
    for _ in range(10):
        plain = PLAIN.verdict(a_completion(PLAIN, file["answers"], rng))
        assert holds(outer, plain["uncertainty"], plain["operations"])


@examples(150)
@given(answers_files(), seeds)
def test_the_bounds_shrink_as_answers_arrive(file: Json, seed: int) -> None:
    more = only(**a_completion(PLAIN, file["answers"], seeded(seed)))
    outer, inner = reach(file), reach(more)
    for axis in ("uncertainty", "operations", "lean"):
        low, high = getattr(inner, axis)
        assert getattr(outer, axis)[0] - 1e-9 <= low <= high <= getattr(outer, axis)[1] + 1e-9
    assert inner.settled >= outer.settled


@examples(50)
@given(answers_files(complete=True))
def test_complete_answers_leave_a_point(file: Json) -> None:
    inner, verdict = reach(file), score(lens(), parsed(file))
    assert inner.uncertainty == (verdict.uncertainty, verdict.uncertainty)
    assert inner.operations == (verdict.operations, verdict.operations)
    assert inner.lean == (verdict.lean, verdict.lean)
    assert inner.settled


def test_no_answers_leave_nearly_everything_open() -> None:
    assert reach(only()).uncertainty == pytest.approx((50 - 48.3, 50 + 48.3), abs=2)
    assert reach(only()).operations == pytest.approx((50 - 48.3, 50 + 48.3), abs=2)
    assert not reach(only()).settled


def test_a_number_not_given_leaves_room_below_a_feeling() -> None:
    """Throughput weighs 8 points; under the cap it reads .33 at most."""
    inner = reach(answers(throughput="now", peak_rps=None))
    low, high = inner.operations
    assert high - low == pytest.approx(8 * 0.67)
    assert reach(answers(throughput="later", peak_rps=None)).operations[0] == pytest.approx(
        reach(answers(throughput="later", peak_rps=40)).operations[0]
    )


# ---------------------------------------------------------------- every completion of a small lens


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Lens:
    """Six questions of the shipped lens, few enough to go through every completion."""
    return loaded(tmp_path_factory.mktemp("small"), SMALL)


def few_open_answers(model: PlainModel) -> Iterator[Json]:
    """Answers with a few questions, and here and there a part of a change, left open."""
    rng = seeded(20)
    choices = [question for question in model.questions if question != "changes"]
    for number in range(60):
        full = model.completed({"peak_rps": rng.choice([1, 10**6])}, rng)
        rows = [{"text": "a change", **row} for row in full["changes"]]
        if number % 5 < 2:
            del rows[0][("kind", "likelihood")[number % 5]]
        elif number % 5 == 2:
            del rows[0]
        yield {**full, "changes": rows, **dict.fromkeys(rng.sample(choices, rng.randint(1, 4)))}


def test_on_a_small_lens_the_bounds_are_exact_and_settled_means_settled(small: Lens) -> None:
    model = PlainModel(SMALL)
    settled_ones = 0
    for partial in few_open_answers(model):
        found = bounds(small, parse(small, only(**partial)))
        outcomes = [model.verdict(full) for full in every_completion(model, partial)]
        us, cs = ([outcome[axis] for outcome in outcomes] for axis in ("uncertainty", "operations"))
        leans = [outcome["uncertainty"] - outcome["operations"] for outcome in outcomes]
        assert found.uncertainty == pytest.approx((min(us), max(us)), abs=1e-9)
        assert found.operations == pytest.approx((min(cs), max(cs)), abs=1e-9)
        assert found.lean == pytest.approx((min(leans), max(leans)), abs=1e-9)
        assert found.settled == (len({outcome["stack"] for outcome in outcomes}) == 1)
        settled_ones += found.settled
    assert 10 < settled_ones < 50, "both answers have to be tried"


# ---------------------------------------------------------------- settled on the whole lens


@examples(200)
@given(
    answers_files(complete=True), st.sets(st.sampled_from(list(lens().question)), max_size=8), seeds
)
def test_a_settled_verdict_survives_every_completion(
    file: Json, open_ones: set[str], seed: int
) -> None:
    partial = {**file["answers"], **dict.fromkeys(open_ones)}
    if not reach(only(**partial)).settled:
        return
    rng, stack = seeded(seed), PLAIN.stack(partial)
    assert all(PLAIN.stack(a_completion(PLAIN, partial, rng)) == stack for _ in range(30))


def test_an_early_settled_verdict_survives_the_worst_that_can_follow() -> None:
    """Half of the questions are answered, and all that is left is answered against them."""
    half = {
        q: answers()["answers"][q] for q in ("stage", "changes", "backend", "mistake", "schema")
    }
    half |= {"contract": "unknown", "flows": "unknown", "python": "fluent", "go": "none"}
    half |= {"library_pull": "python", "mistake": "slow_much", "keep_alive": "none"}
    assert reach(only(**half)).settled
    against = {**stable_answers()["answers"], **half}
    assert PLAIN.stack(against) == PLAIN.stack(half) == "fastapi"


def test_it_is_not_settled_while_one_answer_could_turn_it() -> None:
    rows = changes("schema", "user_flow", "throughput", "concurrency", "keep_alive")
    undecided = only(**FOUNDER | {"backend": "queue_worker", "changes": rows, "mistake": None})
    assert not reach(undecided).settled
    stacks = {PLAIN.stack({**undecided["answers"], "mistake": m}) for m in PLAIN.options["mistake"]}
    assert stacks == {"fastapi", "go"}


# ---------------------------------------------------------------- the next best question


def values_of_asking(answered: Json) -> dict[str, float]:
    """Per open question, the value of asking it, by the plain model."""
    values = {q: PLAIN.value_of_asking(q, answered) for q in PLAIN.open_questions(answered)}
    whole = [r for r in answered.get("changes") or [] if r.get("kind") and r.get("likelihood")]
    if len(whole) < 5:
        values["changes"] = PLAIN.value_of_asking_for_changes(answered)
    return values


def asks_for_the_best(file: Json) -> None:
    found, values = next_question(lens(), parsed(file)), values_of_asking(file["answers"])
    if not values:
        assert found is None
        return
    assert found is not None
    assert found.value == pytest.approx(max(values.values()), abs=1e-9)
    assert values[found.question] == pytest.approx(found.value, abs=1e-9)


@examples(100)
@given(answers_files())
def test_it_asks_what_is_worth_most(file: Json) -> None:
    asks_for_the_best(file)


@pytest.mark.parametrize("case", case_files())
def test_it_asks_what_is_worth_most_on_documented_cases(case: str) -> None:
    asks_for_the_best(case_files()[case])


def test_it_asks_for_the_changes_or_the_mistake_first() -> None:
    found = next_question(lens(), parsed(only()))
    assert found is not None
    assert found.question in ("changes", "mistake")
    assert found.value > 0


@examples(50)
@given(answers_files(complete=True))
def test_it_asks_nothing_when_all_is_answered(file: Json) -> None:
    assert next_question(lens(), parsed(file)) is None


def test_it_does_not_ask_what_cannot_matter() -> None:
    file = answers(settled_part=None, settled_part_name=None, peak_rps=None)
    assert next_question(lens(), parsed(file)) is None


def test_it_asks_for_what_is_open_about_a_listed_change() -> None:
    rows = changes(*["schema"] * 5)
    del rows[2]["kind"]
    found = next_question(lens(), parsed(answers(changes=rows)))
    assert found is not None
    assert found.question == "changes"


def test_a_lens_cut_to_a_few_questions_still_loads_and_asks(tmp_path: Path) -> None:
    few = loaded(tmp_path, SMALL)
    found = next_question(few, parse(few, only()))
    assert found is not None
    assert found.question in few.question
