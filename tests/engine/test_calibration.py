"""How the model does on documented cases, and that the figures about it are worked out right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assessments.engine.answers import parse
from assessments.engine.calibration import (
    READERS,
    Calibration,
    Share,
    calibrate,
    load_cases,
    majority_of_changes,
    worked_out,
)
from tests.factories import Json, changes, lens, only, parsed


@pytest.fixture(scope="module")
def found() -> Calibration:
    return calibrate(lens(), load_cases())


# ---------------------------------------------------------------- the documented cases


def test_it_agrees_with_the_readers_of_the_essay(found: Calibration) -> None:
    first, second = found.methods[0].expected
    assert first == Share(27, 27)
    assert second.total == 27
    assert second.hits >= 26


def test_where_readers_could_not_say_it_is_mostly_not_clear(found: Calibration) -> None:
    for share in found.either_not_clear:
        assert share.total == 5
        assert share.hits >= 4


def test_it_does_better_than_every_baseline(found: Calibration) -> None:
    model, *baselines = found.methods
    assert [method.name for method in baselines] == [
        "always FastAPI",
        "always Go",
        "majority of the changes",
    ]
    for baseline in baselines:
        for reader in (0, 1):
            assert model.expected[reader].hits > baseline.expected[reader].hits


def test_two_readers_of_one_case_mostly_get_one_stack(found: Calibration) -> None:
    assert found.same_stack.total == 32
    assert found.same_stack.hits >= 30


def test_every_case_is_documented_and_can_be_scored() -> None:
    cases = load_cases()
    assert len({case["id"] for case in cases}) == len(cases) == 32
    for case in cases:
        assert case["source"]
        assert case["expected"] in ("fastapi", "go", "either")
        for reader in READERS:
            parse(lens(), only(**case[reader]))


# ---------------------------------------------------------------- by hand

FOR_FASTAPI: Json = {"mistake": "slow_much"}
FOR_GO: Json = {"mistake": "loose_much"}
CLOSE: Json = {"flows": "moving"}


def case(expected: str, first: Json, second: Json, did: str = "go", outcome: str = "well") -> Json:
    return {
        "id": "a",
        "title": "A",
        "source": "https://example.org",
        "expected": expected,
        "answers": first,
        "answers_second_reader": second,
        "what_they_did": did,
        "outcome": outcome,
    }


BY_HAND = [
    case("fastapi", FOR_FASTAPI, FOR_GO, did="go", outcome="badly"),
    case("go", FOR_GO | {"changes": changes("schema")}, FOR_GO, did="go", outcome="well"),
    case("go", FOR_FASTAPI, FOR_GO | {"changes": changes("deployment")}, did="other"),
    case("either", CLOSE, FOR_GO, did="fastapi", outcome="mixed"),
    case("either", FOR_GO, FOR_FASTAPI, did="fastapi", outcome="well"),
]


def test_agreement_is_counted_reader_by_reader() -> None:
    methods = {m.name: m for m in calibrate(lens(), BY_HAND).methods}
    assert methods["StackPick"].expected == (Share(2, 3), Share(2, 3))
    assert methods["always FastAPI"].expected == (Share(1, 3), Share(1, 3))
    assert methods["always Go"].expected == (Share(2, 3), Share(2, 3))
    assert methods["majority of the changes"].expected == (Share(1, 3), Share(2, 3))


def test_outcomes_are_counted_only_where_the_account_tells() -> None:
    methods = {m.name: m for m in calibrate(lens(), BY_HAND).methods}
    # what worked out: fastapi (go went badly), go, not told, not told, fastapi
    assert methods["StackPick"].outcomes == (Share(2, 3), Share(2, 3))
    assert methods["always FastAPI"].outcomes == (Share(2, 3), Share(2, 3))
    assert methods["always Go"].outcomes == (Share(1, 3), Share(1, 3))


def test_either_and_same_stack_are_counted() -> None:
    counted = calibrate(lens(), BY_HAND)
    assert counted.either_not_clear == (Share(1, 2), Share(0, 2))
    assert counted.same_stack == Share(1, 5)
    assert [result.agrees for result in counted.cases] == [
        (True, False),
        (True, True),
        (False, True),
        (True, True),
        (True, True),
    ]


@pytest.mark.parametrize(
    ("did", "outcome", "stack"),
    [
        ("fastapi", "well", "fastapi"),
        ("fastapi", "badly", "go"),
        ("go", "well", "go"),
        ("go", "badly", "fastapi"),
        ("go", "mixed", None),
        ("go", None, None),
        ("both", "well", None),
        (None, "well", None),
    ],
)
def test_an_outcome_speaks_for_a_stack(
    did: str | None, outcome: str | None, stack: str | None
) -> None:
    assert worked_out({"what_they_did": did, "outcome": outcome}) == stack


@pytest.mark.parametrize(
    ("kinds", "stack"),
    [
        ([], "fastapi"),
        (["schema"], "fastapi"),
        (["deployment"], "go"),
        (["schema", "deployment"], "fastapi"),
        (["schema", "deployment", "keep_alive"], "go"),
        ([None, None, "deployment"], "go"),
    ],
)
def test_the_baseline_counts_the_changes(kinds: list[str | None], stack: str) -> None:
    assert majority_of_changes(lens(), parsed(only(changes=changes(*kinds)))) == stack


def test_a_share_reads_as_so_many_of_so_many() -> None:
    assert str(Share(26, 27)) == "26 of 27"
    assert (Share(26, 27).percent, Share(0, 0).percent) == (96, 0)


def test_other_cases_can_be_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text("\n\n".join(map(json.dumps, BY_HAND)), encoding="utf-8")
    assert load_cases(path) == BY_HAND
