"""The wizard: start, one page a step, check your answers."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from stackpick.addresses import address

from .. import access
from ..engine.answers import Answers
from ..engine.assumptions import Assumption, assumptions
from ..engine.lens import Lens, Step
from ..forms import StepForm, step_form
from ..lens import current_lens
from ..models import Assessment, StaleAnswers
from ..open_kinds import OpenKinds, left_open, sent_again, still_about
from ..so_far import beside
from ..suggestion_counts import finish_and_count
from ..suggestions import suggesting_to
from ..summaries import conflict_rows, summary
from .limited import limited
from .private import private_page
from .versions import new_version

# Where a save leads to, other than the next step: Back saves too, so that it loses nothing.
CHECK, BACK, VERDICT, STEP = "check", "back", "verdict", "step:"


@require_http_methods(["GET", "HEAD", "POST"])
@limited("start", "POST")
def start(request: HttpRequest) -> HttpResponse:
    """Makes an assessment and goes to its first step; a GET only offers to."""
    if request.method != "POST":
        return render(request, "wizard/start.html", {"lens": current_lens()})
    _, token = Assessment.objects.start()
    return redirect("step", token, current_lens().steps[0].id)


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, token: str, step_id: str) -> HttpResponse:
    """One step: shows the saved answers, or saves what was posted and goes on."""
    assessment, lens = access.answerable(token), current_lens()
    at = step_or_404(lens, step_id)
    posted = request.POST if request.method == "POST" else None
    form = form_of_step(request, lens, at, assessment, token, posted)
    then = request.POST.get("then", request.GET.get("then", ""))
    if request.method == "POST" and form.is_valid() and _is_known_version(form, assessment):
        try:
            assessment.record(lens, at.id, form.given, form.cleaned_data["version"])
        except StaleAnswers as stale:
            return _conflict(request, token, at, stale, then)
        return redirect(_after(lens, at, assessment, token, then))
    return step_page(request, token, at, assessment, form, then)


def form_of_step(
    request: HttpRequest,
    lens: Lens,
    at: Step,
    assessment: Assessment,
    token: str,
    posted: QueryDict | None = None,
) -> StepForm:
    """The step's form on the saved answers, with what the changes imply where nothing was said."""
    stored = assessment.stored_answers(lens)
    form = step_form(lens, at, stored, assessment.version, posted)
    form.rows_url = address("rows", token, at.id)
    form.assume(assumed(lens, assessment, stored))
    if lens.changes in form.questions:
        form.suggest_to = suggesting_to(form.lens, request)
    return form


def step_page(
    request: HttpRequest,
    token: str,
    at: Step,
    assessment: Assessment,
    form: StepForm,
    then: str = "",
) -> HttpResponse:
    """One step of the wizard, with where the saved answers point beside it."""
    lens = form.lens
    then = CHECK if then == CHECK else ""  # a Back that was refused is over with
    context = beside(lens, assessment.engine_answers(lens)) | {
        "form": form,
        "step": at,
        "token": token,
        "then": then,
        "version": _based_on(form, assessment),
        "number": lens.steps.index(at) + 1,
        "total": len(lens.steps) + 1,
        "back": _before(lens, at, token, then),
        "live_url": address("so_far", token, at.id),
        "prompts": lens.prompts if lens.changes in form.questions else (),
    }
    return render(request, "wizard/step.html", context)


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, token: str) -> HttpResponse:
    """All answers on one page; a POST finishes the assessment on exactly these."""
    assessment, lens = access.answerable(token), current_lens()
    if request.method != "POST":
        return _check_page(request, token, assessment)
    kinds = OpenKinds(lens, assessment.engine_answers(lens), request.POST)
    is_seen = request.POST.get("version", "") == str(assessment.version)
    if is_seen and kinds.is_valid():
        done = finish_and_count(lens, assessment, lambda: kinds.finish(assessment))
    else:
        done = not is_seen and sent_again(lens, assessment, request.POST)
    if done:
        return redirect("result", token)
    if is_seen and kinds.errors:
        return _check_page(request, token, assessment, kinds)
    return _check_page(request, token, access.answerable(token), stale=True)


def _check_page(
    request: HttpRequest,
    token: str,
    assessment: Assessment,
    posted: OpenKinds | None = None,
    stale: bool = False,
) -> HttpResponse:
    lens = current_lens()
    answers = assessment.engine_answers(lens)
    kinds = posted or OpenKinds(lens, answers)
    if stale and still_about(lens, assessment, request.POST.get("version", "")):
        kinds.keep(request.POST)
    who = suggesting_to(lens, request) if kinds.fields else None
    asks = posted is not None or who is not None
    context = beside(lens, answers) | {
        "assessment": assessment,
        "token": token,
        "step": None,
        "sections": summary(lens, answers, assumed(lens, assessment, answers)),
        "kinds": kinds,
        "open": kinds.suggest(who, left_open(lens, assessment)) if asks else [],
        "stale": stale,
        "number": len(lens.steps) + 1,
        "total": len(lens.steps) + 1,
        "back": address("step", token, lens.steps[-1].id),
        "new_version": new_version(request, token, assessment),
    }
    return render(request, "wizard/check.html", context)


def assumed(lens: Lens, assessment: Assessment, answers: Answers) -> dict[str, Assumption]:
    """What stands filled in on steps that nobody has confirmed yet."""
    return {
        question: found
        for question, found in assumptions(lens, answers).items()
        if lens.question[question].step not in assessment.touched
    }


def step_or_404(lens: Lens, step_id: str) -> Step:
    found = next((step for step in lens.steps if step.id == step_id), None)
    if found is None:
        raise Http404
    return found


def _is_known_version(form: StepForm, assessment: Assessment) -> bool:
    """A version from the future was never ours; the form then comes back with an error."""
    if form.cleaned_data["version"] <= assessment.version:
        return True
    form.add_error("version", form.fields["version"].error_messages["invalid"])
    return False


def _based_on(form: StepForm, assessment: Assessment) -> int:
    """The version the form goes on with: a mistake in it must not hide a save made elsewhere."""
    version = getattr(form, "cleaned_data", {}).get("version")
    return assessment.version if version is None else version


def _after(lens: Lens, step: Step, assessment: Assessment, token: str, then: str) -> str:
    """Where a saved step leads to; to the verdict only after it was found."""
    before = _before(lens, step, token, then)
    if then == BACK and before:
        return before
    if then.startswith(STEP):
        return address("step", token, step_or_404(lens, then.removeprefix(STEP)).id)
    if then == VERDICT and finish_and_count(lens, assessment):
        return address("result", token)
    following = lens.steps[lens.steps.index(step) + 1 :]
    if then in (CHECK, VERDICT) or not following:
        return address("check", token)
    return address("step", token, following[0].id)


def _before(lens: Lens, step: Step, token: str, then: str) -> str | None:
    if then == CHECK:
        return address("check", token)
    number = lens.steps.index(step)
    return address("step", token, lens.steps[number - 1].id) if number else None


def _conflict(
    request: HttpRequest, token: str, step: Step, stale: StaleAnswers, then: str
) -> HttpResponse:
    """Both versions side by side, to choose from; 409, but 200 to HTMX as it swaps the page in."""
    lens = current_lens()
    posted = [
        (key, value)
        for key, values in request.POST.lists()
        for value in values
        if key not in ("version", "csrfmiddlewaretoken")
    ]
    context = {
        "step": step,
        "token": token,
        "rows": conflict_rows(lens, step, stale.saved, stale.wanted),
        "posted": posted,
        "version": stale.assessment.version,
        "keep_saved": _after(lens, step, stale.assessment, token, "" if then == VERDICT else then),
    }
    status = 200 if request.htmx else 409  # type: ignore[attr-defined]
    return render(request, "wizard/conflict.html", context, status=status)
