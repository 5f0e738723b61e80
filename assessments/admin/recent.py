"""What somebody did at the desk last, as far as they may still see what they did it to."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest

from ..scope import TO_CLIENT, visible

LOOKED_THROUGH = 100  # of which the index shows ten


def recent_actions(request: HttpRequest) -> QuerySet[LogEntry]:
    """The user's own entries about objects in scope; an entry names its object by itself, so one
    about a client no longer shared would go on telling its name.

    Takes a query for each model at most, however many entries there are.
    """
    own = LogEntry.objects.filter(user=request.user.pk).select_related("content_type", "user")
    if getattr(request.user, "is_superuser", False):
        return own
    return own.filter(pk__in=_in_scope(request.user, own.order_by("-action_time")))


def _in_scope(user: Any, entries: QuerySet[LogEntry]) -> list[int]:
    columns = entries.select_related(None).values_list("pk", "content_type_id", "object_id")
    found: dict[int | None, dict[int, str]] = defaultdict(dict)
    for pk, kind, key in columns[:LOOKED_THROUGH]:
        found[kind][pk] = str(key)
    kinds = ContentType.objects.get_for_models(*TO_CLIENT)
    kept: list[int] = []
    for model, content_type in kinds.items():
        about = found.get(content_type.pk, {})
        if about:
            rows = visible(user, model).filter(pk__in=set(about.values()))
            there = set(map(str, rows.values_list("pk", flat=True)))
            kept += [pk for pk, key in about.items() if key in there]
    return kept
