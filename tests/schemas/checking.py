"""What the tests of schemas share: validators, and schemas that allow nothing they do not name."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from assessments.schemas.answers import answers_schema
from assessments.schemas.report import report_schema
from tests.factories import Json, lens


@cache
def answers_validator() -> Draft202012Validator:
    return Draft202012Validator(answers_schema(lens()))


@cache
def report_validator() -> Draft202012Validator:
    """Of the published schema, in which no object may have a key that it does not name."""
    schema = sealed(report_schema())
    return Draft202012Validator(schema, format_checker=FormatChecker(["date"]))


def sealed(part: Any) -> Any:
    """The part of a schema with every object closed that does not say what else it may hold."""
    if isinstance(part, list):
        return [sealed(each) for each in part]
    if not isinstance(part, dict):
        return part
    closed = {key: sealed(value) for key, value in part.items()}
    if part.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed


def mistakes(validator: Draft202012Validator, document: Any) -> list[str]:
    """What is wrong with a document, each with its place."""
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to every key of every object in it, through lists by their numbers."""
    found: list[tuple[Any, ...]] = []
    pairs: Any = ()
    if isinstance(document, dict):
        pairs = document.items()
        found += [(*path, key) for key in document]
    elif isinstance(document, list):
        pairs = enumerate(document)
    for key, value in pairs:
        found += places(value, (*path, key))
    return found


def at(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        document = document[key]
    return document


def file_of(**answered: Any) -> Json:
    return {"format": lens().answers_format, "answers": answered}
