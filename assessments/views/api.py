"""The scoring API: an answers file in, a report out, and nothing stored."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from stackpick.addresses import site_of
from stackpick.client_address import caller
from stackpick.problems import problem

from .. import limits
from ..engine.answers import Answers, AnswersError, parse
from ..engine.intake import IntakeError, only_document
from ..engine.report import build_report
from ..exports import json_report
from ..lens import current_lens

LARGEST_FILE = 64 * 1024
MOST_MISTAKES = 200

View = Callable[[HttpRequest], HttpResponse]


class Refusal(Exception):
    """Why a request is not answered; ``response`` says so."""

    def __init__(self, status: HTTPStatus, detail: str, **more: Any) -> None:
        self.response = problem(status, detail, **more)
        super().__init__(detail)


def refusing(view: View) -> View:
    """Answers a ``Refusal``. No form sends what such a view takes, so none has to prove itself."""

    @csrf_exempt  # nosemgrep: without-csrf-check -- nothing is kept, and no cookie counts
    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except Refusal as refusal:
            return refusal.response

    return wrapped


@refusing
def score(request: HttpRequest) -> HttpResponse:
    """The report on the answers file that is the request's body."""
    _check_method(request)
    _check_rate(request)
    report = build_report(current_lens(), _answers(_body(request)))
    document = json_report.document(report, site_of(request))
    response = HttpResponse(json_report.written(document), content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


def _check_method(request: HttpRequest) -> None:
    if request.method != "POST":
        refusal = Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "Send an answers file by POST.")
        refusal.response["Allow"] = "POST"
        raise refusal


def _check_rate(request: HttpRequest) -> None:
    wait = limits.seconds_to_wait("api", caller(request))
    if wait:
        detail = f"Too many requests from this address. Try again in {wait} s."
        refusal = Refusal(HTTPStatus.TOO_MANY_REQUESTS, detail)
        refusal.response["Retry-After"] = str(wait)
        raise refusal


def _body(request: HttpRequest) -> bytes:
    """The body, if it is said to be JSON and is not too large, whatever is said of its size."""
    if request.content_type != "application/json":
        detail = "Send the answers file as application/json."
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)
    try:
        body = _stream(request).read(LARGEST_FILE + 1)
    except OSError:
        raise Refusal(HTTPStatus.BAD_REQUEST, "The request ended before its body did.") from None
    if len(body) > LARGEST_FILE:
        detail = f"An answers file has {LARGEST_FILE // 1024} KB at most."
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
    return body


def _stream(request: HttpRequest) -> Any:
    """What the body is read from. Django takes one that comes in chunks for empty."""
    is_chunked = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    if is_chunked and request.META.get("wsgi.input_terminated"):
        return request.META["wsgi.input"]
    return request


def _answers(body: bytes) -> Answers:
    try:
        return parse(current_lens(), only_document(body))
    except IntakeError as error:
        says = f"Line {error.line}: the body {error.problem.message}."
        raise Refusal(HTTPStatus.BAD_REQUEST, says) from None
    except AnswersError as error:
        raise _not_answers(error) from None


def _not_answers(error: AnswersError) -> Refusal:
    found = [{"path": each.path, "detail": each.message} for each in error.problems]
    count = "a mistake" if len(found) == 1 else f"{len(found)} mistakes"
    first = f"; these are the first {MOST_MISTAKES}" if len(found) > MOST_MISTAKES else ""
    detail = f"The answers file has {count}{first}."
    return Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=found[:MOST_MISTAKES])
