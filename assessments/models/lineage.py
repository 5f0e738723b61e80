"""Which versions of a project come of each other, told from three columns of its rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .assessment import Assessment

# By key: the version that one was begun from, and when it was finished.
Versions = dict[int, tuple[int | None, datetime | None]]


def versions_beside(assessment: Assessment) -> Versions:
    """All versions of the same project; a pair's two stand in it too, and come of neither."""
    rows = type(assessment).objects.filter(project_id=assessment.project_id).order_by()
    found = rows.values_list("pk", "previous_id", "finished_at")
    return {pk: (previous, finished) for pk, previous, finished in found}


def newest_after(assessment: Assessment) -> Assessment:
    """The version that was finished last among those that come of this one; else this one."""
    versions = versions_beside(assessment)
    after = [
        (finished, pk)
        for pk, (_, finished) in versions.items()
        if finished and assessment.pk in earlier(versions, pk)
    ]
    if not after:
        return assessment
    return type(assessment).objects.whole().select_related("review").get(pk=max(after)[1])


def earlier(versions: Versions, pk: int) -> Iterator[int]:
    """The versions that one comes of, the nearest first; however the rows may point in a ring."""
    seen = {pk}
    previous = versions.get(pk, (None, None))[0]
    while previous is not None and previous not in seen:
        yield previous
        seen.add(previous)
        previous = versions.get(previous, (None, None))[0]
