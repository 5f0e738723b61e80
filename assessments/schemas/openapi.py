"""The OpenAPI document of the scoring API, made from the two schemas.

Their definitions become components, because many tools do not follow a reference into a schema
inside a document.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from ..engine.lens import Lens
from .answers import answers_schema
from .report import report_schema
from .texts import Json

VERSION = "1.0.0"
SCORE = "/api/score"
SENT, GIVEN, PROBLEM = "application/json", "application/json", "application/problem+json"
_COMPONENTS = "#/components/schemas"

SUMMARY = "An answers file in, a report out: FastAPI or Go for a first backend, with the reasons."
DESCRIPTION = (
    "Nothing is stored, and the same answers give the same report until the lens changes. "
    "No key is needed; how many requests one address may make is limited, and a refusal says when "
    "to try again. Errors are problem details (RFC 9457)."
)
# Why a request may be refused, by status.
REFUSALS = {
    HTTPStatus.BAD_REQUEST: "The body is not JSON that can be read.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than 64 KB.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is not said to be application/json.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "It is JSON, and no answers file; each mistake is named.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests came from this address.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The database does not answer.",
}
WITH_RETRY_AFTER = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


def openapi(lens: Lens, site: str, example: tuple[Json, Json] | None) -> Json:
    """The document, for a StackPick that stands at ``site``.

    Args:
        example: an answers file and its report; None where the lens in use takes no example.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "StackPick’s scoring API",
            "version": VERSION,
            "summary": SUMMARY,
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": site}],
        "externalDocs": {"description": "The API in a few words.", "url": f"{site}/api/"},
        "paths": {SCORE: {"post": _score(example)}},
        "components": {
            "schemas": {
                **_components("answers", answers_schema(lens)),
                **_components("report", report_schema()),
                "problem": PROBLEM_SCHEMA,
                "mistakes": MISTAKES_SCHEMA,
            }
        },
    }


def _score(example: tuple[Json, Json] | None) -> Json:
    sent, given = example or (None, None)
    return {
        "operationId": "score",
        "summary": "The report on an answers file",
        "requestBody": {"required": True, "content": _content(SENT, "answers", sent)},
        "responses": {
            "200": {"description": "The report.", "content": _content(GIVEN, "report", given)},
            **{str(int(status)): _refusal(status) for status in REFUSALS},
        },
    }


def _content(media_type: str, schema: str, example: Json | None = None) -> Json:
    shown = {"examples": {"ledgerly": {"summary": "Ledgerly", "value": example}}} if example else {}
    return {media_type: {"schema": {"$ref": f"{_COMPONENTS}/{schema}"}, **shown}}


def _refusal(status: HTTPStatus) -> Json:
    schema = "mistakes" if status == HTTPStatus.UNPROCESSABLE_ENTITY else "problem"
    headers = {"headers": {"Retry-After": RETRY_AFTER}} if status in WITH_RETRY_AFTER else {}
    return {"description": REFUSALS[status], **headers, "content": _content(PROBLEM, schema)}


RETRY_AFTER: Json = {
    "description": "Seconds to wait before the next try.",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
}
PROBLEM_SCHEMA: Json = {
    "title": "Problem details (RFC 9457)",
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {
        "title": {"description": "What the status means.", "type": "string"},
        "status": {"description": "The status again.", "type": "integer"},
        "detail": {"description": "What is wrong, in a sentence.", "type": "string"},
    },
}
MISTAKES_SCHEMA: Json = {
    **PROBLEM_SCHEMA,
    "title": "Problem details with each mistake",
    "required": [*PROBLEM_SCHEMA["required"], "errors"],
    "properties": {
        **PROBLEM_SCHEMA["properties"],
        "errors": {
            "description": "The mistakes found, in the order of the file; at most 200.",
            "type": "array",
            "minItems": 1,
            "maxItems": 200,
            "items": {
                "type": "object",
                "required": ["path", "detail"],
                "properties": {
                    "path": {
                        "description": "Where it is, such as “answers.changes[2].kind”; empty for "
                        "the file as a whole.",
                        "type": "string",
                    },
                    "detail": {"description": "What is wrong with it.", "type": "string"},
                },
            },
        },
    },
}


def _components(name: str, schema: Json) -> Json:
    """The schema under its name, and its definitions under names such as ``report.stack``."""
    whole = {key: value for key, value in schema.items() if key not in ("$schema", "$id", "$defs")}
    definitions = {f"{name}.{key}": value for key, value in schema["$defs"].items()}
    return {key: _moved(value, name) for key, value in ({name: whole} | definitions).items()}


def _moved(part: Any, name: str) -> Any:
    """The part of a schema, its references leading to where the definitions have gone."""
    if isinstance(part, list):
        return [_moved(each, name) for each in part]
    if not isinstance(part, dict):
        return part
    moved = {key: _moved(value, name) for key, value in part.items()}
    if isinstance(part.get("$ref"), str):
        moved["$ref"] = part["$ref"].replace("#/$defs/", f"{_COMPONENTS}/{name}.")
    return moved
