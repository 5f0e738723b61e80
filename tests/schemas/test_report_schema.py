"""The schema of reports: every report fits, nothing is left unsaid, and it stays as it is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from assessments.engine.report import build_report
from assessments.exports import json_report
from assessments.schemas.report import report_schema
from assessments.worked_examples import FOLDER, worked_example
from tests.examples import examples
from tests.exports.items import NEAR, item, review
from tests.factories import (
    Json,
    answers,
    answers_files,
    case_files,
    lens,
    only,
    parsed,
    stable_answers,
)
from tests.schemas.checking import at, mistakes, places, report_validator

KEPT = Path(__file__).with_name("kept") / "report-1.json"
SITE = "https://stackpick.example.org"
# Of these a report may hold none, whatever is answered.
NAMES = [("answers",), ("headroom", "source", "versions")]  # what is in them depends
OPTIONAL = {("$schema",), ("project", "name"), ("project", "summary")}


def document(file: Json) -> Json:
    return json_report.document(build_report(lens(), parsed(file)), SITE)


def full() -> Json:
    """A document in which nothing is null or empty that could be something."""
    overruled = review(overrules="go", overrules_name="Go", reason="The team knows it.")
    file = deepcopy(NEAR)
    del file["answers"]["concurrency"]
    whole = item(file, review=overruled, site=SITE, link=f"{SITE}/r/x/")
    written = dict(json.loads(json_report.render(whole)))
    del written["draws"]["cloud"][2:]  # the others say no more, and take long
    return written


def test_it_is_a_schema_of_its_dialect() -> None:
    Draft202012Validator.check_schema(report_schema())


def test_it_is_as_it_was_released() -> None:
    """Readers rely on version 1. What is added to it is added to the kept copy as well, on purpose;
    what is renamed, removed or means something else needs a version 2 beside it."""
    assert report_schema() == json.loads(KEPT.read_text(encoding="utf-8"))


# ---------------------------------------------------------------- every report fits


@pytest.mark.parametrize("slug", sorted(path.stem[2:] for path in FOLDER.glob("*.json")))
def test_the_report_on_a_worked_example_fits(slug: str) -> None:
    assert mistakes(report_validator(), document(worked_example(slug))) == []


@pytest.mark.parametrize("name", case_files())
def test_the_report_on_a_documented_case_fits(name: str) -> None:
    assert mistakes(report_validator(), document(case_files()[name])) == []


@examples(60)
@given(answers_files(words=True))
def test_the_report_on_any_answers_fits(file: Json) -> None:
    assert mistakes(report_validator(), document(file)) == []


@pytest.mark.parametrize(
    "file",
    [only(), answers(), stable_answers(), stable_answers(peak_rps=0), NEAR],
    ids=["nothing", "change", "stability", "no load", "near"],
)
def test_the_furthest_reports_fit(file: Json) -> None:
    assert mistakes(report_validator(), document(file)) == []


def test_a_stored_result_with_a_review_fits() -> None:
    assert mistakes(report_validator(), full()) == []


# ---------------------------------------------------------------- and nothing else does


def test_every_key_is_needed() -> None:
    whole = full()
    needed = [path for path in one_of_each(places(whole)) if _can_be_missed(path)]
    assert len(needed) > 100
    for path in needed:
        less = deepcopy(whole)
        del at(less, path[:-1])[path[-1]]
        assert not report_validator().is_valid(less), path


def test_every_key_has_its_kind_of_value() -> None:
    whole = full()
    for path in one_of_each(places(whole)):
        other = deepcopy(whole)
        is_object = isinstance(at(whole, path), dict)
        at(other, path[:-1])[path[-1]] = [[]] if is_object else {"x": [[]]}
        assert not report_validator().is_valid(other), path


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("schema_version",), 2),
        (("format",), "stackpick-report/2"),
        (("stack",), "rust"),
        (("strength",), "certain"),
        (("pattern",), "both"),
        (("uncertainty", "score"), 101),
        (("operations", "low"), -1),
        (("lean",), 120),
        (("belief",), 1.2),
        (("loss", "too_slow"), -0.1),
        (("regret", "go"), -0.1),
        (("robustness", "fastapi"), 93),
        (("draws", "count"), 0),
        (("draws", "cloud", 0), [50]),
        (("draws", "cloud", 0), [50, 50, 50]),
        (("changes", 0, "axis"), "both"),
        (("flips", 0, "size"), 3),
        (("headroom", "level"), "maybe"),
        (("guardrails", 0, "about"), "rust"),
        (("review", "overrules"), "rust"),
        (("review_on",), "24 February 2027"),
        (("lens", "version"), 1.5),
    ],
)
def test_a_value_out_of_its_range_does_not_fit(path: tuple[Any, ...], wrong: Any) -> None:
    other = full()
    assert at(other, path) != wrong
    at(other, path[:-1])[path[-1]] = wrong
    assert mistakes(report_validator(), other)


def test_every_figure_says_what_it_is_in() -> None:
    """A number has a description, its own or that of what it is defined as or stands in."""
    schema = report_schema()
    for name, part in schema["properties"].items():
        reference = part.get("$ref", "").removeprefix("#/$defs/")
        defined = schema["$defs"].get(reference, {})
        assert part.get("description") or defined.get("description"), name


def one_of_each(paths: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Of paths that are alike but for their numbers in lists, which share a schema, the last."""
    alike = {tuple("*" if isinstance(key, int) else key for key in path): path for path in paths}
    return list(alike.values())


def _can_be_missed(path: tuple[Any, ...]) -> bool:
    """Whether nothing but the schema says that the key has to be there."""
    is_a_name = any(path[: len(start)] == start and len(path) > len(start) for start in NAMES)
    is_a_part_of_a_change = path[0] == "changes" and path[-1] in ("kind", "likelihood")
    return path not in OPTIONAL and not is_a_name and not is_a_part_of_a_change
