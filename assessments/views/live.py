"""What moves on a wizard step while it is being filled in. Nothing here saves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from stackpick.errors import too_many_requests

from .. import access
from ..engine.answers import Value, prune
from ..engine.joining import previewed
from ..forms import StepForm
from ..lens import current_lens
from ..so_far import beside, in_words
from .limited import limited
from .private import private_page
from .wizard import form_of_step, step_or_404


@private_page
@require_POST
@limited("whatif", "POST")
def so_far(request: HttpRequest, token: str, step_id: str) -> HttpResponse:
    """Where the answers would point if the step were saved as it stands."""
    assessment, lens = access.answerable(token), current_lens()
    at = step_or_404(lens, step_id)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("step", token, step_id)
    form = form_of_step(request, lens, at, assessment, token, request.POST)
    form.live = True
    form.is_valid()  # what is wrong is left out, and said when the step is saved
    answers = previewed(lens, assessment.stored_answers(lens), form.given)
    answers = replace(answers, values=_confirmed(form, answers.values))
    context = beside(lens, prune(lens, answers))
    context |= {"live": True, "step": at, "token": token, **_beside_rows(form)}
    if form.suggest_to is not None and form.suggest_to.seconds:
        return too_many_requests(request, form.suggest_to.seconds, "suggest")
    context["says"] = in_words(lens, context["so_far"])
    return render(request, "wizard/_so_far.html", context)


def _confirmed(form: StepForm, values: Mapping[str, Value]) -> dict[str, Value]:
    """Without what was only assumed: that counts once the step is saved."""
    assumed = {(question, found.option) for question, found in form.assumed.items()}
    return {key: value for key, value in values.items() if (key, value) not in assumed}


def _beside_rows(form: StepForm) -> dict[str, Any]:
    """What the coach says, by the place on the page where it is said, and the rows for which kinds
    are suggested; on other steps nothing."""
    if form.lens.changes not in form.questions:
        return {"hints": [], "suggests_to": []}
    rows, whole = form.rows()
    hints = [*((str(row.number), row.hint) for row in rows), ("all", whole)]
    return {"hints": hints, "suggests_to": rows if form.suggest_to is not None else []}


@private_page
@require_POST
@limited("whatif", "POST")
def rows(request: HttpRequest, token: str, step_id: str) -> HttpResponse:
    """One row of the changes more or less, with what is typed in the others; nothing is saved."""
    assessment, lens = access.answerable(token), current_lens()
    at = step_or_404(lens, step_id)
    if not request.htmx or lens.changes not in lens.questions_of(at.id):  # type: ignore[attr-defined]
        return redirect("step", token, step_id)
    form = form_of_step(request, lens, at, assessment, token)
    form.live = True
    form.take_rows(request.POST)
    return render(request, "wizard/_rows.html", {"form": form})
