"""The answers file: parse, validate, normalise and prune (the contract ``stackpick-answers/1``).

A question may be left out or ``null``. Everything else has to be right: unknown keys, unknown
options, a change too many or a text too long are each reported with the path inside the object.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .foreign_text import clip, text_problem
from .lens import Lens, Option, Question

MAX_CHANGES = 5
PROJECT_LIMITS = {"name": 100, "summary": 300}

Value = str | float

_LINE_BREAKS = re.compile(r"[\t\n\r]+")


@dataclass(frozen=True)
class Problem:
    """One mistake in the input: its path, such as ``answers.changes[2].kind``, and what it is."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class AnswersError(ValueError):
    """The answers cannot be used; ``problems`` lists every mistake found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))


@dataclass(frozen=True)
class Change:
    """One expected change; ``kind`` and ``likelihood`` are ``None`` where not said."""

    text: str
    kind: str | None = None
    likelihood: str | None = None

    def as_dict(self) -> dict[str, str]:
        pairs = (("text", self.text), ("kind", self.kind), ("likelihood", self.likelihood))
        return {key: value for key, value in pairs if value is not None}


@dataclass(frozen=True)
class Answers:
    """Valid answers under one lens. ``values`` holds only what was answered, ``changes`` apart."""

    values: Mapping[str, Value] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    name: str = ""
    summary: str = ""

    def choice(self, question_id: str) -> str | None:
        value = self.values.get(question_id)
        return value if isinstance(value, str) else None

    def option(self, question: Question) -> Option | None:
        """The option chosen for a question; None where it was left open, or has no options."""
        return question.by_id.get(self.choice(question.id) or "")

    def number(self, question_id: str) -> float | None:
        value = self.values.get(question_id)
        return None if value is None or isinstance(value, str) else value

    def is_answered(self, question: Question) -> bool:
        """Whether nothing about the question is left open."""
        if question.kind != "changes":
            return question.id in self.values
        complete = [c for c in self.changes if c.kind and c.likelihood]
        return len(complete) == MAX_CHANGES

    def answers_object(self, lens: Lens) -> dict[str, Any]:
        """The ``answers`` object of the file, keys in the order of the lens."""
        result: dict[str, Any] = {}
        for question in lens.questions:
            if question.kind == "changes" and self.changes:
                result[question.id] = [change.as_dict() for change in self.changes]
            elif question.id in self.values:
                result[question.id] = self.values[question.id]
        return result

    def to_file(self, lens: Lens) -> dict[str, Any]:
        """The whole answers file as a JSON-ready object; ``parse`` gives the same answers back."""
        project = {"name": self.name, "summary": self.summary}
        return {
            "format": lens.answers_format,
            "project": {key: text for key, text in project.items() if text},
            "answers": self.answers_object(lens),
        }


def parse(lens: Lens, data: object, prune_it: bool = True) -> Answers:
    """Valid, normalised answers from one decoded JSON object.

    ``prune_it=False`` keeps answers whose question only applies beside others: for a part of a
    file, which is pruned when it is joined to the rest.

    Raises:
        AnswersError: with every mistake found, each with its path inside the object.
    """
    reader = _Reader(lens)
    answers = reader.file(data)
    if reader.problems:
        raise AnswersError(reader.problems)
    return prune(lens, answers) if prune_it else answers


def reread(lens: Lens, data: object) -> Answers:
    """What an earlier lens accepted, as far as this one knows it; nothing is refused or pruned.

    Options, kinds and questions that are no longer there count as not answered, and a text that
    has become too long stays whole.
    """
    return _Rereader(lens).file(data)


def prune(lens: Lens, answers: Answers) -> Answers:
    """The same answers without those to questions that no longer apply (see ``shown_if``)."""

    return replace(answers, values=applicable(lens, answers.values))


def applicable(lens: Lens, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without those whose question is only shown beside another answer than given."""

    def applies(question_id: str) -> bool:
        question = lens.question.get(question_id)
        condition = question.shown_if if question else None
        return condition is None or values.get(condition[0]) in condition[1]

    return {key: value for key, value in values.items() if applies(key)}


class _Reader:
    """Walks one decoded object and collects every problem instead of stopping at the first."""

    def __init__(self, lens: Lens) -> None:
        self.lens = lens
        self.problems: list[Problem] = []

    def problem(self, path: str, message: str) -> None:
        self.problems.append(Problem(path, message))

    def mapping(self, data: object, path: str, known: Iterable[str]) -> dict[str, Any]:
        """``data`` as an object with known keys only; empty, with a problem, where it is none."""
        if not isinstance(data, Mapping):
            self.problem(path, f"has to be an object, and is {_name(data)}")
            return {}
        names = list(known)
        for key in data:
            if key not in names:
                place = f"{path}.{key}" if path else str(key)
                self.problem(clip(place), f"is not known here; known: {', '.join(names)}")
        return {key: data[key] for key in names if data.get(key) is not None}

    def file(self, data: object) -> Answers:
        top = self.mapping(data, "", ("format", "project", "answers"))
        if isinstance(data, Mapping):
            self.format(data)
        project = self.mapping(top.get("project", {}), "project", PROJECT_LIMITS)
        texts = {
            key: self.text(project[key], f"project.{key}", limit)
            for key, limit in PROJECT_LIMITS.items()
            if key in project
        }
        given = self.mapping(top.get("answers", {}), "answers", self.lens.question)
        changes = self.changes(given.pop(self.lens.changes.id, []))
        values = {key: self.value(self.lens.question[key], raw) for key, raw in given.items()}
        kept = {key: value for key, value in values.items() if value is not None and value != ""}
        return Answers(kept, changes, texts.get("name") or "", texts.get("summary") or "")

    def format(self, data: Mapping[str, Any]) -> None:
        wanted = self.lens.answers_format
        if "format" not in data:
            self.problem("format", f"is missing; it has to be “{wanted}”")
        elif data["format"] != wanted:
            self.problem("format", f"is {_quote(data['format'])}; it has to be “{wanted}”")
        if "answers" not in data:
            self.problem("answers", "is missing; an empty object says that nothing was answered")

    def value(self, question: Question, raw: object) -> Value | None:
        path = f"answers.{question.id}"
        if question.kind == "text":
            return self.text(raw, path, question.max_length)
        if question.kind == "number":
            return self.number(question, raw, path)
        return self.option(raw, path, question.by_id)

    def number(self, question: Question, raw: object, path: str) -> float | None:
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            self.problem(path, f"has to be a number, and is {_name(raw)}")
            return None
        if not question.minimum <= raw <= question.maximum:
            self.problem(path, f"has to lie between {question.minimum} and {question.maximum}")
            return None
        # 40 and 40.0 are the same answer, and must draw and show the same
        return int(raw) if raw == int(raw) else raw

    def option(self, raw: object, path: str, known: Mapping[str, object]) -> str | None:
        if isinstance(raw, str) and raw in known:
            return raw
        self.problem(path, f"{_quote(raw)} is not one of the options; choose {_listing(known)}")
        return None

    def text(self, raw: object, path: str, limit: int) -> str | None:
        if not isinstance(raw, str):
            self.problem(path, f"has to be a text, and is {_name(raw)}")
            return None
        text = " ".join(filter(None, map(str.strip, _LINE_BREAKS.split(raw))))
        reason = text_problem(text, limit)
        if reason:
            self.problem(path, reason)
        return text

    def changes(self, raw: object) -> tuple[Change, ...]:
        if not isinstance(raw, list):
            self.problem("answers.changes", f"has to be a list, and is {_name(raw)}")
            return ()
        if len(raw) > MAX_CHANGES:
            self.problem(
                "answers.changes",
                f"lists {len(raw)} changes; at most {MAX_CHANGES} are taken, the likeliest first",
            )
            return ()
        return tuple(self.change(item, f"answers.changes[{n}]") for n, item in enumerate(raw))

    def change(self, raw: object, path: str) -> Change:
        before = len(self.problems)
        given = self.mapping(raw, path, ("text", "kind", "likelihood"))
        text = self.text(given.get("text", ""), f"{path}.text", self.lens.changes.max_length)
        if text == "" and isinstance(raw, Mapping) and len(self.problems) == before:
            self.problem(f"{path}.text", "is empty; say in a few words what will change")
        kind = self._optional(given, "kind", path, self.lens.kind)
        likelihood = self._optional(given, "likelihood", path, self.lens.likelihood)
        return Change(text or "", kind, likelihood)

    def _optional(
        self, given: Mapping[str, Any], key: str, path: str, known: Mapping[str, object]
    ) -> str | None:
        return self.option(given[key], f"{path}.{key}", known) if key in given else None


class _Rereader(_Reader):
    """Reads what was accepted before: its texts were looked through then."""

    def text(self, raw: object, path: str, limit: int) -> str | None:
        return raw if isinstance(raw, str) else None


_NAMES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"),
    (str, "a text"),
    ((int, float), "a number"),
    (list, "a list"),
    (Mapping, "an object"),
)


def _name(value: object) -> str:
    return next((name for kind, name in _NAMES if isinstance(value, kind)), "null")


def _quote(value: object) -> str:
    return f"“{clip(value)}”" if isinstance(value, str) else _name(value)


def _listing(known: Mapping[str, object]) -> str:
    *first, last = known
    return f"{', '.join(first)} or {last}"
