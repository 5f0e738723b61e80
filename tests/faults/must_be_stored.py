"""What must be stored: a model in plain Python of what the site has acknowledged.

It knows one rule, in two halves. Nobody takes the place of what they have not seen: a save that
would is refused, and changes nothing. Everything else is taken, and moves the version by one, or
by nothing where it says what is stored already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tests.web import LENS

Fields = dict[str, str]

PROJECT = ("project_name", "project_summary")
PARTS = ("text", "kind", "likelihood")
MOST_CHANGES = 5
FIRST = LENS.steps[0].id


class Came(Enum):
    """What came of a save."""

    SAVED = "saved"
    SAME = "it was stored already"
    STALE = "refused, as it was changed elsewhere"


def fields_of(step: str) -> list[str]:
    """What a step's form asks for, by the names of its controls."""
    names = list(PROJECT) if step == FIRST else []
    for question in LENS.questions_of(step):
        if question.kind == "changes":
            names += [f"change_{row}_{part}" for row in range(MOST_CHANGES) for part in PARTS]
        else:
            names.append(question.id)
    return names


FIELDS = {step.id: fields_of(step.id) for step in LENS.steps}


def in_fields(project: Mapping[str, str], answers: Mapping[str, Any]) -> Fields:
    """An answers file by the names of the forms' controls, without what is open."""
    found = {f"project_{key}": text for key, text in project.items()}
    for question, answer in answers.items():
        if question == LENS.changes.id:
            for row, change in enumerate(answer):
                found |= {f"change_{row}_{part}": text for part, text in change.items()}
        else:
            found[question] = str(answer)
    return {name: text for name, text in found.items() if text}


@dataclass
class Kept:
    """One assessment: its fields, the version in which each got its value, and its version.

    ``confirmed`` are the versions in which steps were sent as they stood. ``report`` is what was
    finished last, ``links`` are its share tokens with what the site calls them, ``closed`` those
    that are revoked.
    """

    token: str
    version: int
    fields: Fields
    written: dict[str, int] = field(default_factory=dict)
    confirmed: dict[str, int] = field(default_factory=dict)
    report: dict[str, Any] | None = None
    links: dict[str, int] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)

    def of(self, step: str) -> Fields:
        return {name: self.fields.get(name, "") for name in FIELDS[step]}

    def last_written(self, step: str) -> int:
        seen = [self.written.get(name, 0) for name in FIELDS[step]]
        return max(*seen, self.confirmed.get(step, 0))

    def put(self, fields: Mapping[str, str]) -> None:
        """Into a new version."""
        self.version += 1
        for name, text in fields.items():
            if self.fields.get(name, "") != text:
                self.written[name] = self.version
            self.fields[name] = text

    def stored(self) -> tuple[int, Fields, dict[str, int]]:
        """As the database has to have it: also in which version each step was last saved."""
        seen = {step: self.last_written(step) for step in FIELDS}
        return self.version, {name: text for name, text in self.fields.items() if text}, seen

    def applicable(self) -> Fields:
        """Without the name of a part that there is not; it is kept in case there is."""
        fields = self.stored()[1]
        if fields.get("settled_part") != "yes":
            fields.pop("settled_part_name", None)
        return fields

    def shows(self, report: Mapping[str, Any]) -> bool:
        """Whether a report is about the answers as they stand."""
        return in_fields(report["project"], report["answers"]) == self.applicable()


@dataclass
class Project:
    """The versions of one project, which have its name and summary in common."""

    kept: list[Kept]

    def save(
        self, number: int, step: str, wanted: Fields, based_on: int, confirms: bool = True
    ) -> Came:
        """``confirms``: sent as it stands, the founder has seen the step, and nothing of it is
        assumed any more. At the desk it has not been seen by them."""
        own = self.kept[number]
        if wanted == own.of(step):
            if confirms:
                own.confirmed.setdefault(step, own.version)
            return Came.SAME
        if own.last_written(step) > based_on:
            return Came.STALE
        renamed = any(wanted.get(name, "") != own.fields.get(name, "") for name in PROJECT)
        own.put(wanted)
        own.confirmed[step] = own.version
        if step == FIRST and renamed:
            self._rename([other for other in self.kept if other is not own], wanted)
        return Came.SAVED

    def rename(self, texts: Fields) -> None:
        """At the desk: all versions have it, and are told."""
        if any(self.kept[0].fields.get(name, "") != texts[name] for name in PROJECT):
            self._rename(self.kept, texts)

    def _rename(self, kept: list[Kept], texts: Fields) -> None:
        for each in kept:
            each.put({name: texts[name] for name in PROJECT})
            each.written |= dict.fromkeys(PROJECT, each.version)


@dataclass
class Review:
    """A review, as it is saved and as readers see it."""

    version: int = 0
    text: str = ""
    published: str | None = None
