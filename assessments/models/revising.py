"""What a consultant does to an assessment: freezes it, corrects its answers, re-scores it.

Methods of `Assessment`, in a file of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from ..engine.answers import Answers, prune, reread
from ..engine.foreign_text import text_problem
from ..engine.joining import merged
from ..engine.lens import Lens
from ..engine.report import build_report
from ..engine.rescoring import Rescored, rescored
from ..lens import current_lens
from .history import because

if TYPE_CHECKING:
    from .assessment import Assessment
    from .review import Milestone

LONGEST_NAME = 80
NO_NAME = "Give the milestone a name; any name will do."
# The reason in the history begins so, with what the step is called.
CORRECTED = "corrected “{step}”"
TAKEN = "There is a milestone “{name}” already. Give this one another name."


def freeze(self: Assessment, name: str, by: Any) -> Milestone:
    """Keeps the answers as they stand under a name, with the report on them.

    That is the pinned one; where the answers have moved on since, or nothing is finished yet, it
    is made now, under the lens in use.

    Raises:
        ValidationError: there is no name, it cannot be one, or it is taken.
    """
    lens = current_lens()
    report = self.report
    if report is None or self.has_moved_on(lens):
        report = dict(build_report(lens, self.engine_answers(lens)))
    return _keep(self, _checked(self, name), by, self.answers_file(lens), report)


def _checked(self: Assessment, name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise ValidationError(NO_NAME)
    problem = text_problem(name, LONGEST_NAME)
    if problem:
        raise ValidationError(f"The name {problem}.")
    if self.milestones.filter(name=name).exists():
        raise ValidationError(TAKEN.format(name=name))
    return name


def _keep(
    self: Assessment, name: str, by: Any, file: Mapping[str, Any], report: Mapping[str, Any]
) -> Milestone:
    try:
        with transaction.atomic():
            return self.milestones.create(
                name=name, author=by, answers_file=dict(file), report=dict(report)
            )
    except IntegrityError:  # somebody took the name a moment ago
        raise ValidationError(TAKEN.format(name=name)) from None


def correct(
    self: Assessment,
    lens: Lens,
    step_id: str,
    given: Mapping[str, Any],
    based_on: int,
    reason: str,
    by: Any = None,
) -> bool:
    """Stores one step's answers on the client's behalf, and why; False where nothing differs.

    A finished assessment is pinned anew, on all answers as they stand then; a draft stays one.
    Either leaves a line of history. ``by`` is whoever did it, the request's user where not given.

    Raises:
        StaleAnswers: somebody saved the step since version ``based_on``; nothing was stored.
        AnswersError: the lens refuses the answers.
    """
    with transaction.atomic():
        current = _held(self)
        saved = current.stored_answers(lens)
        wanted = merged(lens, saved, given)
        if wanted == saved:
            return False
        leave_trace_of_the_founder(current)
        current.record(lens, step_id, given, based_on)
        step = next(step for step in lens.steps if step.id == step_id)
        said = CORRECTED.format(step=step.short) + _renamed(saved, wanted)
        because(current, f"{said}: {reason}", by)
        if current.report is not None and current.has_moved_on(lens):
            current.pin(lens, build_report(lens, current.engine_answers(lens)))
        else:
            current.save(update_fields=["updated_at"])
    self.refresh_from_db()
    return True


def leave_trace_of_the_founder(current: Assessment) -> None:
    """A line for what was saved step by step since the last one: the next line is ours alone."""
    lines = current.history.order_by("-history_id")
    if lines.values_list("version", flat=True).first() != current.version:
        current._history_user = None  # type: ignore[attr-defined]
        type(current).history.bulk_history_create(
            [current], update=True, default_date=current.updated_at
        )
        del current._history_user  # type: ignore[attr-defined]


def _renamed(before: Answers, after: Answers) -> str:
    """The project's texts that differ: history keeps the answers alone."""
    pairs = ((before.name, after.name), (before.summary, after.summary))
    told = [f"“{then}” → “{now}”" for then, now in pairs if then != now]
    return f" ({', '.join(told)})" if told else ""


def pinned_answers(self: Assessment, lens: Lens) -> Answers:
    """The answers that the pinned report is about, as far as this lens knows them.

    What was changed since is not finished yet.
    """
    report = self.pinned()
    parts = {"project": report["project"], "answers": report["answers"]}
    return prune(lens, reread(lens, {"format": lens.answers_format, **parts}))


def rescored_under(self: Assessment, lens: Lens) -> Rescored | None:
    """What this lens says beside the pinned report; None where that is its own, and says so."""
    found = rescored(lens, self.pinned_answers(lens), self.pinned())
    own = (self.lens_id, self.lens_version) == (lens.id, lens.version)
    return None if own and not found.moves_anything else found


def standing(self: Assessment) -> str:
    """Which answers and which report there are: it moves with either."""
    pinned_at = self.finished_at.timestamp() if self.finished_at else 0
    return f"{self.version}/{pinned_at:.6f}/{self.lens_id}/{self.lens_version}"


def rescore(self: Assessment, lens: Lens, by: Any = None, seen: str | None = None) -> bool:
    """Pins the report anew under this lens, on the very answers that it was about.

    It is no new answer, so ``finished_at`` and ``review_on`` stay, and what a founder has changed
    without finishing still waits. What stood before is kept as a milestone. Returns False, with
    nothing stored, for a draft, and where ``seen`` is given and is not its ``standing()``.
    """
    with transaction.atomic():
        current = _held(self)
        if current.report is None or seen not in (None, current.standing()):
            return False
        if current.rescored_under(lens) is not None:
            _keep_what_stood(current, lens, by)
            current.take_report(lens, build_report(lens, current.pinned_answers(lens)))
            because(current, f"re-scored under lens {lens.id} version {lens.version}", by)
            current.save()
    self.refresh_from_db()
    return True


def _keep_what_stood(current: Assessment, lens: Lens, by: Any) -> None:
    report = current.pinned()
    lens_then = f"{current.lens_id[:30]} {current.lens_version}"
    name = _free_name(current, lens_then, timezone.localdate())
    parts = {"project": report["project"], "answers": report["answers"]}
    _keep(current, name, by, {"format": lens.answers_format, **parts}, report)


def _free_name(current: Assessment, lens_then: str, day: date) -> str:
    name = base = f"Before re-scoring, lens {lens_then}, {day}"
    taken = set(current.milestones.values_list("name", flat=True))
    number = 2
    while name in taken:
        name, number = f"{base} ({number})", number + 1
    return name


def _held(self: Assessment) -> Assessment:
    """The assessment as it stands, which nobody else moves until the transaction ends."""
    return type(self).objects.select_for_update().get(pk=self.pk)
