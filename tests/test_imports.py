"""Answers files brought in for a client: looked through first, then all of them or none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assessments import imports
from assessments.engine.report import build_report
from assessments.models import Assessment, Client, Project, State
from tests.desk.people import client_of, consultant
from tests.factories import answers, lens, parsed, stable_answers

STABLE, OTHER = answers(), stable_answers(stage="relied_on")


def lines(*files: Any) -> bytes:
    return b"".join(json.dumps(file).encode() + b"\n" for file in files)


def exported(file: Any) -> dict[str, Any]:
    """A line as the desk exports it."""
    return {"format": "stackpick-export/1", "number": 7, "file": file}


def test_the_limits_are_those_that_the_readme_names() -> None:
    assert imports.MOST_ROWS == 1_000
    assert imports.LARGEST_FILE == 8 * 1024 * 1024


def test_a_file_without_mistakes_has_none() -> None:
    assert imports.mistakes(lens(), lines(STABLE, exported(OTHER))) == []


def test_a_mistake_is_named_with_its_line() -> None:
    found = imports.mistakes(lens(), lines(STABLE, {"format": "nonsense"}, exported(None)))
    assert {mistake.line for mistake in found} == {2, 3}


def test_one_more_than_are_taken_at_once_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MOST_ROWS", 2)
    assert imports.mistakes(lens(), lines(STABLE, OTHER)) == []
    (mistake,) = imports.mistakes(lens(), lines(STABLE, OTHER, STABLE))
    assert (mistake.line, mistake.problem.message[:15]) == (3, "is one too many")


def test_a_preview_has_a_row_for_each_file_with_the_verdict_it_will_have() -> None:
    rows = imports.rows(lens(), lines(STABLE, exported(OTHER)))
    assert [row.line for row in rows] == [1, 2]
    assert [row.answers for row in rows] == [parsed(STABLE), parsed(OTHER)]
    verdicts = [build_report(lens(), row.answers)["stack"] for row in rows]
    assert [row.verdict.stack for row in rows] == verdicts
    stages = [
        lens().question["stage"].by_id[str(row.answers.choice("stage"))].label for row in rows
    ]
    assert [row.stage for row in rows] == stages


def test_what_is_scored_is_the_report_of_each_as_text() -> None:
    found = imports.scored(lens(), lines(STABLE, exported(OTHER)))
    assert [each.answers for each in found] == [parsed(STABLE), parsed(OTHER)]
    for each in found:
        assert json.loads(each.report) == json.loads(json.dumps(build_report(lens(), each.answers)))


@pytest.fixture
def client(db: None) -> Client:
    return client_of(consultant("ada"))


def test_each_file_becomes_a_finished_assessment_in_a_project_of_its_own(client: Client) -> None:
    found = imports.scored(lens(), lines(STABLE, OTHER))
    made = imports.bring_in(lens(), client, found, "sent by mail")
    assert Assessment.objects.count() == len(made) == 2
    assert len({each.project_id for each in made}) == 2
    for assessment, scored in zip(made, found, strict=True):
        stored = Assessment.objects.get(pk=assessment.pk)
        assert stored.project.client == client
        assert stored.engine_answers(lens()) == scored.answers
        assert stored.report == json.loads(scored.report)
        assert stored.state == State.FINISHED
        reasons = [row.history_change_reason for row in stored.history.all()]
        assert "sent by mail" in reasons


def test_where_one_cannot_be_stored_none_is(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = imports.scored(lens(), lines(STABLE, OTHER))
    taken: list[Assessment] = []

    def fails_the_second_time(self: Assessment, *args: Any) -> None:
        taken.append(self)
        if len(taken) == 2:
            raise RuntimeError("out of space")

    monkeypatch.setattr(Assessment, "pin", fails_the_second_time)
    with pytest.raises(RuntimeError):
        imports.bring_in(lens(), client, found, "")
    assert not Assessment.objects.exists()
    assert not Project.objects.exists()
