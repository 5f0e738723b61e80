"""The versions that an assessment is one of, on its page at the desk."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from ..lens import current_lens
from ..models import Assessment
from ..models.versions import Version
from ..naming import stack_name
from ..scope import visible
from .comparing import compare_address


@dataclass(frozen=True)
class Listed:
    """A version in the list; ``compare_url`` is empty for the one whose page it is."""

    version: Version
    stack_name: str
    compare_url: str


def listed_versions(request: HttpRequest, assessment: Assessment) -> list[Listed]:
    """The versions that this member of staff may see; none where there is only the one."""
    versions = assessment.versions()
    if versions.is_alone:
        return []
    keys = [version.assessment.pk for version in versions.all]
    seen = set(visible(request.user, Assessment).filter(pk__in=keys).values_list("pk", flat=True))
    return [
        _listed(version, versions.this) for version in versions.all if version.assessment.pk in seen
    ]


def _listed(version: Version, this: Version) -> Listed:
    """A comparison goes from the earlier one to the later one, whichever page it is on."""
    name = stack_name(current_lens(), version.assessment.stack)
    if version == this:
        return Listed(version, name, "")
    earlier, later = sorted((version.assessment.pk, this.assessment.pk))
    return Listed(version, name, compare_address(f"assessment-{earlier}", f"assessment-{later}"))
