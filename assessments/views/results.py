"""The result: the founder's own, and the read-only one behind a share link."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from stackpick.addresses import address, asked_site
from stackpick.context import page_base

from .. import access
from ..charts import regret_bars, result_map, scales, signed, waterfall
from ..engine.enough import says_enough
from ..forms import ReviewForm, review_days
from ..lens import current_lens
from ..models import Assessment, Invite, ShareLink, Shows
from ..once import once_field
from ..previews import documents_context
from ..remind_forms import CodeForm, EmailForm, remind_context
from ..reviews import NO_REVIEW, review_context
from ..share_form import ShareForm, share_fields
from ..shared_pages import Page, shared_pages
from ..shown_once import new_links
from ..versions import moved_since
from ..view_counts import counted
from .documents import shared_item
from .private import private_page, unlisted_page

# How many flips are shown without asking for more.
NEAR = 5


@private_page
@require_safe
def own(request: HttpRequest, token: str) -> HttpResponse:
    """The founder's own result; a draft goes back to where it can be finished."""
    assessment = access.editable(token)
    if assessment.report is None:
        return redirect("check", token)
    return own_page(request, token, assessment)


@unlisted_page
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponseBase:
    """The read-only result. A reader's browser may keep it, and asks each time if it still may."""

    row = access.open_link(token)

    def rendered() -> Page:
        link = access.shown(token, row)
        assessment, unnamed = link.assessment, link.shows == Shows.UNNAMED
        context = result_context(assessment, unnamed=unnamed)
        context |= review_context(assessment, unnamed=unnamed)
        item = shared_item(request, link, token)
        context |= documents_context(address("shared", token), item)
        return Page.of(render(request, "results/shared.html", context).content)

    page = shared_pages.get(key_of_shared(request, row), rendered)
    return counted(request, page.answer(request), row)


def key_of_shared(request: HttpRequest, link: tuple[Any, ...]) -> tuple[Hashable, ...]:
    """What the page behind a share link is kept by; ``link`` is the row of ``access.open_link``.

    The page names its own address, for previews and for the badge.
    """
    return (link, page_base(request)["page_base"], asked_site(request))


@private_page
@require_POST
def review(request: HttpRequest, token: str) -> HttpResponse:
    """Moves the day on which the founder wants to look again."""
    assessment = access.editable(token)
    if assessment.report is None:
        return redirect("check", token)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return own_page(request, token, assessment, review_form=form)
    assessment.look_again_on(form.cleaned_data["review_on"])
    return redirect(f"{address('result', token)}#flips")


def own_page(
    request: HttpRequest,
    token: str,
    assessment: Assessment,
    share_form: ShareForm | None = None,
    review_form: ReviewForm | None = None,
    remind_form: EmailForm | CodeForm | None = None,
) -> HttpResponse:
    """The founder's own result, with its forms as they stand."""
    earliest, latest = review_days()
    forms = (share_form, review_form, remind_form)
    lens, versions = current_lens(), assessment.versions()
    other = Invite.objects.beside(assessment) if assessment.project.client_id else None
    context = (
        result_context(assessment)
        | review_context(assessment)
        | remind_context(assessment, remind_form)
        | {
            "token": token,
            "once": once_field(),
            "moved_on": assessment.has_moved_on(lens, texts_apart=versions.has_later),
            "versions": versions,
            "moved": moved_since(lens, versions, assessment),
            "links": ShareLink.objects.of(assessment),
            "share_fields": share_fields(share_form),
            "review_form": review_form,
            "earliest": earliest,
            "latest": latest,
            "wrong": next((form for form in forms if form and form.errors), None),
            **documents_context(address("result", token)),
            "new_links": [url for _, url in new_links(request, assessment)],
            "other": other,
            "too_little": other is not None and not _both_say_enough(assessment, other),
        }
    )
    return render(request, "results/own.html", context)


def _both_say_enough(assessment: Assessment, other: Invite) -> bool:
    lens = current_lens()
    return other.says_enough and says_enough(lens, assessment.pinned_answers(lens))


def result_context(assessment: Assessment, unnamed: bool = False) -> dict[str, Any]:
    """What the result template shows: the pinned report, drawn and never recomputed.

    ``unnamed`` leaves out names and free text.

    Raises:
        NoUnnamedReport: see ``Assessment.unnamed_report``.
    """
    report = assessment.unnamed_report() if unnamed else assessment.pinned()
    near = [{**flip, "query": _query(flip)} for flip in report["flips"][:NEAR]]
    turning = report["turning_point"]
    return {
        "assessment": assessment,
        "report": report,
        "unnamed": unnamed,
        "project": {"name": "", "summary": ""} | report["project"],
        "token": "",  # nosec B105  # there is none
        "kicker": "",
        "map": result_map(report),
        "scales": scales(report),
        "turning": "" if turning is None else signed(turning),
        "waterfall": waterfall(report["contributions"]),
        "lean": signed(report["lean_displayed"]),
        "regrets": regret_bars(report),
        "near_flips": near,
        "more_flips": report["flips"][NEAR:],
        **NO_REVIEW,
    }


def _query(flip: Mapping[str, Any]) -> str:
    """The flip as a query of the what-if page: ``schema=settled&change_0_kind=throughput``."""
    return urlencode({_field(change["path"]): change["to"] for change in flip["changes"]})


def _field(path: str) -> str:
    """``answers.schema`` is the field ``schema``, ``answers.changes[0].kind`` ``change_0_kind``."""
    return re.sub(r"changes\[(\d)\]\.", r"change_\1_", path.removeprefix("answers."))
