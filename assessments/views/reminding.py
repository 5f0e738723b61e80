"""Reminders on the founder's own result: an address, the code that shows whose it is, stopping."""

from __future__ import annotations

import hashlib
import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from stackpick.addresses import address, site_of
from stackpick.client_address import caller

from .. import access, mails
from ..limits import seconds_to_wait
from ..models import Assessment, CodeIsOver, Reminder
from ..models.reminder import new_code
from ..remind_forms import (
    CODE_IS_OVER,
    DAY_IS_OVER,
    NOT_SENT,
    CodeForm,
    EmailForm,
    day_is_over,
    wait_in_words,
)
from .private import private_page
from .results import own_page

_log = logging.getLogger(__name__)


@private_page
@require_POST
def remind(request: HttpRequest, token: str) -> HttpResponse:
    """Sends a code to an address, or another one to the same."""
    assessment = access.editable(token)
    if assessment.report is None:
        return redirect("check", token)
    form = EmailForm(request.POST)
    if day_is_over(assessment):
        return _refused(request, token, assessment, form, DAY_IS_OVER)
    if not form.is_valid():
        return own_page(request, token, assessment, remind_form=form)
    reminder = Reminder.objects.of(assessment)
    if reminder and reminder.confirmed_at:  # by another tab; this one comes to see it
        return _back(token)
    return _ask(request, token, assessment, form)


def _ask(request: HttpRequest, token: str, assessment: Assessment, form: EmailForm) -> HttpResponse:
    email = form.cleaned_data["email"]
    if seconds := _seconds_to_wait(request, email):
        says = f"Several mails were asked for a moment ago. Try again in {wait_in_words(seconds)}."
        page = _refused(request, token, assessment, form, says, status=429)
        page["Retry-After"] = str(seconds)
        return page
    code = new_code()
    try:
        mails.send_code(email, code)
    except mails.NotSent as failure:
        return _not_sent(request, token, assessment, form, failure)
    Reminder.objects.ask(assessment, email, code)
    return _back(token)


def _seconds_to_wait(request: HttpRequest, email: str) -> int:
    """Whoever asks has a limit, and so has each mailbox, so that no crowd can flood one."""
    asks = caller(request)
    mailbox = hashlib.sha256(email.casefold().encode()).hexdigest()
    return seconds_to_wait("mails", asks) or seconds_to_wait("mails", f"to {mailbox}")


@private_page
@require_POST
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the code; with the right one the address of this page goes into a mail."""
    assessment, form = access.editable(token), CodeForm(request.POST)
    reminder = Reminder.objects.of(assessment)
    if reminder is None or reminder.confirmed_at:
        return _back(token)
    if not form.is_valid():
        return own_page(request, token, assessment, remind_form=form)
    try:
        if not reminder.is_code(form.cleaned_data["code"]):
            form.refuse(reminder)
            return own_page(request, token, assessment, remind_form=form)
    except CodeIsOver:
        return _refused(request, token, assessment, form, CODE_IS_OVER)
    return _confirm(request, token, reminder, form)


def _confirm(request: HttpRequest, token: str, reminder: Reminder, form: CodeForm) -> HttpResponse:
    """Of two clicks on one button, one sends the mail."""
    if reminder.confirm():
        try:
            mails.send_confirmed(reminder, site_of(request), token)
        except mails.NotSent as failure:
            reminder.take_back()
            return _not_sent(request, token, reminder.assessment, form, failure)
    return _back(token)


@private_page
@require_POST
def forget(request: HttpRequest, token: str) -> HttpResponse:
    """Deletes the address, confirmed or not."""
    Reminder.objects.filter(assessment=access.answerable(token)).delete()
    return _back(token)


def _back(token: str) -> HttpResponse:
    return redirect(f"{address('result', token)}#remind")


def _not_sent(
    request: HttpRequest,
    token: str,
    assessment: Assessment,
    form: EmailForm | CodeForm,
    failure: mails.NotSent,
) -> HttpResponse:
    _log.error("A mail of a reminder could not be sent: %s.", failure)
    return _refused(request, token, assessment, form, NOT_SENT)


def _refused(
    request: HttpRequest,
    token: str,
    assessment: Assessment,
    form: EmailForm | CodeForm,
    says: str,
    status: int = 200,
) -> HttpResponse:
    """The result again, with what is wrong at its top."""
    form.add_error(None, says)
    page = own_page(request, token, assessment, remind_form=form)
    page.status_code = status
    return page
