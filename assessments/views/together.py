"""Two people who answered blind: where they disagree, and what they settle on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from stackpick.addresses import address

from .. import access
from ..lens import current_lens
from ..together import Together, settle_with
from .invites import place
from .private import private_page
from .results import result_context


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def together(request: HttpRequest, token: str) -> HttpResponse:
    """The disagreements; a POST settles them. Before both have answered it only says so."""
    (pair, own), lens = access.paired(token), current_lens()
    if not pair.is_open:
        other = next(invite for invite in pair.both if invite != own)
        context = {
            "own": own,
            "other": other,
            "place": place(own.assessment, token),  # type: ignore[arg-type]
            "check": address("check", token),
        }
        return render(request, "together/waiting.html", context)
    form = Together(lens, pair, own).form()
    if request.method == "POST":
        wrong = settle_with(lens, pair, own, request.POST, own.recipient)
        if wrong is None:
            return redirect(f"{address('together', token)}#settled")
        form = wrong
    context = form.two.context(form) | {"token": token, "wrong": form if form.errors else None}
    return render(request, "together/together.html", context)


@private_page
@require_safe
def joint(request: HttpRequest, token: str) -> HttpResponse:
    """The joint result, to read."""
    pair, _ = access.paired(token)
    if pair.joint is None or not pair.is_open:
        return redirect("together", token)
    names = " and ".join(invite.recipient for invite in pair.both)
    context = result_context(pair.joint) | {"names": names, "back": address("together", token)}
    return render(request, "together/joint.html", context)
