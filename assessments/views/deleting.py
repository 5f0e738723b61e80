"""Deleting a project from its edit link, after asking once."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from .. import access
from ..deletion import delete_with_kin, going_with
from .invites import place
from .private import private_page

_log = logging.getLogger(__name__)


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, token: str) -> HttpResponse:
    """Says what would go; a POST deletes it, and leads to a page without any token."""
    assessment = access.answerable(token)
    if request.method == "POST":
        number, count = assessment.pk, delete_with_kin(assessment)
        _log.info("Assessment %d was deleted from its edit link: %d in all.", number, count)
        return redirect("deleted")
    context = {"token": token, "going": going_with(assessment), "back": place(assessment, token)}
    return render(request, "deleting/delete.html", context)


@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    """Says that it is gone. It is the same page for everybody, and knows of nothing."""
    return render(request, "deleting/deleted.html")
