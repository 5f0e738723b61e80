"""How often each stack leads when weights, losses and open answers are drawn anew."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from assessments.engine.answers import parse
from assessments.engine.report import build_report
from assessments.engine.robustness import CLOUD, _factors, robustness, seed_of
from assessments.engine.scoring import score
from tests.engine.completions import seeded
from tests.engine.lens_text import SHIPPED
from tests.engine.plain_model import PlainModel
from tests.examples import THOROUGH, examples
from tests.factories import (
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
from tests.servers import ROOT

PLAIN = PlainModel(SHIPPED)


@examples(40)
@given(answers_files())
def test_the_shares_add_up_to_one(file: Json) -> None:
    share = robustness(lens(), parsed(file)).share
    assert set(share) == {"fastapi", "go"}
    assert sum(share.values()) == 1
    assert all(0 <= part <= 1 for part in share.values())


SEVERAL = {
    "nothing": only(),
    "a founder": answers(),
    "a steward": stable_answers(),
    "half-way": answers(mistake=None, backend=None, schema=None, python=None, go=None),
    "open changes": only(
        changes=changes("schema", None, "deployment", likelihood=None), peak_rps=1
    ),
    "small load": stable_answers(peak_rps=3, throughput=None, mistake="slow", stage="idea"),
    "fit alone": only(python="none", go="fluent", library_pull="go", mistake="even"),
    "close": answers(changes=changes("schema", "throughput", "keep_alive"), backend="queue_worker"),
    **{name: file for name, file in case_files().items() if "rebank" in name or "segmed" in name},
}


@pytest.mark.parametrize("name", [*SEVERAL][:: 1 if THOROUGH else 3])
def test_a_plain_loop_over_its_own_draws_agrees_within_two_points(name: str) -> None:
    """Two times 10,000 draws differ by two points in one of two hundred tries at the very worst;
    both sides are seeded, so that a failure stays a failure."""
    file = SEVERAL[name]
    share = robustness(lens(), parsed(file)).share["fastapi"]
    assert PLAIN.share_of_fastapi(file["answers"], 10_000) == pytest.approx(share, abs=0.02)


def test_the_cases_of_the_comparison_are_not_all_certain() -> None:
    shares = [robustness(lens(), parsed(file)).share["fastapi"] for file in SEVERAL.values()]
    assert sum(0.05 < share < 0.95 for share in shares) >= 4


def test_it_draws_as_often_as_the_lens_says() -> None:
    found = robustness(lens(), parsed(only()))
    assert found.draws == lens().arithmetic.draws == 10_000
    assert len(found.cloud) == CLOUD


def test_every_factor_lies_between_half_and_double() -> None:
    factors = _factors(2.0)
    assert factors.min() > 0.5
    assert factors.max() < 2
    assert factors.min() == pytest.approx(0.5, rel=0.001)
    assert factors.max() == pytest.approx(2, rel=0.001)


def test_halving_is_as_likely_as_doubling() -> None:
    logs = np.log2(_factors(2.0))
    assert logs.mean() == pytest.approx(0, abs=1e-9)
    assert np.histogram(logs, bins=8, range=(-1, 1))[0].tolist() == [len(logs) // 8] * 8


def test_without_factors_and_with_complete_answers_every_draw_is_the_verdict() -> None:
    still = replace(lens(), arithmetic=replace(lens().arithmetic, factor=1.0))
    for file in (answers(), stable_answers(), *list(case_files().values())[:6]):
        full = PLAIN.completed(file["answers"], seeded(3))
        for row in full["changes"]:
            row["text"] = "a change"
        taken = parse(still, only(**full))
        found = robustness(still, taken, draws=50)
        assert found.share[score(still, taken).stack] == 1
        assert len(set(found.cloud)) == 1


def test_a_weight_alone_on_its_axis_cannot_be_moved() -> None:
    """A factor common to numerator and denominator: scores at the ends stay at the ends."""
    file = stable_answers()
    for u, c in robustness(lens(), parsed(file)).cloud:
        assert u < 10
        assert c > 95


# ---------------------------------------------------------------- the same answers, the same bytes


def reworded(file: Json) -> Json:
    other = deepcopy(file)
    other["project"] = {"name": "Something else", "summary": "🦊"}
    for number, row in enumerate(other["answers"].get("changes", [])):
        row["text"] = f"Put differently, {number}"
    other["answers"]["settled_part_name"] = "Another name"
    return other


@examples(25)
@given(answers_files(words=True))
def test_words_do_not_move_it(file: Json) -> None:
    file = {**file, "answers": {k: v for k, v in file["answers"].items() if v is not None}}
    assert robustness(lens(), parsed(reworded(file))) == robustness(lens(), parsed(file))


def test_every_answer_moves_the_seed() -> None:
    seeds = {seed_of(lens(), parsed(answers(schema=option))) for option in PLAIN.options["schema"]}
    assert len(seeds) == 4
    assert seed_of(lens(), parsed(answers(peak_rps=41))) != seed_of(lens(), parsed(answers()))


def test_a_newer_lens_draws_anew() -> None:
    newer = replace(lens(), version=lens().version + 1)
    assert seed_of(newer, parsed(answers())) != seed_of(lens(), parsed(answers()))


def test_a_number_draws_the_same_with_and_without_a_point() -> None:
    whole, point = parsed(answers(peak_rps=40)), parsed(answers(peak_rps=40.0))
    assert whole == point
    assert seed_of(lens(), whole) == seed_of(lens(), point)


DIGEST = """
import hashlib, json, sys
from assessments.engine.answers import parse
from assessments.engine.loading import load_lens
from assessments.engine.report import build_report
lens = load_lens()
for line in sys.stdin:
    report = json.dumps(build_report(lens, parse(lens, json.loads(line))))
    print(hashlib.sha256(report.encode()).hexdigest())
"""


def test_another_process_writes_the_same_bytes() -> None:
    files = [answers(settled_part="yes"), stable_answers(), only(), *SEVERAL.values()]
    here = [
        hashlib.sha256(json.dumps(build_report(lens(), parsed(file))).encode()).hexdigest()
        for file in files
    ]
    for hash_seed in ("1", "2"):
        there = subprocess.run(
            [sys.executable, "-c", DIGEST],
            input="\n".join(map(json.dumps, files)),
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert there.stdout.split() == here
