"""The result: the founder's own, and the read-only one behind a share link."""

from __future__ import annotations

from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from .. import access
from ..charts import regret_bars, result_map, signed, waterfall
from ..forms import ShareForm
from ..lens import current_lens
from ..models import Assessment
from .private import private_page


@private_page
@require_safe
def own(request: HttpRequest, token: str) -> HttpResponse:
    """The founder's own result; a draft goes back to where it can be finished."""
    assessment = access.editable(token)
    if assessment.report is None:
        return redirect("check", token)
    return own_page(request, token, assessment, ShareForm())


@private_page
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    return render(request, "results/shared.html", result_context(access.readable(token)))


def own_page(
    request: HttpRequest, token: str, assessment: Assessment, share_form: ShareForm
) -> HttpResponse:
    """The founder's own result, with the form for share links as it stands."""
    context = result_context(assessment) | {
        "token": token,
        "moved_on": assessment.has_moved_on(current_lens()),
        "links": assessment.share_links.all(),
        "form": share_form,
        "new_links": _new_links(request, assessment),
    }
    return render(request, "results/own.html", context)


def _new_links(request: HttpRequest, assessment: Assessment) -> list[str]:
    """Links made a moment ago, from the visitor's own cookie: they are shown this once."""
    mark = f"for-{assessment.pk}"
    return [str(message) for message in get_messages(request) if mark in message.tags.split()]


def result_context(assessment: Assessment) -> dict[str, Any]:
    """What the result template shows: the pinned report, drawn and never recomputed."""
    report = assessment.pinned()
    other = "go" if report["stack"] == "fastapi" else "fastapi"
    return {
        "assessment": assessment,
        "report": report,
        "other": other,
        "map": result_map(report),
        "waterfall": waterfall(report["contributions"]),
        "lean": signed(report["lean_displayed"]),
        "regrets": regret_bars(report),
        "near_flips": report["flips"][:5],
        "more_flips": report["flips"][5:],
    }
