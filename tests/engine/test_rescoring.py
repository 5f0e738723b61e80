"""Stored verdicts under a lens that counts differently: which change, and why, in words."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.engine.lens import Lens, Loss, Question
from assessments.engine.report import build_report
from assessments.engine.rescoring import (
    MovedContribution,
    Rescored,
    because,
    rescored,
    summary,
)
from tests.examples import examples
from tests.factories import Json, answers, answers_files, lens, only, parsed, stable_answers


def stored(file: Json) -> Json:
    """The report as it comes back from the database."""
    found: Json = json.loads(json.dumps(build_report(lens(), parsed(file))))
    return found


def again(under: Lens, file: Json) -> Rescored:
    return rescored(under, parsed(file), stored(file))


def changed(under: Lens, question: str, **what: object) -> Lens:
    """The lens with another weight, or other options, for one of its questions."""
    questions = tuple(
        replace(q, **what) if q.id == question else q  # type: ignore[arg-type]
        for q in under.questions
    )
    return replace(under, questions=questions)


def with_losses(under: Lens, slow: float) -> Lens:
    """The lens in which the answers on the worse mistake all count the same."""
    asked: Question = under.loss_question
    options = tuple(replace(o, loss=Loss(slow, 1 - slow)) for o in asked.options)
    return changed(under, asked.id, options=options)


def one(*moved: tuple[str, float, float], to: str = "go", **figures: float) -> Rescored:
    """A verdict that changes to Go (or FastAPI) by these movements."""
    parts = tuple(MovedContribution(label.lower(), label, a, b) for label, a, b in moved)
    before, after = ("go", "fastapi") if to == "fastapi" else ("fastapi", "go")
    return Rescored(before, after, "lean", "close", 0.0, 0.0, parts, figures)  # type: ignore[arg-type]


STAYS = Rescored("go", "go", "lean", "close", 0.0, 0.0)

# ---------------------------------------------------------------- one verdict


def test_under_its_own_lens_nothing_moves() -> None:
    found = again(lens(), answers())
    assert (found.moved, found.figures, found.changes_verdict) == ((), {}, False)
    assert (found.stack_before, found.strength_before) == (found.stack_after, found.strength_after)


def test_a_reading_that_moved_is_named_with_both_its_points() -> None:
    schema = lens().question["schema"]
    known = tuple(replace(o, readings={"uncertainty": 0.0}) for o in schema.options)
    found = again(changed(lens(), "schema", options=known), answers(schema="unknown"))
    (moved,) = found.moved
    assert (moved.question, moved.label) == ("schema", "Schema")
    assert moved.before == pytest.approx(4) == -moved.after
    assert moved.points == pytest.approx(-8)
    assert found.lean_after - found.lean_before == pytest.approx(-8)


def test_a_question_the_lens_no_longer_has_keeps_its_name() -> None:
    report = stored(answers())
    fashion = {**report["contributions"][0], "question": "fashion", "label": "What others use"}
    report["contributions"].append({**fashion, "points": 3.0})
    (moved,) = rescored(lens(), parsed(answers()), report).moved
    assert (moved.label, moved.before, moved.after) == ("What others use", 3.0, 0.0)


def test_a_question_the_report_did_not_know_counted_as_nothing() -> None:
    report = stored(answers())
    report["contributions"] = [p for p in report["contributions"] if p["question"] != "schema"]
    (moved,) = rescored(lens(), parsed(answers()), report).moved
    assert (moved.question, moved.before) == ("schema", 0.0)
    assert moved.after > 0


def test_other_losses_are_a_figure_and_no_answers_points() -> None:
    file = only(mistake="even", schema="mostly")
    found = again(with_losses(lens(), 0.9), file)
    assert (found.stack_before, found.stack_after) == ("go", "fastapi")
    assert found.moved == ()
    assert set(found.figures) == {"loss"}
    assert because(lens(), [found]) == [
        "The cost of the two mistakes is counted differently.",
        "No answer counts more for the new verdict than before.",
    ]


def test_another_fit_is_a_figure() -> None:
    lighter = changed(lens(), "go", fit_weights={"go": 0.0})
    found = again(lighter, only(schema="mostly", go="none"))
    assert (found.stack_before, found.stack_after) == ("fastapi", "go")
    assert set(found.figures) == {"fit"}
    assert because(lens(), [found])[0] == "The fit of team and libraries is counted differently."


def test_another_scale_is_a_figure() -> None:
    steeper = replace(lens(), arithmetic=replace(lens().arithmetic, scale=1.0))
    file = only(stage="prototype", go="none", python="fluent", mistake="loose_much")
    found = again(steeper, file)
    assert (found.stack_before, found.stack_after) == ("go", "fastapi")
    assert set(found.figures) == {"scale"}
    assert because(lens(), [found])[0] == "The same points tip the balance differently."


# ---------------------------------------------------------------- what is said of several


@pytest.mark.parametrize(
    ("changing", "total", "says"),
    [
        (3, 41, "3 of 41 verdicts change."),
        (1, 41, "1 of 41 verdicts changes."),
        (0, 41, "No verdict of 41 changes."),
        (41, 41, "All 41 verdicts change."),
        (2, 2, "Both verdicts change."),
        (1, 1, "The only verdict changes."),
        (0, 1, "No verdict changes."),
        (0, 0, "No verdict changes."),
        (1000, 1234, "1,000 of 1,234 verdicts change."),
    ],
)
def test_how_many_change_is_said_in_a_sentence(changing: int, total: int, says: str) -> None:
    several = [one()] * changing + [STAYS] * (total - changing)
    assert summary(several) == says


SCHEMA = ("Schema", 8.0, 1.8)


@pytest.mark.parametrize(
    ("several", "says"),
    [
        ([one(SCHEMA)], "“Schema” counts 6.2 points less for change."),
        ([one(SCHEMA)] * 2, "“Schema” counts 6.2 points less for change in both of them."),
        ([one(SCHEMA)] * 3, "“Schema” counts 6.2 points less for change in all 3 of them."),
        ([one(SCHEMA)] * 3 + [one()], "“Schema” counts 6.2 points less for change in 3 of them."),
        ([one(SCHEMA), one()], "“Schema” counts 6.2 points less for change in one of them."),
        (
            [one(SCHEMA), one(("Schema", 8.0, 4.0))],
            "“Schema” counts on average 5.1 points less for change in both of them.",
        ),
        ([one(("Stage", -2.0, -5.0))], "“Stage” counts 3.0 points more for stability."),
        (
            [one(("Stage", -5.0, -2.0), to="fastapi")],
            "“Stage” counts 3.0 points less for stability.",
        ),
        ([one(("Stage", 2.0, 5.0), to="fastapi")], "“Stage” counts 3.0 points more for change."),
    ],
)
def test_the_answer_that_moved_most_is_named_first(several: list[Rescored], says: str) -> None:
    assert because(lens(), [*several, STAYS])[0] == says


def test_at_most_three_answers_are_named_those_with_the_most_points_in_all() -> None:
    a, b, c, d = (
        (label, 9.0, 9.0 - move) for label, move in zip("ABCD", (1, 2, 3, 5), strict=True)
    )
    found = because(lens(), [one(a, b, c), one(b, d), one(b)])
    assert [sentence[1] for sentence in found] == ["B", "D", "C"]


def test_what_moved_the_other_way_or_by_nothing_to_see_is_no_reason() -> None:
    against, unseen = ("Stage", 1.0, 4.0), ("Schema", 1.0, 0.96)
    assert because(lens(), [one(against, unseen, loss=0.1, fit=-0.1)]) == [
        "The fit of team and libraries is counted differently.",
        "No answer counts more for the new verdict than before.",
    ]


def test_a_verdict_that_stays_gives_no_reasons() -> None:
    still = replace(STAYS, moved=(MovedContribution("schema", "Schema", 9.0, 1.0),))
    assert because(lens(), [still]) == because(lens(), []) == []


# ---------------------------------------------------------------- what holds for any answers

MOVED_LENSES = st.builds(
    lambda weight, scale, slow: with_losses(
        changed(
            replace(lens(), arithmetic=replace(lens().arithmetic, scale=scale)),
            "backend",
            weights={"uncertainty": weight, "operations": 40 - weight},
        ),
        slow,
    ),
    st.integers(1, 39),
    st.sampled_from([5.0, 20.0, 80.0]),
    st.sampled_from([0.2, 0.5, 0.8]),
)


@examples(60)
@given(answers_files(), MOVED_LENSES)
def test_it_says_what_a_whole_report_would_say(file: Json, under: Lens) -> None:
    found, anew = again(under, file), build_report(under, parsed(file))
    assert (found.stack_after, found.strength_after) == (anew["stack"], anew["strength"])
    assert found.lean_after == pytest.approx(anew["lean"], abs=1e-9)


@examples(60)
@given(answers_files(), MOVED_LENSES)
def test_what_moved_adds_up_and_begins_with_the_most(file: Json, under: Lens) -> None:
    found = again(under, file)
    total = sum(part.points for part in found.moved)
    assert total == pytest.approx(found.lean_after - found.lean_before, abs=1e-6)
    sizes = [abs(part.points) for part in found.moved]
    assert sizes == sorted(sizes, reverse=True)


@examples(100)
@given(answers_files(), MOVED_LENSES)
def test_a_verdict_that_changes_always_has_a_cause(file: Json, under: Lens) -> None:
    found = again(under, file)
    if found.changes_verdict:
        amounts = [found.lean_after - found.lean_before, *found.figures.values()]
        assert any(found.moves_it(amount) for amount in amounts)
        assert because(under, [found])
    else:
        assert because(under, [found]) == []


@examples(30)
@given(answers_files())
def test_the_stored_report_is_left_as_it_was(file: Json) -> None:
    report = stored(file)
    before = deepcopy(report)
    rescored(lens(), parsed(file), report)
    assert report == before


def test_a_steward_stays_a_steward() -> None:
    assert again(lens(), stable_answers()).stack_after == "go"
