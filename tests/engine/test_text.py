"""The report as a person reads it in a terminal."""

from __future__ import annotations

from assessments.engine.report import build_report
from assessments.engine.text import WIDTH, as_text
from tests.factories import Json, answers, changes, lens, only, parsed, stable_answers


def text_of(file: Json) -> str:
    return as_text(build_report(lens(), parsed(file)))


def test_it_opens_with_the_verdict() -> None:
    assert text_of(answers()).startswith("Ledgerly: Start with FastAPI.\n")
    assert text_of(stable_answers()).startswith("Tidegate: Start with Go.\n")
    assert text_of(only()).startswith("Start with FastAPI.\n")


def test_it_shows_scores_reasons_guardrails_costs_and_flips() -> None:
    file = answers(mistake=None, backend="queue_worker", changes=changes("schema", "deployment"))
    report, text = build_report(lens(), parsed(file)), text_of(file)
    as_one_line = " ".join(text.split())
    assert f"{report['uncertainty']['displayed']:.1f}" in text
    assert f"{report['operations']['displayed']:.1f}" in text
    assert "could still be" in text
    assert report["flips"]
    said = [
        *(part["reason"] for part in report["contributions"]),
        *(guard["text"] for guard in report["guardrails"]),
        *report["costs"],
        *(flip["says"] for flip in report["flips"][:5]),
        *report["firmness"].values(),
    ]
    for sentence in said:
        assert " ".join(sentence.split()) in as_one_line


def test_complete_answers_leave_nothing_that_could_still_be() -> None:
    assert "could still be" not in text_of(answers())


def test_a_seam_is_named() -> None:
    text = text_of(
        answers(settled_part="yes", settled_part_name="The ledger", backend="webhook_receiver")
    )
    assert "The ledger" in text


def test_no_line_is_wider_than_a_terminal() -> None:
    for file in (answers(), stable_answers(), only()):
        assert max(map(len, text_of(file).splitlines())) <= WIDTH


def test_a_line_break_in_the_founders_words_does_not_break_the_layout() -> None:
    file = answers(changes=[{"text": "First\nsecond", "kind": "schema"}, *changes(*["schema"] * 4)])
    assert max(map(len, text_of(file).splitlines())) <= WIDTH


def test_a_row_without_an_answer_does_not_end_in_a_colon() -> None:
    assert not any(
        line.rstrip().endswith("Throughput:") for line in text_of(only(peak_rps=1)).splitlines()
    )
