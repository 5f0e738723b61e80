"""Two assessments side by side: only what differs, and as each report showed it."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from hypothesis import given

from assessments.engine.comparing import Comparison, ContributionRow, compared, differing
from assessments.engine.report import build_report
from tests.examples import examples
from tests.factories import (
    Json,
    answers,
    answers_files,
    changes,
    lens,
    only,
    parsed,
    stable_answers,
)


def stored(file: Json) -> Json:
    """The report as it comes back from the database."""
    found: Json = json.loads(json.dumps(build_report(lens(), parsed(file))))
    return found


def beside(before: Json, after: Json) -> Comparison:
    return compared(lens(), parsed(before), parsed(after), stored(before), stored(after))


def test_an_assessment_beside_itself_shows_nothing() -> None:
    same = beside(answers(), answers())
    assert same.answers == same.contributions == ()
    assert same.verdict_before == same.verdict_after
    assert same.same_verdict


def test_a_changed_answer_is_shown_in_words_and_in_points() -> None:
    found = beside(only(schema="moving"), only(schema="settled", go="fluent"))
    schema, go = found.answers
    assert (schema.label, schema.before, schema.after) == ("Schema", ("Moving",), ("Settled",))
    assert (go.before, go.after) == (("Not sure",), ("Fluent",))
    (moved,) = found.contributions
    assert (moved.question, moved.label) == ("schema", "Schema")
    assert moved.before > 0 > moved.after
    assert moved.difference == round(moved.after - moved.before, 1)


def test_the_largest_difference_comes_first() -> None:
    found = beside(answers(), stable_answers()).contributions
    sizes = [abs(row.difference) for row in found]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) > 5


def test_a_part_that_no_longer_applies_is_not_compared() -> None:
    """A name typed before, and kept for a question that is not asked now."""
    named = parsed(only(settled_part="yes", settled_part_name="Ledger"))
    values = {**named.values, "settled_part": "no"}
    hidden = type(named)(values, named.changes)
    found = compared(lens(), parsed(only(settled_part="no")), hidden, None, None)
    assert found.answers == ()


def test_changes_in_another_order_do_not_differ() -> None:
    rows = changes("schema", "deployment")
    one, other = parsed(only(changes=rows)), parsed(only(changes=rows[::-1]))
    assert differing(lens(), one, other) == ()


def test_the_verdicts_are_the_reports_own() -> None:
    found = beside(answers(), stable_answers())
    report, verdict = stored(answers()), found.verdict_before
    assert verdict
    assert (verdict.stack, verdict.stack_name) == ("fastapi", "FastAPI")
    assert (verdict.strength, verdict.pattern) == (report["strength"], report["pattern"])
    assert verdict.share == report["robustness"]["fastapi"]
    assert verdict.uncertainty == report["uncertainty"]["displayed"]
    assert verdict.operations == report["operations"]["displayed"]
    assert verdict.lens_version == lens().version
    assert not found.same_verdict


def test_a_draft_has_no_verdict_and_no_points() -> None:
    before, after = parsed(answers()), parsed(stable_answers())
    one_draft = compared(lens(), before, after, stored(answers()), None)
    assert one_draft.verdict_before
    assert one_draft.verdict_after is None
    assert one_draft.answers
    assert one_draft.contributions == ()
    assert not one_draft.same_verdict
    assert not compared(lens(), before, before, None, None).same_verdict


def older(report: Json) -> Json:
    """As an earlier lens may have left it: one question gone since, and one not yet there."""
    earlier = deepcopy(report)
    parts = [part for part in earlier["contributions"] if part["question"] != "schema"]
    fashion = {**parts[0], "question": "fashion", "label": "What others use", "displayed": 1.3}
    earlier["contributions"] = [*parts, fashion]
    earlier["lens"]["version"] = 0
    return earlier


@pytest.mark.parametrize("turned", [False, True])
def test_a_question_only_one_report_knows_counts_as_nothing_in_the_other(turned: bool) -> None:
    reports = [older(stored(answers())), stored(answers())]
    taken = parsed(answers())
    old, new = reports[::-1] if turned else reports
    rows = compared(lens(), taken, taken, old, new).contributions
    found = {row.question: row for row in rows}
    gone = found["fashion"]
    assert gone.label == "What others use"
    assert (gone.before, gone.after) == ((0.0, 1.3) if turned else (1.3, 0.0))
    assert 0.0 in (found["schema"].before, found["schema"].after)
    assert set(found) == {"schema", "fashion"}


@examples(40)
@given(answers_files(words=True), answers_files(words=True))
def test_turning_it_round_turns_every_row_round(one: Json, other: Json) -> None:
    there, back = beside(one, other), beside(other, one)
    assert [(r.question, r.before, r.after) for r in there.answers] == [
        (r.question, r.after, r.before) for r in back.answers
    ]
    assert [turned(row) for row in there.contributions] == list(back.contributions)
    assert (there.verdict_before, there.verdict_after) == (back.verdict_after, back.verdict_before)


def turned(row: ContributionRow) -> ContributionRow:
    return ContributionRow(row.question, row.label, row.after, row.before, -row.difference)


@examples(40)
@given(answers_files(), answers_files())
def test_the_differences_add_up_to_that_of_the_totals(one: Json, other: Json) -> None:
    before, after = stored(one), stored(other)
    rows = compared(lens(), parsed(one), parsed(other), before, after).contributions
    total = after["lean_displayed"] - before["lean_displayed"]
    assert sum(row.difference for row in rows) == pytest.approx(total, abs=1e-6)
    assert all(row.difference == pytest.approx(row.after - row.before) for row in rows)


@examples(100)
@given(answers_files(words=True), answers_files(words=True))
def test_every_row_shows_that_it_differs(one: Json, other: Json) -> None:
    rows = compared(lens(), parsed(one), parsed(other), None, None).answers
    assert all(row.before != row.after and row.before and row.after for row in rows)
    order = [question.id for question in lens().questions]
    assert [row.question for row in rows] == sorted((r.question for r in rows), key=order.index)
