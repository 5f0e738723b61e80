"""Error pages in the site's own look, and a plain one when even that fails."""

from __future__ import annotations

import logging
import sys
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html

from stackpick import metrics, request_id
from stackpick.context import page_base
from stackpick.outages import outage
from stackpick.problems import is_for_a_program, problem

RETRY_AFTER_SECONDS = 30
DETAILS = {
    HTTPStatus.BAD_REQUEST: "The request names another charset than UTF-8, or another host.",
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something broke here; the request may be sound.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Nothing can be read or stored now. Try again in a moment.",
}

_log = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what came in was no request of this site's."""
    return _error_page(request, HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in or not, this is not for them."""
    return _error_page(request, HTTPStatus.FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 with a way on: the form's token was missing or too old. Django logs the reason."""
    return _error_page(request, HTTPStatus.FORBIDDEN, csrf=True)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, the same for what never was, was deleted or is someone else's."""
    return _error_page(request, HTTPStatus.NOT_FOUND)


def too_many_requests(request: HttpRequest, seconds: int, kind: str = "guesses") -> HttpResponse:
    """429: what was asked for too often, by its name in ``RATES``, and when to try again."""
    context = {"seconds": seconds, "kind": kind}
    response = _error_page(request, HTTPStatus.TOO_MANY_REQUESTS, **context)
    response["Retry-After"] = str(seconds)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when a database or a disk that does not do its part is behind it.

    Django calls this while it handles the exception, and logs that with the status given here.
    """
    kind = outage(sys.exc_info()[1])
    if not kind:
        return _error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR)
    metrics.database_error(kind)
    response = _error_page(request, HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _error_page(request: HttpRequest, status: HTTPStatus, **context: Any) -> HttpResponse:
    """Render without the request's context processors: the signed-in user, for one, is a query."""
    if is_for_a_program(request):
        return problem(status, DETAILS.get(status, status.description))
    context = {"csrf": False, **context, **page_base(request), "status": int(status)}
    context["request_id"] = request_id.current()
    page: str
    try:
        page = render_to_string(f"{int(status)}.html", context)
    except Exception:  # An error page must come out, whatever is wrong with its template.
        _log.exception("The page for %d could not be rendered", status)
        page = _plain_page(status)
    return HttpResponse(page, status=status)


def _plain_page(status: HTTPStatus) -> str:
    return format_html(
        '<!doctype html><html lang="en-GB"><title>{0}</title><h1>{0}</h1><p>{1}</p></html>',
        status.phrase,
        "Please go back, or try again in a moment.",
    )
