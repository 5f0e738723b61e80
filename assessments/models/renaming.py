"""A project's texts, which are part of the answers, changed elsewhere than on the page of a form.

All assessments of the project get a new version by that, so that a form which was opened before
is told, and does not put the former name back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.db.models.signals import pre_save
from django.dispatch import receiver

from .client import Project
from .touched import RENAMED, also_touched

if TYPE_CHECKING:
    from .assessment import AssessmentQuerySet

TEXTS = ("name", "summary")


def hold_assessments(project: int) -> list[int]:
    """The keys of a project's assessments, which nobody else moves until the transaction ends.

    In order, and before the project itself is written: so that two who rename it at once wait for
    each other, and never both.
    """
    from .assessment import Assessment

    rows = Assessment.objects.filter(project=project).order_by("pk")
    return list(rows.select_for_update().values_list("pk", flat=True))


def raise_versions(rows: AssessmentQuerySet) -> None:
    """Makes stale what is based on the former texts."""
    following = F("version") + 1
    rows.update(version=following, touched=also_touched([RENAMED], following))


@receiver(pre_save, sender=Project)
def _renamed_at_the_desk(instance: Project, raw: bool, update_fields: Any, **kwargs: Any) -> None:
    """Projects are saved whole at the desk alone; founders' saves are an UPDATE of the texts."""
    if instance.pk is None or raw or not (update_fields is None or {*TEXTS} & {*update_fields}):
        return
    before = Project.objects.filter(pk=instance.pk).values(*TEXTS).first()
    now = {name: getattr(instance, name) for name in TEXTS}
    if before is not None and before != now:
        told = (f"“{before[name]}” → “{now[name]}”" for name in TEXTS if before[name] != now[name])
        _note_renaming(instance.pk, f"project renamed: {', '.join(told)}")


def _note_renaming(project: int, reason: str) -> None:
    """The new versions, and a line of history on each: the founder's own before it are theirs."""
    from .assessment import Assessment
    from .revising import leave_trace_of_the_founder

    rows = Assessment.objects.filter(project=project)
    for assessment in rows.defer("report").order_by("pk"):
        leave_trace_of_the_founder(assessment)
    raise_versions(rows)
    for assessment in rows.defer("report"):
        Assessment.history.bulk_history_create(
            [assessment], update=True, default_change_reason=reason
        )
