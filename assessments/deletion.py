"""What goes when a founder deletes a project from its edit link, and that it goes."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model

from .models import Assessment, Invite, Project, Reminder, ShareLink


@dataclass(frozen=True)
class Going:
    """What would go. ``versions`` are the founder's own; a joint result is not among them."""

    name: str
    versions: int
    finished: int
    links: int
    has_reminder: bool
    has_joint: bool
    was_invited: bool
    is_paired: bool
    has_consultant: bool


def going_with(assessment: Assessment) -> Going:
    """What ``delete_with_kin`` would delete."""
    kin = Assessment.objects.filter(pk=assessment.pk).with_kin()
    own = kin.filter(settles=None)
    invites = Invite.objects.filter(assessment__in=own)
    return Going(
        name=assessment.project.name,
        versions=own.count(),
        finished=own.exclude(finished_at=None).count(),
        links=ShareLink.objects.filter(assessment__in=kin).count(),
        has_reminder=Reminder.objects.filter(assessment__in=kin).exists(),
        has_joint=kin.exclude(settles=None).exists(),
        was_invited=invites.exists(),
        is_paired=invites.exclude(pair=None).exists(),
        has_consultant=assessment.project.client_id is not None,
    )


@transaction.atomic
def delete_with_kin(assessment: Assessment) -> int:
    """Deletes it for good, with its versions and what was settled from them; how many in all."""
    kin = Assessment.objects.filter(pk=assessment.pk).with_kin(held=True)
    rows = list(kin.order_by().values_list("pk", "project_id"))
    kin.forget()
    _forget_entries(Assessment, {pk for pk, _ in rows})
    projects = {project for _, project in rows}
    left = Project.objects.filter(pk__in=projects).values_list("pk", flat=True)
    _forget_entries(Project, projects - set(left))
    return len(rows)


def _forget_entries(model: type[Model], keys: set[int]) -> None:
    """The desk's log names what something was done to; of these rows no name is to stay."""
    about = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))
    about.filter(object_id__in=map(str, keys)).delete()
