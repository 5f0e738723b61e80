"""Correcting answers on a client's behalf: the wizard's forms, and a reason each time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from ..engine.lens import Lens, Step
from ..forms import Row as ChangeRow
from ..forms import StepForm, step_form
from ..lens import current_lens
from ..models import Assessment, StaleAnswers
from ..scope import refuse
from ..summaries import conflict_rows, summary
from .pages import CHANGE, OwnPages, address, back_to

NOT_SURE_SAYS = "Left open: the result widens, and nothing is assumed."
UNCHANGED = "Nothing was stored: these are the answers already."


class WhyForm(forms.Form):
    """Why an answer is corrected; it stands in the history."""

    correction_reason = forms.CharField(
        label="Why",
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands in the history, beside who corrected what, and when.",
        error_messages={"required": "Say why you correct it: the client may ask."},
    )

    @property
    def reason(self) -> str:
        """On one line."""
        return " ".join(self.cleaned_data["correction_reason"].split())


@dataclass(frozen=True)
class Asked:
    """A field of the form. Of a question with options, each comes with what choosing it does;
    of the question on the changes, the rows come instead."""

    field: BoundField | None
    options: tuple[tuple[Any, str], ...] = ()
    changes: tuple[ChangeRow, ...] = ()
    why: str = ""


class Correcting(OwnPages):
    """Gives the admin of assessments the pages on which answers are corrected."""

    def get_urls(self) -> list[Any]:
        base, either = "<str:key>/correct/", require_http_methods(["GET", "HEAD", "POST"])
        step = f"{base}<str:step_id>/"
        return [
            self.own_path(base, "correct", self.correct_view, require_safe),
            self.own_path(step, "correct_step", self.correct_step_view, either),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def change_answers_url(self, request: HttpRequest, assessment: Assessment) -> str:
        """Where answers are corrected; empty for who may not."""
        allowed = request.user.has_perm(CHANGE)
        return address("correct", assessment.pk) if allowed else ""

    def correct_view(self, request: HttpRequest, key: str) -> HttpResponse:
        """All answers, step by step, each step with the way to its form."""
        assessment, lens = self.reached(request, key, CHANGE), current_lens()
        context = {
            "original": assessment,
            "sections": summary(lens, assessment.engine_answers(lens)),
            **_standing(lens, assessment),
        }
        return self.own_page(request, "correct", f"Correct {assessment.project}", **context)

    def correct_step_view(self, request: HttpRequest, key: str, step_id: str) -> HttpResponse:
        """One step's form, or the step saved with what was posted."""
        assessment, lens = self.reached(request, key, CHANGE), current_lens()
        step = next((step for step in lens.steps if step.id == step_id), None)
        if step is None:
            refuse(request, f"step {step_id} of assessment {key}", Http404)
        if request.method != "POST":
            form = step_form(lens, step, assessment.stored_answers(lens), assessment.version)
            return self._step_page(request, assessment, form, WhyForm())
        return self._correct(request, assessment, lens, step)

    def _correct(
        self, request: HttpRequest, assessment: Assessment, lens: Lens, step: Step
    ) -> HttpResponse:
        stored, version = assessment.stored_answers(lens), assessment.version
        form, why = step_form(lens, step, stored, version, request.POST), WhyForm(request.POST)
        fine, given = form.is_valid() & why.is_valid(), form.cleaned_data.get("version")
        if given is not None and given > version:  # never ours
            form.add_error("version", form.fields["version"].error_messages["invalid"])
            fine = False
        if not fine:
            return self._step_page(request, assessment, form, why)
        try:
            corrected = assessment.correct(
                lens, step.id, form.given, form.cleaned_data["version"], why.reason, request.user
            )
        except StaleAnswers as stale:
            return self._told(request, stale, form, why)
        _say(request, lens, assessment, step, corrected)
        return back_to(assessment)

    def _told(
        self, request: HttpRequest, stale: StaleAnswers, form: StepForm, why: WhyForm
    ) -> HttpResponse:
        """The form as it was filled in, beside what stands; saving it once more is meant."""
        rows = conflict_rows(form.lens, form.step, stale.saved, stale.wanted)
        again = request.POST.copy()
        again["version"] = str(stale.assessment.version)
        form.data = again
        return self._step_page(request, stale.assessment, form, why, status=409, conflict=rows)

    def _step_page(
        self,
        request: HttpRequest,
        assessment: Assessment,
        form: StepForm,
        why: WhyForm,
        status: int = 200,
        **context: Any,
    ) -> HttpResponse:
        context |= {
            "original": assessment,
            "step": form.step,
            "form": form,
            "asked": _asked(form),
            "why": why["correction_reason"],
            "wrong": _wrong(form, why),
            **_standing(form.lens, assessment),
        }
        title = f"Correct “{form.step.short}”"
        return self.own_page(request, "correct_step", title, status, **context)


def _standing(lens: Lens, assessment: Assessment) -> dict[str, Any]:
    """What a correction would bring along besides."""
    finished = assessment.report is not None
    return {
        "finished": finished,
        "moved_on": assessment.has_moved_on(lens),
        "newer_lens": finished
        and (assessment.lens_id, assessment.lens_version) != (lens.id, lens.version),
        "lens": lens,
    }


def _say(
    request: HttpRequest, lens: Lens, assessment: Assessment, step: Step, corrected: bool
) -> None:
    if not corrected:
        messages.info(request, UNCHANGED)
        return
    said = f"Corrected “{step.short}”."
    if assessment.report is not None:
        stack, strength = assessment.pinned()["headline"]["stack"], assessment.strength
        said += f" The verdict on the answers now: {stack}, {strength}."
    messages.success(request, said)


def _wrong(form: StepForm, why: WhyForm) -> list[str]:
    """What belongs to no field that is seen."""
    unseen = [*form.non_field_errors(), *form.errors.get("version", [])]
    seen = bool(form.errors or why.errors)
    return [*map(str, unseen)] or (["Please correct what is marked below."] if seen else [])


def _asked(form: StepForm) -> list[Asked]:
    """The fields of the step in their order, the project's texts first."""
    found = [Asked(form[name]) for name in form.fields if name.startswith("project_")]
    for question in form.questions:
        if question.kind == "changes":
            found.append(Asked(None, changes=tuple(form.rows()[0]), why=question.why))
        elif question.kind == "choice":
            field = form[question.id]
            says = [*(option.says for option in question.options), NOT_SURE_SAYS]
            options = tuple(zip(field.subwidgets, says, strict=True))
            found.append(Asked(field, options, why=question.why))
        else:
            found.append(Asked(form[question.id]))
    return found
