"""A name for each request, by which its log lines, its error page and the proxy's log meet."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.core.signals import request_finished
from django.http import HttpRequest, HttpResponse

from stackpick.logs import redact

HEADER = "X-Request-ID"
# What proxies send: 32 hexadecimal digits (nginx), a UUID, and the like.
_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")

_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """The id of the request that is served in this thread; empty outside of requests."""
    return _current.get()


def named(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Gives each request its id, and tells it to whoever asked."""

    def middleware(request: HttpRequest) -> HttpResponse:
        name = _told(request) or secrets.token_hex(8)
        _current.set(name)
        response = get_response(request)
        response[HEADER] = name
        return response

    return middleware


def _told(request: HttpRequest) -> str:
    """The id that a trusted proxy has given it; nobody else may write into our log by it."""
    if not settings.TRUSTED_PROXIES:
        return ""
    told: str = request.META.get("HTTP_X_REQUEST_ID", "")
    return told if _SANE.fullmatch(told) and redact(told) == told else ""


def _forget(**_: Any) -> None:
    """Once all is done that follows the answer, the thread is nobody's."""
    _current.set("")


request_finished.connect(_forget)
