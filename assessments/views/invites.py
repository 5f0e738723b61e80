"""Invitations: what the invited person sees, and how an assessment comes of it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from stackpick.addresses import address

from .. import access
from ..invite_forms import NOT_TIED, TieForm
from ..lens import current_lens
from ..models import Assessment, Invite, NotTaken
from ..naming import person_name
from .private import private_page


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, token: str) -> HttpResponse:
    """Says who invites to what; a POST begins. Once begun, it leads back to where one left."""
    found = access.invitation(token)
    if request.method == "POST" and not found.has_own_address:
        try:
            found.start()
        except NotTaken:  # closed, or taken up with another assessment, a moment ago
            found = access.invitation(token)
    return _page(request, token, found)


@private_page
@require_POST
def tie(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the invitation up with an assessment that was begun alone."""
    found, form = access.invitation(token), TieForm(request.POST)
    if found.is_open and form.is_valid():
        if assessment := _tied(found, form.token):
            return redirect(place(assessment, form.token))
        form.add_error("address", NOT_TIED)
        found = access.invitation(token)
    return _page(request, token, found, form)


def _tied(invite: Invite, edit_token: str) -> Assessment | None:
    try:
        assessment = access.answerable(edit_token)
        invite.tie(assessment)
    except (Http404, NotTaken):
        return None
    return assessment


def _page(
    request: HttpRequest, token: str, invite: Invite, form: TieForm | None = None
) -> HttpResponse:
    """The invitation as it stands."""
    context: dict[str, Any] = {"invite": invite, "consultant": _consultant(invite)}
    if invite.assessment and invite.has_own_address:
        return render(request, "invites/taken_up.html", context)
    if invite.assessment:
        return redirect(place(invite.assessment, token))
    context |= {
        "token": token,
        "lens": current_lens(),
        "other": _other(invite),
        "form": form or TieForm(),
        "wrong": form,
    }
    return render(request, "invites/invite.html", context)


def place(assessment: Assessment, token: str) -> str:
    """Where somebody goes on who comes back."""
    if assessment.finished_at:
        return address("result", token)
    lens = current_lens()
    number = assessment.first_open_step(lens)
    return address("step", token, lens.steps[number - 1].id) if number else address("check", token)


def _consultant(invite: Invite) -> str:
    user = invite.created_by
    return person_name(user) if user else "Your consultant"


def _other(invite: Invite) -> Invite | None:
    """The second person of a blind pair."""
    pair = invite.pair
    return pair.invites.exclude(pk=invite.pk).first() if pair else None
