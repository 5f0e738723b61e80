"""Where the links in our mails lead: stopping them, and answering again."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from stackpick.addresses import address

from .. import access
from ..models import Reminder
from ..remind_forms import AgainForm, masked
from .limited import limited
from .private import private_page


# A mail program posts here by itself (RFC 8058), and has no token of ours. The address alone says
# what is to be stopped: a site that knows it could as well open it.
@csrf_exempt  # nosemgrep: without-csrf-check
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, key: str) -> HttpResponse:
    """A button, as whatever looks through mails opens links; a POST stops and forgets at once.

    No redirect follows on it, by the same RFC. Links that never were, and those that have been
    used, get the same page.
    """
    reminder = access.stoppable(key)
    if reminder is None:
        return render(request, "reminders/nothing.html")
    if request.method == "POST":
        reminder.delete()
        return render(request, "reminders/stopped.html")
    context = {"key": key, "email": masked(reminder.email)}
    return render(request, "reminders/stop.html", context)


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
@limited("start", "POST")
def again(request: HttpRequest, token: str) -> HttpResponse:
    """The verdict of then, and a button that begins a new version with the same answers."""
    reminder, form = access.reminded(token), AgainForm(request.POST)
    edit_token = _begun(reminder, form) if request.method == "POST" else None
    if edit_token:
        return redirect(address("check", edit_token))
    assessment, begun = reminder.about(), list(reminder.begun())
    context = {
        "token": token,
        "assessment": assessment,
        "report": assessment.report,
        "project": {"name": ""} | assessment.pinned()["project"],
        "begun": begun,
        "pressed": request.method == "POST",
    }
    return render(request, "reminders/again.html", context)


def _begun(reminder: Reminder, form: AgainForm) -> str | None:
    """The edit token of a new version; None where the button was not the one that stands now."""
    if not form.is_valid():
        return None
    try:
        return reminder.begin_again(form.cleaned_data["begun"])
    except Reminder.DoesNotExist:  # stopped a moment ago, and its link with it
        raise Http404 from None
