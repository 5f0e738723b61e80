"""The JSON Schema of answers files, made from the lens: a question added there is in it."""

from __future__ import annotations

from collections.abc import Iterable

from ..engine.answers import MAX_CHANGES, PROJECT_LIMITS
from ..engine.lens import Lens, Question
from .texts import NOT_BLANK, Json, text

PATH = "/schema/answers-1.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
PROJECT_TEXTS = {"name": "What the project is called.", "summary": "What it is, in a sentence."}


def answers_schema(lens: Lens) -> Json:
    """The schema of one answers file. Questions may be left out, or null for “not sure”.

    What it refuses, ``engine.answers.parse`` refuses as well, and the other way round but for lone
    surrogates: not every reader of JSON lets a schema look for them.
    """
    questions = {question.id: _question(lens, question) for question in lens.questions}
    project = {
        key: {"description": PROJECT_TEXTS[key], **_or_null(_text(limit))}
        for key, limit in PROJECT_LIMITS.items()
    }
    return {
        "$schema": DIALECT,
        "title": f"StackPick answers file, for the lens {lens.id}, version {lens.version}",
        "description": (
            "What a founder says about a project. Each question may be left out, or be null for "
            "“not sure”, which widens the result and never breaks it. Blanks around a text are "
            "taken away, and a line break counts as a blank."
        ),
        **_closed(
            {
                "format": {"description": "What the file is.", "const": lens.answers_format},
                "project": _or_null(_closed(project)),
                "answers": _or_null(_closed(questions)),
            },
            required=("format", "answers"),
        ),
        "$defs": {_text_name(limit): text(limit) for limit in _limits(lens)},
    }


def _limits(lens: Lens) -> list[int]:
    """How long texts may be, each limit once."""
    asked = [question.max_length for question in lens.questions if question.max_length]
    return sorted({*PROJECT_LIMITS.values(), *asked})


def _text_name(limit: int) -> str:
    return f"text_{limit}"


def _text(limit: int) -> Json:
    return {"$ref": f"#/$defs/{_text_name(limit)}"}


def _question(lens: Lens, question: Question) -> Json:
    says = [question.label if question.label.endswith("?") else f"{question.label}.", question.why]
    if question.shown_if:
        other, wanted = question.shown_if
        says.append(f"Counts only where {other} is {' or '.join(wanted)}.")
    if question.options:
        says.append(_listing((option.id, option.label) for option in question.options))
    said = {"title": question.short, "description": " ".join(says)}
    return {**said, **_or_null(_answer(lens, question))}


def _answer(lens: Lens, question: Question) -> Json:
    if question.kind == "changes":
        return {"type": "array", "maxItems": MAX_CHANGES, "items": _change(lens, question)}
    if question.kind == "number":
        return {"type": "number", "minimum": question.minimum, "maximum": question.maximum}
    if question.kind == "text":
        return _text(question.max_length)
    return {"enum": list(question.by_id)}


def _change(lens: Lens, question: Question) -> Json:
    words = {"description": "What will change, in a few words.", "pattern": NOT_BLANK}
    kinds = _listing((kind.id, f"{kind.label}, {kind.means}") for kind in lens.kinds)
    likelihoods = _listing((each.id, each.label) for each in lens.likelihoods)
    return _closed(
        {
            "text": {**words, **_text(question.max_length)},
            "kind": {"description": kinds, **_or_null({"enum": list(lens.kind)})},
            "likelihood": {"description": likelihoods, **_or_null({"enum": list(lens.likelihood)})},
        },
        required=("text",),
    )


def _listing(named: Iterable[tuple[str, str]]) -> str:
    return f"Options: {'; '.join(f'{name} ({label})' for name, label in named)}."


def _closed(properties: Json, required: Iterable[str] = ()) -> Json:
    """An object with these keys and no others."""
    needed = {"required": [*required]} if required else {}
    return {"type": "object", **needed, "properties": properties, "additionalProperties": False}


def _or_null(schema: Json) -> Json:
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return {**schema, "type": [schema["type"], "null"]}
