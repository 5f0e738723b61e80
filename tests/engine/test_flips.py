"""What would flip the verdict: every flip flips, is as small as can be, and none is missed."""

from __future__ import annotations

import re
from copy import deepcopy
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given

from assessments.engine.report import Report, build_report
from assessments.engine.scoring import score
from tests.engine.completions import seeded
from tests.engine.lens_text import SHIPPED
from tests.engine.moves import Move, flips
from tests.engine.plain_model import PlainModel
from tests.examples import examples
from tests.factories import (
    FOUNDER,
    OPERATION_KINDS,
    STEWARD,
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


def report_on(file: Json) -> Report:
    return build_report(lens(), parsed(file))


def after(report: Report, moves: list[Json]) -> str:
    """The stack on the report's own answers, changed as the moves say and read again."""
    file = {"format": "stackpick-answers/1", "answers": deepcopy(report["answers"])}
    for move in moves:
        *parents, key = re.findall(r"\w+", move["path"])
        at: Any = file
        for name in parents:
            at = at[int(name)] if isinstance(at, list) else at[name]
        assert at.get(key) == move["from"]
        at[key] = move["to"]
    return score(lens(), parsed(file)).stack


def named(moves: list[Json]) -> frozenset[str]:
    """The answers that are moved; each listed change counts as one."""
    paths = (move["path"].removeprefix("answers.") for move in moves)
    return frozenset(path.split(".")[0] for path in paths)


def drawn(number: int) -> Json:
    """Answers of a founder whose mind is mostly made up, one way or the other."""
    rng = seeded(number)
    side, other = (FOUNDER, STEWARD) if number % 2 else (STEWARD, FOUNDER)
    given: Json = {}
    for question, options in PLAIN.options.items():
        if options and rng.random() < 0.85:
            ways = [side[question]] * 2 + [other[question], rng.choice(list(options))]
            given[question] = rng.choice(ways)
    kinds = [rng.choice([*PLAIN.axis_of, None]) for _ in range(rng.randint(0, 5))]
    given["changes"] = changes(*kinds, likelihood=rng.choice([*PLAIN.chance, None]))
    return only(**given)


OVERFULL = only(
    changes=changes(*OPERATION_KINDS, likelihood="certain"),
    stage="early_users",
    mistake="slow",
    core_object="mostly",
    contract="unknown",
    flows="settled",
    integrations="mostly",
    throughput="later",
    concurrency="soon",
    deployment="none",
    failure_cost="serious",
    python="none",
)
FILES = {
    "overfull": OVERFULL,
    **dict(list(case_files().items())[::6]),
    **{f"drawn {n}": drawn(n) for n in range(20)},
    "nothing": only(),
    "a founder": answers(),
    "a steward": stable_answers(),
}


# ---------------------------------------------------------------- every flip flips


@examples(100)
@given(answers_files())
def test_every_flip_really_flips(file: Json) -> None:
    report = report_on(file)
    for flip in report["flips"]:
        assert after(report, flip["changes"]) == flip["stack"] != report["stack"]


@examples(100)
@given(answers_files())
def test_no_part_of_a_flip_is_enough(file: Json) -> None:
    report = report_on(file)
    for flip in report["flips"]:
        assert len(flip["changes"]) == flip["size"] in (1, 2)
        for part in combinations(flip["changes"], flip["size"] - 1):
            assert after(report, list(part)) == report["stack"]


@examples(100)
@given(answers_files())
def test_all_flips_are_of_one_size_and_the_nearest_comes_first(file: Json) -> None:
    found = report_on(file)["flips"]
    assert len({flip["size"] for flip in found}) <= 1
    assert [flip["distance"] for flip in found] == sorted(flip["distance"] for flip in found)


@examples(100)
@given(answers_files())
def test_no_answer_is_named_for_nothing_new(file: Json) -> None:
    """Singles name each answer once, and no pair comes whose two answers both came before."""
    seen: set[str] = set()
    for flip in report_on(file)["flips"]:
        answers_moved = named(flip["changes"])
        assert len(answers_moved) == flip["size"]
        assert not answers_moved <= seen
        seen |= answers_moved


@examples(100)
@given(answers_files())
def test_a_stage_never_goes_back(file: Json) -> None:
    order = list(lens().question["stage"].by_id)
    for flip in report_on(file)["flips"]:
        for move in flip["changes"]:
            if move["path"] == "answers.stage" and move["from"] is not None:
                assert order.index(move["to"]) > order.index(move["from"])


def test_what_cannot_move_the_verdict_is_never_named() -> None:
    asked = {
        move["path"]
        for file in FILES.values()
        for f in report_on(file)["flips"]
        for move in f["changes"]
    }
    assert not asked & {"answers.settled_part", "answers.settled_part_name", "answers.peak_rps"}


# ---------------------------------------------------------------- none is missed


def answer_of(move: Move) -> str:
    answer, _ = move
    return answer if isinstance(answer, str) else f"changes[{answer[1]}]"


@pytest.mark.parametrize("name", FILES)
def test_trying_everything_finds_no_smaller_flip_and_no_other_answer(name: str) -> None:
    file = FILES[name]
    found = report_on(file)["flips"]
    for size in (1, 2):
        tried = flips(PLAIN, file["answers"], size)
        if tried:
            assert {flip["size"] for flip in found} == {size}
            everyone = {answer_of(move) for moves in tried for move in moves}
            assert {name for flip in found for name in named(flip["changes"])} == everyone
            return
    assert found == []


def test_the_tried_files_need_one_change_or_two_or_more() -> None:
    sizes = {
        min((f["size"] for f in report_on(file)["flips"]), default=0) for file in FILES.values()
    }
    assert sizes == {0, 1, 2}


def test_of_several_moves_of_one_answer_the_nearest_is_named() -> None:
    for file in FILES.values():
        report = report_on(file)
        singles = flips(PLAIN, report["answers"], 1)
        for flip in report["flips"]:
            question = flip["changes"][0]["question"]
            if flip["size"] == 1 and question != "changes" and lens().question[question].ordered:
                scale = list(lens().question[question].by_id)
                now = report["answers"].get(question)
                start = scale.index(now) if now else (len(scale) - 1) / 2
                steps = [
                    abs(scale.index(to) - start)
                    for ((answer, to),) in singles
                    if answer == question
                ]
                assert flip["distance"] == pytest.approx(min(steps) / (len(scale) - 1), abs=1e-6)


def test_two_changes_of_the_five_are_tried_together() -> None:
    """Five certain changes overfill the reading: moving one changes little, moving two a lot."""
    found = report_on(OVERFULL)["flips"]
    assert any(named(flip["changes"]) <= {f"changes[{n}]" for n in range(5)} for flip in found)


@pytest.mark.parametrize("name", FILES)
def test_a_flip_names_its_changes_in_words(name: str) -> None:
    report = report_on(FILES[name])
    for flip in report["flips"]:
        for move in flip["changes"]:
            assert move["says"] in flip["says"]
            if move["question"] == "changes":
                row = int(re.findall(r"\d", move["path"])[0])
                assert report["answers"]["changes"][row]["text"].rstrip(".") in move["says"]
            else:
                assert move["says"] == lens().question[move["question"]].by_id[move["to"]].sign


def test_it_says_so_where_two_changes_are_not_enough() -> None:
    report = report_on(stable_answers())
    assert report["flips"] == []
    assert re.match("No .* two .* would make it FastAPI", report["firmness"]["flip"])
