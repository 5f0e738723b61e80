"""The kinds that are still open on check your answers: suggested, corrected, saved there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction

from .engine.answers import Answers
from .engine.lens import Lens
from .form_fields import kind_field
from .models import Assessment, StaleAnswers
from .suggestions import because, suggested


@dataclass(frozen=True)
class OpenKind:
    """A change without a kind, and what its words suggest; ``suggests`` is empty for nothing."""

    text: str
    field: forms.BoundField
    suggests: str = ""
    because: tuple[str, ...] = ()
    left_open: bool = False


class OpenKinds(forms.Form):
    """A list to choose from for each change that has a text and no kind."""

    def __init__(self, lens: Lens, answers: Answers, data: Any = None) -> None:
        super().__init__(data)
        self.lens, self.changes = lens, answers.changes
        for number, change in enumerate(self.changes):
            if not change.kind:
                self.fields[_name(number)] = kind_field(lens, f"Change {number + 1}, kind:")

    def suggest(self, who: str | None, left_open: Collection[str]) -> list[OpenKind]:
        """The changes in question, each with its list, in which what its words suggest is chosen.

        Args:
            who: whom the work is counted for; None where nothing is suggested.
            left_open: texts of changes for which “Not sure” was chosen: there it stays.
        """
        return [
            self._suggest(_name(number), change.text, who, change.text in left_open)
            for number, change in enumerate(self.changes)
            if not change.kind
        ]

    def _suggest(self, name: str, text: str, who: str | None, left_open: bool) -> OpenKind:
        found = suggested(self.lens, text, who) if who is not None else None
        if found is None or found.abstain:
            return OpenKind(text, self[name])
        if not left_open:
            self.initial[name] = found.kind
        words = because(self.lens, text, found.kind)
        return OpenKind(text, self[name], self.lens.kind[found.kind].label, words, left_open)

    def finish(self, assessment: Assessment) -> bool:
        """Saves the kinds that were chosen and finishes on exactly the answers that were shown;
        False where they are no longer these."""
        seen, given = assessment.version, [change.as_dict() for change in self.changes]
        for number, change in enumerate(given):
            if chosen := self.cleaned_data.get(_name(number)):
                change["kind"] = chosen
        # both or neither, so that the same form sent twice finds a finished assessment
        with transaction.atomic():
            if any(self.cleaned_data.values()):
                answers = {self.lens.changes.id: given}
                try:
                    assessment.record(self.lens, self.lens.changes.step, answers, seen)
                except StaleAnswers:
                    return False
                seen += 1
            return assessment.finish(self.lens, seen)


def sent_again(lens: Lens, assessment: Assessment, posted: Any) -> bool:
    """Whether a form with kinds was sent twice: all it says is saved, and finished already."""
    chosen = {
        number: kind
        for number in range(len(assessment.answers.get(lens.changes.id, ())))
        if (kind := posted.get(_name(number)))
    }
    if not chosen or assessment.finished_at is None or assessment.has_moved_on(lens):
        return False
    changes = assessment.engine_answers(lens).changes
    return all(changes[number].kind == kind for number, kind in chosen.items())


def left_open(lens: Lens, assessment: Assessment) -> set[str]:
    """The changes that had no kind when the verdict was asked for, so “Not sure” was the answer."""
    if assessment.finished_at is None:
        return set()
    changes = assessment.pinned()["answers"].get(lens.changes.id, ())
    return {change["text"] for change in changes if not change.get("kind")}


def _name(number: int) -> str:
    """As on the step of the changes."""
    return f"change_{number}_kind"
