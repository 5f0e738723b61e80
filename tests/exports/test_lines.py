"""JSON Lines: everything about an assessment on one line, which can be read in again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from assessments.engine.answers import AnswersError, parse
from assessments.exports.lines import FORMAT, answers_of, document, render
from tests.exports.items import draft, hostile, item, review
from tests.factories import answers, lens, parsed


def test_a_line_holds_answers_report_and_review() -> None:
    finished = item(review=review(), state="published")
    (line,) = render([finished])
    read = json.loads(line)
    assert list(read) == ["format", "number", "client", "state", "file", "report", "review"]
    assert (read["format"], read["number"], read["client"]) == (FORMAT, 17, "Acme")
    assert read["file"] == answers()
    assert read["report"] == finished.report
    assert read["review"]["by"] == "Ann Adviser"
    assert read["review"]["on"] == "2026-12-01T09:00:00+00:00"


def test_a_draft_has_neither_report_nor_review() -> None:
    (line,) = render([draft()])
    assert (json.loads(line)["report"], json.loads(line)["review"]) == (None, None)


def test_an_export_is_taken_in_again_as_the_answers_it_was() -> None:
    for line in render([item(), draft()]):
        assert parse(lens(), answers_of(json.loads(line))) == parsed(answers())


def test_an_answers_file_is_taken_as_it_is() -> None:
    assert answers_of(answers()) == answers()


@pytest.mark.parametrize("broken", [None, [], 3, "x", {}, {"format": FORMAT}, {"format": [1]}])
def test_anything_else_is_left_for_the_reader_to_refuse(broken: Any) -> None:
    with pytest.raises(AnswersError):
        parse(lens(), answers_of(broken))


@given(hostile())
def test_whatever_is_written_one_object_is_one_line(text: str) -> None:
    odd = draft(client=text, review=review(text=f"{text}\u2028\u2029\x85\n"))
    (line,) = render([odd])
    assert line.decode().splitlines() == [line.decode().removesuffix("\n")]
    assert json.loads(line) == document(odd)


def test_a_number_that_json_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        list(render([item(report={"lean": float("nan")})]))
