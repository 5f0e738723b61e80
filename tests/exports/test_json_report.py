"""The JSON document: the whole report and what came of it, the same bytes from any database."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given

from assessments.engine.report import Report, build_report
from assessments.exports.documents import DOCUMENTS
from assessments.exports.failures import DraftError
from assessments.exports.json_report import SCHEMA_VERSION, document, render, written
from tests.examples import examples
from tests.exports.items import NEAR, draft, hostile, item, review
from tests.factories import Json, answers_files, lens, parsed
from tests.schemas.checking import mistakes, report_validator

file_name = DOCUMENTS["json"].file_name

SITE = "https://stackpick.example.org"
LINK = f"{SITE}/r/abc/"
BESIDE = {"schema_version", "finished_at", "review_on", "review", "link"}


def read(content: bytes) -> Json:
    return dict(json.loads(content))


def test_it_has_all_of_the_report_and_what_came_of_it() -> None:
    stored = item(review=review(), site=SITE, link=LINK)
    assert stored.report
    found = read(render(stored))
    assert {key: found[key] for key in stored.report} == stored.report
    assert found.keys() == stored.report.keys() | BESIDE | {"$schema"}
    assert found["schema_version"] == SCHEMA_VERSION
    assert found["finished_at"] == "2026-11-25T14:03:08+00:00"
    assert found["review_on"] == "2027-02-24"
    assert found["link"] == LINK
    assert found["$schema"] == f"{SITE}/schema/report-1.json"
    assert found["review"] == {
        "text": "Sound, *on these answers*.",
        "overrules": "",
        "overrules_name": "",
        "reason": "",
        "by": "Ann Adviser",
        "on": "2026-12-01T09:00:00+00:00",
        "outdated": False,
    }


def test_what_is_not_known_is_null_and_a_schema_elsewhere_is_not_named() -> None:
    found = read(render(item(review_on=None)))
    assert (found["review_on"], found["review"], found["link"]) == (None, None, None)
    assert "$schema" not in found


def test_what_is_stored_beside_the_report_never_comes_out() -> None:
    stored = item().report
    assert stored
    found = read(render(item(report={**stored, "unnamed": {"project": "Ledgerly"}, "token": "x"})))
    assert found.keys() == Report.__annotations__.keys() | BESIDE


def test_a_report_from_before_headroom_still_fits_the_schema() -> None:
    old = {key: value for key, value in (item().report or {}).items() if key != "headroom"}
    found = read(render(item(report=old)))
    assert found["headroom"] is None
    assert mistakes(report_validator(), found) == []


def test_the_order_of_keys_in_the_database_makes_no_difference() -> None:
    stored = item(NEAR)
    assert render(item(NEAR, report=shuffled(stored.report))) == render(stored)


def shuffled(part: Any) -> Any:
    """The same data, its keys the other way round, as a database may give them."""
    if isinstance(part, list):
        return [shuffled(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {key: shuffled(part[key]) for key in reversed(part)}


def test_a_person_can_read_it() -> None:
    text = render(item(NEAR)).decode()
    assert text.endswith("\n}\n")
    assert '\n  "stack": "fastapi",\n' in text
    assert "\n        [\n" not in text  # a point of the cloud is one line
    assert "“tax rules”" in text
    assert max(map(len, text.splitlines())) < 600


@examples(100)
@given(hostile(), hostile())
@example("half of a character: \ud800", "\x00\x1f\x7f\x9b\u2028")
def test_any_text_is_read_back_as_it_was_written(project: str, words: str) -> None:
    stored = item().report
    assert stored
    changed = {**stored, "project": {"name": project}, "because": words}
    content = render(item(report=changed, review=review(text=words)))
    found = read(content)
    assert found["project"] == {"name": project}
    assert (found["because"], found["review"]["text"]) == (words, words)
    shown = content.decode().replace("\n", "")
    assert shown.isprintable()


@examples(40)
@given(answers_files(words=True))
def test_nothing_is_lost_and_nothing_is_computed(file: Json) -> None:
    report = build_report(lens(), parsed(file))
    assert read(written(document(report))) == json.loads(json.dumps(document(report)))
    assert {key: document(report)[key] for key in report} == report


def test_numbers_that_json_does_not_have_are_refused() -> None:
    stored = item().report
    assert stored
    with pytest.raises(ValueError, match="JSON"):
        render(item(report={**stored, "lean": float("nan")}))


def test_rows_of_numbers_in_a_text_stay_a_text() -> None:
    assert read(written({"a": "[\n  1,\n  2\n]", "b": [1, 2.5, -3e-9], "c": []})) == {
        "a": "[\n  1,\n  2\n]",
        "b": [1, 2.5, -3e-9],
        "c": [],
    }


def test_it_is_named_after_project_and_verdict() -> None:
    assert file_name(item()) == "ledgerly-start-with-fastapi.json"
    assert file_name(item(project="")) == "start-with-fastapi.json"
    overruled = review(overrules="go", overrules_name="Go")
    assert file_name(item(project="Café Müller", review=overruled)) == (
        "cafe-muller-start-with-go.json"
    )
    assert len(file_name(item(project="x" * 500))) == 80


def test_a_draft_has_no_document_and_no_name() -> None:
    for refused in (render, file_name):
        with pytest.raises(DraftError, match="assessment 17 is a draft"):
            refused(draft())


def test_it_is_offered_beside_the_decision_record() -> None:
    assert DOCUMENTS["json"].content_type == "application/json"
    assert DOCUMENTS["json"].render(item()) == render(item())
    assert date.fromisoformat(read(DOCUMENTS["json"].render(item()))["review_on"])
