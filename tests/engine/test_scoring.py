"""Scores, regrets and the verdict, held against a second, plain implementation and by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given

from assessments.engine import scoring
from assessments.engine.scoring import score
from tests.engine.lens_text import SHIPPED
from tests.engine.plain_model import PlainModel
from tests.examples import examples
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

PLAIN = PlainModel(SHIPPED)


def agrees_with_the_plain_model(file: Json) -> bool:
    verdict, plain = score(lens(), parsed(file)), PLAIN.verdict(file["answers"])
    return (
        verdict.uncertainty == pytest.approx(plain["uncertainty"], abs=1e-9)
        and verdict.operations == pytest.approx(plain["operations"], abs=1e-9)
        and verdict.lean == pytest.approx(plain["uncertainty"] - plain["operations"], abs=1e-9)
        and verdict.belief == pytest.approx(plain["belief"], abs=1e-12)
        and verdict.regret == pytest.approx(plain["regret"], abs=1e-12)
        and verdict.stack == plain["stack"]
        and verdict.strength == plain["strength"]
        and verdict.pattern == plain["pattern"]
    )


@examples(200)
@given(answers_files())
def test_it_computes_what_a_plain_implementation_computes(file: Json) -> None:
    assert agrees_with_the_plain_model(file)


@examples(100)
@given(answers_files(complete=True))
def test_it_computes_the_same_on_complete_answers(file: Json) -> None:
    assert agrees_with_the_plain_model(file)


@pytest.mark.parametrize("case", case_files())
def test_it_computes_the_same_on_documented_cases(case: str) -> None:
    assert agrees_with_the_plain_model(case_files()[case])


def test_a_verdict_worked_out_by_hand() -> None:
    """Stage and schema answered, one certain product change; moving too slowly is worse."""
    file = only(
        stage="growing",
        schema="moving",
        changes=[{"text": "x", "kind": "schema", "likelihood": "certain"}],
        mistake="slow",
        python="fluent",
        library_pull="go",
    )
    verdict = score(lens(), parsed(file))
    # one change of .95 and four of .8, each half on each side: U 2.55/4, C 1.6/4
    uncertainty = 50 + 35 * (0.6375 - 0.5) + 8 * (0.35 - 0.5) + 8 * (0.75 - 0.5)
    operations = 50 + 30 * (0.4 - 0.5) + 10 * (0.65 - 0.5)
    assert verdict.uncertainty == pytest.approx(uncertainty) == pytest.approx(55.6125)
    assert verdict.operations == pytest.approx(operations) == pytest.approx(48.5)
    belief = 1 / (1 + math.exp(-7.1125 / 20))
    assert verdict.belief == pytest.approx(belief)
    assert verdict.regret["fastapi"] == pytest.approx((1 - belief) * 0.35 + 0.08)
    assert verdict.regret["go"] == pytest.approx(belief * 0.65 + 0.12 * 0.4)
    assert (verdict.stack, verdict.strength, verdict.pattern) == ("fastapi", "lean", "single")


def test_no_answers_at_all_are_a_close_call_for_fastapi() -> None:
    verdict = score(lens(), parsed(only()))
    assert (verdict.uncertainty, verdict.operations, verdict.lean) == (50, 50, 0)
    assert verdict.belief == 0.5
    assert verdict.regret["fastapi"] == verdict.regret["go"]
    assert (verdict.stack, verdict.strength, verdict.pattern) == ("fastapi", "close", "single")


@pytest.mark.parametrize("level", ["none", "some", "fluent"])
def test_a_tie_goes_to_fastapi(level: str) -> None:
    verdict = score(lens(), parsed(only(backend="other", python=level, go=level, mistake="even")))
    assert verdict.regret["fastapi"] == pytest.approx(verdict.regret["go"], abs=1e-12)
    assert verdict.stack == "fastapi"


def test_what_it_is_about_gives_what_the_essay_says() -> None:
    assert score(lens(), parsed(answers())).stack == "fastapi"
    assert score(lens(), parsed(stable_answers())).stack == "go"


@pytest.mark.parametrize("level", [None, "none", "some", "fluent"])
@pytest.mark.parametrize("library", ["python", "go"])
def test_on_the_threshold_a_verdict_is_of_the_stronger_kind(
    level: str | None, library: str
) -> None:
    """A library alone is worth .08, which is where close ends."""
    verdict = score(lens(), parsed(only(python=level, go=level, library_pull=library)))
    assert abs(verdict.regret["fastapi"] - verdict.regret["go"]) == pytest.approx(0.08)
    assert verdict.strength == "lean"


# ---------------------------------------------------------------- the seam


def pattern(**given: object) -> str:
    return score(lens(), parsed(only(**given))).pattern


@pytest.mark.parametrize(
    ("settled_part", "expected"),
    [(None, "single"), ("no", "single"), ("maybe", "seam"), ("yes", "seam")],
)
def test_a_seam_wants_a_settled_part(settled_part: str | None, expected: str) -> None:
    """Both scores stand at 50."""
    assert pattern(settled_part=settled_part) == expected


def test_perhaps_a_settled_part_wants_both_scores_at_half() -> None:
    assert pattern(settled_part="maybe", schema="mostly") == "single"
    assert pattern(settled_part="maybe", keep_alive="later") == "single"
    assert pattern(settled_part="maybe", schema="moving", keep_alive="soon") == "seam"


def test_a_settled_part_wants_a_fifth_of_both() -> None:
    """The scores of ``stable`` are all operation; each answer added gives U some points back."""
    stable = stable_answers(settled_part="yes")["answers"]
    few = {**stable, "core_object": "unknown", "schema": "unknown"}
    assert pattern(**few) == "single"
    assert score(lens(), parsed(only(**few))).uncertainty < 20
    some = {**few, "scripts": "unknown"}
    assert 20 <= score(lens(), parsed(only(**some))).uncertainty < 25
    assert pattern(**some) == "seam"


def test_the_seam_does_not_move_the_score() -> None:
    without = score(lens(), parsed(answers()))
    with_seam = score(lens(), parsed(answers(settled_part="yes", settled_part_name="Ledger")))
    assert with_seam.regret == without.regret
    assert with_seam.contributions == without.contributions


# ---------------------------------------------------------------- a number beats a feeling


BELOW = lens().caps["throughput"][1].below


def throughput(**given: object) -> float:
    """What the throughput answer reads as, from 0 to 1."""
    verdict = score(lens(), parsed(only(**given)))
    return next(part.reading[1] for part in verdict.contributions if part.question == "throughput")


@pytest.mark.parametrize(
    ("feeling", "number", "reading"),
    [
        ("now", None, 1.0),
        ("now", 0, 0.33),
        ("now", 40, 0.33),
        ("now", BELOW - 1, 0.33),
        ("now", BELOW, 1.0),
        ("soon", 40, 0.33),
        ("later", 40, 0.33),
        ("none", 40, 0.0),
        (None, 40, 0.33),
        (None, 5000, 0.5),
        (None, None, 0.5),
    ],
)
def test_a_small_number_holds_the_feeling_down(
    feeling: str | None, number: float | None, reading: float
) -> None:
    assert throughput(throughput=feeling, peak_rps=number) == reading


# ---------------------------------------------------------------- the five changes


def changes_reading(rows: list[Json]) -> tuple[float, float]:
    verdict = score(lens(), parsed(only(changes=rows)))
    return next(part.reading for part in verdict.contributions if part.question == "changes")


def test_five_likely_changes_on_one_side_fill_the_reading() -> None:
    assert changes_reading(changes(*["user_flow"] * 5)) == (1.0, 0.0)
    assert changes_reading(changes(*["keep_alive"] * 5)) == (0.0, 1.0)


def test_five_certain_changes_do_not_overfill_it() -> None:
    assert changes_reading(changes(*["user_flow"] * 5, likelihood="certain")) == (1.0, 0.0)


def test_changes_that_are_not_listed_count_half_on_each_side() -> None:
    assert changes_reading([]) == (0.5, 0.5)
    assert changes_reading(changes("schema", "throughput")) == pytest.approx((0.5, 0.5))
    assert changes_reading(changes("schema")) == pytest.approx((0.6, 0.4))


def test_likelihoods_count_as_they_say() -> None:
    rows = [
        {"text": "x", "kind": "schema", "likelihood": likelihood}
        for likelihood in ("unlikely", "even", "likely", "certain")
    ]
    rows.append({"text": "y", "kind": "deployment", "likelihood": "even"})
    assert changes_reading(rows) == pytest.approx(((0.2 + 0.5 + 0.8 + 0.95) / 4, 0.5 / 4))


def test_the_order_of_the_changes_does_not_matter() -> None:
    rows = changes("schema", "throughput", None, "integration", "keep_alive", likelihood="even")
    assert changes_reading(rows[::-1]) == pytest.approx(changes_reading(rows))


def test_a_score_that_is_exactly_half_draws_a_seam() -> None:
    """On paper product uncertainty is 50: the points cancel out. Floating point gives less."""
    rows = [
        {"text": "x", "kind": kind, "likelihood": likelihood}
        for kind, likelihood in [
            ("schema", "unlikely"),
            ("schema", "even"),
            ("schema", "certain"),
            ("schema", "certain"),
            ("throughput", "certain"),
        ]
    ]
    settled = dict.fromkeys(("core_object", "schema", "flows", "integrations"), "settled")
    needed = dict.fromkeys(("throughput", "concurrency", "keep_alive"), "now")
    needed |= {"failure_cost": "severe", "observability": "now"}
    given = {"stage": "growing", "backend": "product", "contract": "unknown", **settled, **needed}
    verdict = score(lens(), parsed(only(**given, changes=rows, settled_part="maybe")))
    assert verdict.uncertainty == pytest.approx(50, abs=1e-9)
    assert verdict.operations > 51
    assert verdict.pattern == "seam"


# ---------------------------------------------------------------- where a verdict turns


@pytest.mark.parametrize(
    ("settled_part", "lower", "drawn"),
    [
        ("yes", 20.0, "seam"),
        ("yes", 19.5, "single"),
        ("maybe", 50.0, "seam"),
        (None, 100, "single"),
    ],
)
def test_a_seam_is_drawn_from_its_threshold_on(
    settled_part: str | None, lower: float, drawn: str
) -> None:
    found = parsed(only(settled_part=settled_part))
    assert scoring.pattern(lens(), found, lower, 80.0) == drawn
    assert scoring.pattern(lens(), found, 80.0, lower) == drawn


@pytest.mark.parametrize(
    ("difference", "strength"),
    [(0.0, "close"), (0.07, "close"), (0.08, "lean"), (0.24, "lean"), (0.25, "clear")],
)
def test_a_verdict_is_stronger_from_its_thresholds_on(difference: float, strength: str) -> None:
    assert scoring.strength(lens(), {"fastapi": difference, "go": 0.0}) == strength
    assert scoring.strength(lens(), {"fastapi": 0.0, "go": difference}) == strength


def test_a_verdict_holds_what_its_regret_is_made_of() -> None:
    found = parsed(answers())
    verdict = score(lens(), found)
    assert verdict.loss == scoring.loss_of(lens(), found)
    assert verdict.fit == scoring.fits(lens(), found)
    assert verdict.regret == scoring.regrets(verdict.belief, verdict.loss, verdict.fit)
