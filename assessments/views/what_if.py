"""What if an answer were another: the verdict on answers that are tried out, not saved."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from .. import access
from ..charts import result_map
from ..engine.answers import Answers, prune
from ..engine.joining import previewed
from ..engine.lens import Lens
from ..engine.report import build_report, progress
from ..forms import WhatIfForm
from ..lens import current_lens
from ..models import Assessment
from ..summaries import moved
from .limited import limited
from .private import private_page

# The places of the result page that HTMX swaps, and what goes there.
PARTS = {"what-if": "results/_what_if.html", "what-if-panel": "results/_what_if_panel.html"}
PAGE = "results/what_if.html"


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
@limited("whatif", "GET", "POST")
def what_if(request: HttpRequest, token: str) -> HttpResponse:
    """Tries the answers of the query; a POST keeps them, and finds the verdict on them."""
    assessment, lens = access.editable(token), current_lens()
    if assessment.report is None:
        return redirect("check", token)
    tried = request.POST if request.method == "POST" else request.GET
    mine = assessment.stored_answers(lens)
    form = WhatIfForm(lens, mine, assessment.version, tried)
    form.is_valid()  # what cannot be read is left open, and stands beside its field
    answers = previewed(lens, mine, form.given)
    if request.method == "POST" and _keep(lens, assessment, answers, form):
        return redirect("result", token)
    htmx = request.htmx  # type: ignore[attr-defined]
    part = htmx.target if htmx and not htmx.history_restore_request else None
    context = _context(lens, mine, answers) | {
        "token": token,
        "project_name": mine.name,
        "form": form,
        "version": assessment.version,
        "tried": form.differing,
        "stale": request.method == "POST",
        "in_place": part == "what-if",
        "live": part == "what-if-panel",
    }
    return render(request, PARTS.get(part or "", PAGE), context)


def _keep(lens: Lens, assessment: Assessment, answers: Answers, form: WhatIfForm) -> bool:
    """Saves what was tried and pins its report; False where it is not based on what is saved."""
    version = form.cleaned_data.get("version")
    if form.errors or version is None or not assessment.record_all(lens, answers, version):
        return False
    return assessment.finish(lens, assessment.version)


def _context(lens: Lens, mine: Answers, tried: Answers) -> dict[str, Any]:
    before, report = progress(lens, prune(lens, mine)), build_report(lens, prune(lens, tried))
    return {
        "report": report,
        "mine": before,
        "names": {stack: text.name for stack, text in lens.stacks.items()},
        "moved": moved(lens, mine, tried),
        "map": result_map(report, before if mine != tried else None),
    }
