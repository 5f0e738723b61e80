"""How assessments are deleted: for good, with all that hangs on them.

Methods of the manager of `Assessment`, in a file of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils import timezone

from . import versions
from .client import Project
from .history import because
from .search import forget_deleted

if TYPE_CHECKING:
    from .assessment import AssessmentQuerySet


@transaction.atomic
def forget(self: AssessmentQuerySet) -> tuple[int, dict[str, int]]:
    """Deletes these and no others, for good: with the projects that held nothing else, and so
    that the invitations that led to them open nothing any more.

    Links, history, reminders and the words that are searched go with the rows they hang on.
    What Django's ``delete`` returns.
    """
    keys = list(self.order_by().values_list("pk", flat=True))
    versions.close_gaps(keys)
    gone = self.model.objects.filter(pk__in=keys)
    projects = list(gone.order_by().values_list("project_id", flat=True))
    for assessment in gone.filter(invite__isnull=False).select_related("invite"):
        assessment.invite.revoked_at = assessment.invite.revoked_at or timezone.now()
        because(assessment.invite, "its assessment was deleted").save()
    deleted = gone.delete()
    Project.objects.filter(pk__in=projects, assessments=None).delete()
    forget_deleted(self.db)
    return deleted


def with_kin(self: AssessmentQuerySet, held: bool = False) -> AssessmentQuerySet:
    """These with the versions before and after them, and what was settled from any of them.

    That is what one founder has said of one project: a joint result holds their answers too, and
    the other person's own assessment is not among it. ``held`` keeps the rows to the transaction,
    in the order of their keys as everybody does who holds several, and looks again then, so that
    none can be hung on meanwhile.
    """
    everybody = self.model.objects.order_by()
    found = _closure(everybody, set(self.order_by().values_list("pk", flat=True)))
    while held:
        rows = self.model.objects.filter(pk__in=found).order_by("pk").select_for_update()
        found = set(rows.values_list("pk", flat=True))
        now = _closure(everybody, found)
        if now == found:
            break
        found = now
    return self.model.objects.filter(pk__in=found)


def _closure(everybody: AssessmentQuerySet, new: set[int]) -> set[int]:
    """The keys of these, and of all that can be reached from them."""
    found = set[int]()
    while new:
        found |= new
        these = everybody.filter(pk__in=new)
        near = (
            models.Q(previous__in=new)
            | models.Q(pk__in=these.values("previous"))
            | models.Q(pk__in=these.values("invite__pair__joint"))
        )
        new = set(everybody.filter(near).values_list("pk", flat=True)) - found
    return found
