"""The kinds that are still open on check your answers: suggested, corrected, saved there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction

from .engine.answers import Answers, AnswersError, Change
from .engine.intake import LONGEST_NUMBER
from .engine.lens import Lens
from .form_fields import kind_field
from .models import Assessment, StaleAnswers
from .models.touched import last_touched
from .suggestions import Asker, because, suggested

NOT_TAKEN = (
    "The kinds cannot be saved, because something in the list of changes is not taken any more:"
)


@dataclass(frozen=True)
class OpenKind:
    """A change without a kind, and what is said beside its list.

    ``suggests`` is the name of the kind that its words suggest; without one, ``unsure`` says that
    they were looked at and do not tell.
    """

    text: str
    field: forms.BoundField
    suggests: str = ""
    because: tuple[str, ...] = ()
    unsure: bool = False
    left_open: bool = False


class OpenKinds(forms.Form):
    """A list to choose from for each change that has a text and no kind."""

    def __init__(self, lens: Lens, answers: Answers, data: Any = None) -> None:
        super().__init__(data)
        self.lens, self.changes = lens, answers.changes
        for number, change in enumerate(self.changes):
            if not change.kind:
                self.fields[_name(number)] = kind_field(lens, f"“{change.text}”:")

    def keep(self, posted: Any) -> None:
        """Takes over what was chosen on a page that was refused, “Not sure” as well."""
        self.initial.update({name: posted[name] for name in self.fields if name in posted})

    def suggest(self, who: Asker | None, left_open: Collection[str]) -> list[OpenKind]:
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

    def _suggest(self, name: str, text: str, who: Asker | None, left_open: bool) -> OpenKind:
        found = suggested(self.lens, text, who) if who is not None else None
        if found is None or found.abstain:
            return OpenKind(text, self[name], unsure=found is not None)
        if not left_open:
            self.initial.setdefault(name, found.kind)
        words = because(self.lens, text, found.kind)
        label = self.lens.kind[found.kind].label
        return OpenKind(text, self[name], label, words, left_open=left_open)

    def finish(self, assessment: Assessment) -> bool:
        """Saves the kinds that were chosen and finishes on exactly the answers that were shown;
        False where they are no longer these, or cannot be saved, which is then an error."""
        seen, given = assessment.version, [change.as_dict() for change in self.changes]
        for number, change in enumerate(given):
            if chosen := self.cleaned_data.get(_name(number)):
                change["kind"] = chosen
        # both or neither, so that the same form sent twice finds a finished assessment
        with transaction.atomic():
            if any(self.cleaned_data.values()):
                if not self._save(assessment, given, seen):
                    return False
                seen += 1
            return assessment.finish(self.lens, seen)

    def _save(self, assessment: Assessment, given: list[dict[str, str]], seen: int) -> bool:
        try:
            answers = {self.lens.changes.id: given}
            assessment.record(self.lens, self.lens.changes.step, answers, seen)
        except StaleAnswers:
            return False
        except AnswersError as error:  # stored under a lens that took more
            self.add_error(None, f"{NOT_TAKEN} {error}.")
            return False
        return True


def sent_again(lens: Lens, assessment: Assessment, posted: Any) -> bool:
    """Whether a form with kinds was sent twice: all it says is saved, and finished already."""
    if assessment.finished_at is None or assessment.has_moved_on(lens):
        return False
    changes = enumerate(assessment.engine_answers(lens).changes)
    said = [(posted[name], kind) for name, kind in _kinds(changes) if name in posted]
    return bool(said) and all(wanted == kind for wanted, kind in said)


def _kinds(changes: Iterable[tuple[int, Change]]) -> Iterator[tuple[str, str]]:
    return ((_name(number), change.kind or "") for number, change in changes)


def still_about(lens: Lens, assessment: Assessment, seen: str) -> bool:
    """Whether the changes are still those of the version ``seen``, whatever else was saved."""
    is_number = seen.isdecimal() and len(seen) <= LONGEST_NUMBER
    return is_number and last_touched(assessment.touched, lens, lens.changes.step) <= int(seen)


def left_open(lens: Lens, assessment: Assessment) -> set[str]:
    """The changes that had no kind when the verdict was asked for, so “Not sure” was the answer."""
    if assessment.finished_at is None:
        return set()
    changes = assessment.pinned()["answers"].get(lens.changes.id, ())
    return {change["text"] for change in changes if not change.get("kind")}


def _name(number: int) -> str:
    """As on the step of the changes."""
    return f"change_{number}_kind"
