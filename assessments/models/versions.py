"""Versions: assessments of one project, each begun from the answers of another one.

A version is an assessment of its own, with its own address, report and links. What ties it to the
one that it was begun from is ``previous``; other assessments of the same project are no versions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from ..lens import current_lens
from ..tokens import token_hash
from .made_once import made_once
from .prepared import Prepared

if TYPE_CHECKING:
    from .assessment import Assessment, AssessmentQuerySet

# What is told of a version: neither answers nor report, which may be long.
COLUMNS = (
    *("id", "previous_id", "project_id", "created_at", "finished_at"),
    *("state", "stack", "strength", "uncertainty", "operations", "robust"),
)


@dataclass(frozen=True)
class Version:
    """One of the versions, numbered from 1 in the order in which they were begun.

    ``begun_from`` is the number of the one whose answers it began with; None for the first.
    """

    number: int
    assessment: Assessment
    begun_from: int | None

    @property
    def is_finished(self) -> bool:
        return self.assessment.finished_at is not None

    def finished(self) -> tuple[datetime, int]:
        """When it was finished, and which was begun later where two were in one moment."""
        return self.assessment.finished_at or datetime.min.replace(tzinfo=UTC), self.number


@dataclass(frozen=True)
class Versions:
    """All versions of a project, and the place of one of them among these."""

    all: tuple[Version, ...]
    this: Version

    @property
    def is_alone(self) -> bool:
        return len(self.all) == 1

    @property
    def newest(self) -> Version:
        return self.all[-1]

    @property
    def has_later(self) -> bool:
        return self.newest.number > self.this.number

    def before(self, version: Version) -> Iterator[Version]:
        """Those that one of them goes back to, the nearest first."""
        while version.begun_from is not None:
            version = self.all[version.begun_from - 1]
            yield version

    def finished_before(self) -> Version | None:
        """The nearest finished one among those that this one goes back to."""
        return next((each for each in self.before(self.this) if each.is_finished), None)

    def finished_after(self) -> Version | None:
        """The one that was finished last among those that go back to this one."""
        after = [each for each in self.all if each.is_finished and self.this in self.before(each)]
        return max(after, key=Version.finished, default=None)


def again(assessment: Assessment, token: str) -> tuple[Assessment, str]:
    """A new version of an assessment: a draft on its answers as they are saved now.

    It belongs to the same project, and so to the same client. Invitations, share links and what
    a consultant has added stay with the old one.

    Args:
        assessment: the one to begin from.
        token: that of the new version's edit link, which cannot be read back later. Asked for
            again with the same one, the version that it opens already is given.
    """
    lens, rows = current_lens(), type(assessment).objects
    with transaction.atomic():
        old = rows.whole().select_for_update(of=("self",)).get(pk=assessment.pk)
        new = rows.model(
            project=old.project,
            previous=old,
            edit_hash=token_hash(token),
            touched=dict.fromkeys(old.touched, 0),
        )
        made, is_new = made_once(new, "edit_hash")
        if is_new:
            made.take(lens, old.stored_answers(lens))
    return made, token


def versions(self: Assessment) -> Versions:
    """All versions of the same project, those begun from another beside this one included.

    One query, and without their answers and reports.
    """
    manager = type(self).objects
    rows = list(manager.raw(OF_PROJECT.sql(manager.db), [self.project_id], using=manager.db))
    return _told(_of_one_tree(rows, self.pk), self.pk)


def _of_project(project: int) -> AssessmentQuerySet:
    from .assessment import Assessment

    return Assessment.objects.filter(project_id=project).only(*COLUMNS).order_by("pk")


OF_PROJECT = Prepared(_of_project, place=0)


def _of_one_tree(rows: Sequence[Assessment], pk: int) -> list[Assessment]:
    """Those that go back to the same first version as the one with this key.

    A version is always younger than what it was begun from, so one pass in order will do.
    """
    first: dict[int | None, int] = {}
    for row in rows:
        first[row.pk] = first.get(row.previous_id, row.pk)
    return [row for row in rows if first[row.pk] == first[pk]]


def _told(rows: Sequence[Assessment], pk: int) -> Versions:
    numbers: dict[int | None, int] = {}
    told = []
    for number, row in enumerate(rows, start=1):
        told.append(Version(number, row, numbers.get(row.previous_id)))
        numbers[row.pk] = number
    return Versions(tuple(told), told[numbers[pk] - 1])


def close_gaps(keys: Iterable[int]) -> None:
    """Before these are deleted: what was begun from them goes back to the last one that stays."""
    from .assessment import Assessment

    keys = list(keys)
    begun_from_them = Assessment.objects.filter(previous__in=keys).exclude(pk__in=keys)
    later = dict(begun_from_them.order_by().values_list("pk", "previous_id"))
    if not later:
        return
    going = Assessment.objects.filter(pk__in=keys).order_by()
    before = dict(going.values_list("pk", "previous_id"))
    for pk, earlier in later.items():
        while earlier in before:
            earlier = before[earlier]
        Assessment.objects.filter(pk=pk).update(previous=earlier)
