"""How answers are saved: whole or step by step, in one conditional update (docs/decisions/0008).

Methods of `Assessment`, in a file of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from ..engine.answers import Answers, Change
from ..engine.joining import merged
from ..engine.lens import Lens
from ..naming import STAGE
from .change import AnticipatedChange
from .client import Project
from .renaming import hold_assessments, raise_versions
from .search import SearchText
from .touched import also_touched, last_touched

if TYPE_CHECKING:
    from .assessment import Assessment, AssessmentQuerySet

# What another save may have moved; ``project`` is read again through its key.
READ_BEFORE_SAVING = ("version", "touched", "answers", "stage", "project")


class StaleAnswers(Exception):
    """The step was saved by somebody else since the form was filled in; nothing was stored.

    ``saved`` are the answers as they stand, ``wanted`` what this save would have made of them.
    """

    def __init__(self, assessment: Assessment, saved: Answers, wanted: Answers) -> None:
        self.assessment, self.saved, self.wanted = assessment, saved, wanted
        super().__init__("the step was saved elsewhere since this form was opened")


def take(self: Assessment, lens: Lens, answers: Answers) -> None:
    """Stores an answers file in a new version, over whatever was there."""
    while not _swap_in(self, lens, answers):
        self.refresh_from_db(fields=READ_BEFORE_SAVING)


def _swap_in(self: Assessment, lens: Lens, answers: Answers, steps: Iterable[str] = ()) -> bool:
    """Stores answers in a new version where nobody has stored any since this object was read;
    ``steps`` are those that they were saved on.

    Returns False, with nothing stored, where somebody has. One conditional UPDATE decides it,
    so that a save needs no lock and, where only answers moved, no transaction of several
    statements: every statement more is a wait for everybody else who saves.
    """
    stored = answers.answers_object(lens)
    project = {"name": answers.name, "summary": answers.summary}
    changes, before = stored.get(lens.changes.id), self.answers.get(lens.changes.id)
    has_new_changes = changes != before
    has_new_project = project != {"name": self.project.name, "summary": self.project.summary}
    version, steps = self.version + 1, list(steps)
    columns = {"version": version, "answers": stored, "updated_at": timezone.now()}
    stage = str(stored.get(STAGE, ""))
    if stage != self.stage:  # it is indexed, and SQLite writes the index even for the same
        columns["stage"] = stage
    several = has_new_changes or has_new_project
    with transaction.atomic() if several else nullcontext():
        all_of_project = hold_assessments(self.project_id) if has_new_project else [self.pk]
        touched = {"touched": also_touched(steps, version)} if steps else {}
        if not _unmoved(self).update(**columns, **touched):
            return False
        if has_new_changes:
            _take_changes(self, answers.changes)
        if has_new_project or _texts(changes) != _texts(before):
            now = Project(pk=self.project_id, **project)
            SearchText.objects.keep_of(now, self.pk, _texts(changes))
        if has_new_project:
            _rename(self, project, all_of_project)
    for name, value in columns.items():
        setattr(self, name, value)
    self.touched = {**self.touched, **dict.fromkeys(steps, version)}
    self.project.name, self.project.summary = answers.name, answers.summary
    return True


def _rename(self: Assessment, project: dict[str, str], all_of_project: list[int]) -> None:
    """The project's texts, which other versions have as well."""
    Project.objects.filter(pk=self.project_id).update(**project)
    if len(all_of_project) > 1:
        raise_versions(type(self).objects.filter(pk__in=all_of_project).exclude(pk=self.pk))
        SearchText.objects.refresh(Project.objects.filter(pk=self.project_id))


def _take_changes(self: Assessment, changes: tuple[Change, ...]) -> None:
    self.changes.all().delete()
    AnticipatedChange.objects.bulk_create(
        AnticipatedChange(
            assessment=self,
            position=position,
            text=change.text,
            kind=change.kind or "",
            likelihood=change.likelihood or "",
        )
        for position, change in enumerate(changes)
    )


def record(
    self: Assessment, lens: Lens, step_id: str, given: Mapping[str, Any], based_on: int
) -> None:
    """Stores one step's answers, as a step of the file (``None`` clears an answer).

    Saving the same again changes nothing, so a retried or doubled save is harmless. Raises
    StaleAnswers where the step was saved with other answers since version ``based_on``, and
    AnswersError where the lens refuses them.
    """
    while not _recorded(self, lens, step_id, given, based_on):
        self.refresh_from_db(fields=READ_BEFORE_SAVING)


def _recorded(
    self: Assessment, lens: Lens, step_id: str, given: Mapping[str, Any], based_on: int
) -> bool:
    """One try; False where somebody else saved anything in the meantime."""
    saved = self.stored_answers(lens)
    wanted = merged(lens, saved, given)
    if wanted == saved:
        return _confirm(self, step_id)
    if last_touched(self.touched, lens, step_id) > based_on:
        raise StaleAnswers(self, saved, wanted)
    return _swap_in(self, lens, wanted, [step_id])


def _confirm(self: Assessment, step_id: str) -> bool:
    """Notes that the founder has seen the step and left it as it was: nothing to assume."""
    if step_id in self.touched:
        return True
    # it was touched: a draft that is only looked through is not an abandoned one
    touched = also_touched([step_id], self.version)
    unmoved = _unmoved(self).update(touched=touched, updated_at=timezone.now())
    self.touched = {**self.touched, step_id: self.version}
    return bool(unmoved)


def record_all(self: Assessment, lens: Lens, answers: Answers, seen: int) -> bool:
    """Stores a whole set of answers; False where they are not based on version ``seen``."""
    if seen != self.version:
        return False
    saved = self.stored_answers(lens)
    if answers == saved:
        return True
    now, then = answers.answers_object(lens), saved.answers_object(lens)
    moved = {q.step for q in lens.questions if now.get(q.id) != then.get(q.id)}
    return _swap_in(self, lens, answers, moved)


def _unmoved(self: Assessment) -> AssessmentQuerySet:
    """The row, as long as nobody has saved since this object was read."""
    return type(self).objects.filter(pk=self.pk, version=self.version)


def _texts(changes: list[dict[str, str]] | None) -> list[str]:
    return [change.get("text", "") for change in changes or ()]
