"""Beginning a new version from the answers there are, and all versions on one page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from stackpick.addresses import address

from .. import access
from ..lens import current_lens
from ..models import Assessment
from ..once import token_of_form
from ..versions import told, way_of
from .limited import limited
from .private import private_page


@private_page
@require_POST
@limited("start", "POST")
def again(request: HttpRequest, token: str) -> HttpResponse:
    """Begins a new version, and goes on under its address; a draft has nothing to keep yet."""
    assessment = access.editable(token)
    if assessment.report is None:
        return redirect("check", token)
    wanted = token_of_form(request.POST, "version", assessment.pk)
    _, new = Assessment.objects.again(assessment, wanted)
    return redirect("check", new)


@private_page
@require_safe
def versions(request: HttpRequest, token: str) -> HttpResponse:
    """The verdicts on the map, and in a list. Of other versions no answer and no address."""
    assessment, lens = access.answerable(token), current_lens()
    found = assessment.versions()
    context = {
        "token": token,
        "project_name": assessment.project.name,
        "is_finished": assessment.finished_at is not None,
        "versions": told(lens, found),
        "way": way_of(lens, found),
    }
    return render(request, "results/versions.html", context)


def new_version(request: HttpRequest, token: str, assessment: Assessment) -> dict[str, Any] | None:
    """What a version that is not finished yet says of itself: its address, and since when the
    verdict stands that stays; None for every other assessment."""
    if assessment.previous_id is None or assessment.finished_at is not None:
        return None
    earlier = Assessment.objects.filter(pk=assessment.previous_id).order_by()
    return {
        "address": request.build_absolute_uri(address("result", token)),
        "since": earlier.values_list("finished_at", flat=True).first(),
    }
