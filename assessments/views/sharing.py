"""Making, replacing and revoking share links."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from stackpick.addresses import address

from .. import access
from ..models import ShareLink
from ..once import token_of_form
from ..share_form import ShareForm
from ..shown_once import show_once
from .private import private_page
from .results import own_page


@private_page
@require_POST
def create(request: HttpRequest, token: str) -> HttpResponse:
    """A new link, shown once, on the founder's own result."""
    assessment = access.editable(token)
    if assessment.report is None:
        return redirect("check", token)
    form = ShareForm(request.POST, assessment=assessment)
    if not form.is_valid():
        return own_page(request, token, assessment, form)
    wanted = token_of_form(request.POST, "link", assessment.pk, sorted(form.cleaned_data.items()))
    _, share_token = ShareLink.objects.issue(assessment, token=wanted, **form.chosen)
    show_once(request, assessment, "shared", share_token)
    return redirect(f"{address('result', token)}#share")


@private_page
@require_POST
def replace(request: HttpRequest, token: str, link_id: int) -> HttpResponse:
    """Closes a link and makes another like it, whose address is shown once."""
    assessment = access.editable(token)
    share_token = access.own_link(assessment, link_id).replace("replaced")
    if share_token:
        show_once(request, assessment, "shared", share_token)
    return redirect(f"{address('result', token)}#share")


@private_page
@require_POST
def revoke(request: HttpRequest, token: str, link_id: int) -> HttpResponse:
    access.own_link(access.editable(token), link_id).revoke()
    return redirect(f"{address('result', token)}#share")
