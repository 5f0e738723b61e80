"""Guardrails, costs and the seam follow from the answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.engine.advice import guardrails
from assessments.engine.lens import STACKS, Advice, Stack
from assessments.engine.report import Report, build_report
from assessments.engine.scoring import score
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

SEAM_ANSWERS: Json = {"settled_part": "yes", "backend": "webhook_receiver"}


def report_on(file: Json) -> Report:
    return build_report(lens(), parsed(file))


def called_for(advice: Advice) -> Json:
    """Answers on which the advice is about the verdict, and what calls for it is given."""
    wanted: Json = {}
    for question, options in advice.when.items():
        option = sorted(options)[0]
        wanted[question] = option
        if question == "changes":
            own = "schema" if advice.about == "fastapi" else "throughput"
            wanted[question] = changes(option, own, own, own, own)
    if advice.about == "seam":
        return answers(**wanted | SEAM_ANSWERS)
    return (answers if advice.about == "fastapi" else stable_answers)(**wanted)


@pytest.mark.parametrize("advice", lens().guardrails, ids=lambda advice: advice.id)
def test_every_guardrail_can_be_reached(advice: Advice) -> None:
    shown = {guard["id"]: guard for guard in report_on(called_for(advice))["guardrails"]}
    assert advice.id in shown
    guard = shown[advice.id]
    assert (guard["about"], guard["text"]) == (advice.about, advice.text)
    assert len(guard["because"]) >= len(advice.when)


@pytest.mark.parametrize("advice", lens().costs, ids=lambda advice: advice.id)
def test_every_cost_can_be_reached(advice: Advice) -> None:
    assert advice.text in report_on(called_for(advice))["costs"]


def test_there_are_guardrails_enough_for_both_stacks_and_the_seam() -> None:
    about = [guard.about for guard in lens().guardrails]
    assert len(about) >= 30
    assert min(about.count("fastapi"), about.count("go")) >= 8
    assert about.count("seam") >= 2


def test_what_nobody_called_for_is_not_shown() -> None:
    for file in (answers(), stable_answers(), answers(**SEAM_ANSWERS)):
        report, taken = report_on(file), parsed(file)
        kinds = {change.kind for change in taken.changes}
        for guard in lens().guardrails:
            wanted = all(
                kinds & set(options) if question == "changes" else taken.choice(question) in options
                for question, options in guard.when.items()
            )
            here = guard.about == report["stack"] or (
                guard.about == "seam" and report["pattern"] == "seam"
            )
            shown = guard.id in {found["id"] for found in report["guardrails"]}
            assert shown == bool(wanted and here)


def test_a_guardrail_names_the_answers_that_called_for_it() -> None:
    report = report_on(answers(schema="moving", changes=changes("user_flow", "schema")))
    because = {guard["id"]: guard["because"] for guard in report["guardrails"]}
    assert because["fastapi-migrations"] == ["Schema: moving"]
    assert because["fastapi-flows"] == ["“Change number 1”"]
    assert because["fastapi-date"] == ["Stage: a prototype"]


@examples(200)
@given(
    answers_files(),
    st.sampled_from(list(lens().question["stage"].by_id)),
    st.sampled_from(list(lens().question["mistake"].by_id)),
    st.sampled_from(list(lens().kind)),
)
def test_no_finished_assessment_is_left_without_a_guardrail(
    file: Json, stage: str, mistake: str, kind: str
) -> None:
    rows = [*file["answers"]["changes"][:4], *changes(kind)]
    taken = parsed(only(**file["answers"] | {"stage": stage, "mistake": mistake, "changes": rows}))
    verdict = score(lens(), taken)
    about_the_stack = [
        guard for guard in guardrails(lens(), taken, verdict) if guard["about"] == verdict.stack
    ]
    assert about_the_stack
    assert all(guard["because"] for guard in about_the_stack)


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("stage", lens().question["stage"].by_id)
def test_each_stage_calls_for_a_guardrail_whichever_stack_it_is(stage: str, stack: Stack) -> None:
    given_stage = parsed(only(stage=stage))
    verdict = replace(score(lens(), given_stage), stack=stack)
    assert guardrails(lens(), given_stage, verdict)


def test_the_costs_are_those_of_the_stack() -> None:
    own = {cost.text for cost in lens().costs if cost.about == "fastapi"}
    assert set(report_on(answers())["costs"]) <= own
    assert not set(report_on(stable_answers())["costs"]) & own
    assert report_on(answers())["costs"]


def test_a_seam_carries_the_founders_own_name_for_the_part() -> None:
    seam = report_on(answers(**SEAM_ANSWERS, settled_part_name="The ledger {part}"))["seam"]
    assert seam is not None
    assert seam["settled"] == "The ledger {part}"
    assert "The ledger {part}" in seam["title"]
    assert all(seam.values())


def test_a_seam_without_a_name_still_reads() -> None:
    seam = report_on(answers(**SEAM_ANSWERS))["seam"]
    assert seam is not None
    assert seam["settled"] == lens().seam_text["unnamed"]


def test_a_seam_says_what_to_do_on_each_side_whichever_stack_leads() -> None:
    for_go = report_on(stable_answers(settled_part="yes", changes=changes(*["schema"] * 3)))
    for_fastapi = report_on(answers(**SEAM_ANSWERS))
    assert (for_go["stack"], for_fastapi["stack"]) == ("go", "fastapi")
    assert for_go["seam"]
    assert for_fastapi["seam"]
    assert for_go["seam"]["says"] != for_fastapi["seam"]["says"]


def test_without_a_seam_there_is_no_word_of_it() -> None:
    report = report_on(answers())
    assert report["seam"] is None
    assert "seam" not in {guard["about"] for guard in report["guardrails"]}
