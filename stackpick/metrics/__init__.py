"""Figures for Prometheus. Where METRICS asks for none, nothing is counted and nothing loaded.

No label holds an address, a token or a name: only what there is a small, known number of.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase

if TYPE_CHECKING:
    from .counts import Counts

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
GetResponse = Callable[[HttpRequest], HttpResponseBase]
# Of this process; none outside of a Gunicorn worker whose master was asked for figures.
_counts: Counts | None = None


def start(folder: Path, slot: int) -> None:
    """Counts from now on in this process, in files of the folder that only this slot writes.

    The master gives a worker that has ended a successor in the same slot, which goes on counting
    where it left off: so the files do not become more with every worker that was ever replaced.
    """
    global _counts
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    from prometheus_client import values

    values.ValueClass = values.MultiProcessValue(lambda: slot)
    from .counts import Counts

    _counts = Counts()


def counted(get_response: GetResponse) -> GetResponse:
    """Counts requests by method, view and status, how long they take, and those under way."""
    counts = _counts
    if counts is None:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        counts.under_way.inc()
        try:
            response = get_response(request)
        finally:
            counts.under_way.dec()
        method = request.method if request.method in METHODS else "other"
        counts.answered(method or "", view_of(request), response.status_code, began)
        return response

    return middleware


def view_of(request: HttpRequest) -> str:
    """The name of the view; what answered where it did not come to one."""
    if request.resolver_match:
        return request.resolver_match.view_name or "unnamed"
    if request.path_info.startswith(settings.STATIC_URL):
        return "static"
    return getattr(request, "answered_by", "none")


def answered_by(request: Any, name: str) -> None:
    """Says what answers in place of a view."""
    request.answered_by = name


def verdict(stack: str, firmness: str) -> None:
    """An assessment was finished with this verdict."""
    if _counts:
        _counts.verdicts.labels(stack, firmness).inc()


def database_error(kind: str) -> None:
    """A request failed because the database or the disk did (`stackpick.outages`)."""
    if _counts:
        _counts.database_errors.labels(kind).inc()


def refused(limit: str) -> None:
    """Somebody asked more often than a limit allows."""
    if _counts:
        _counts.refused.labels(limit).inc()


def not_rendered(extension: str) -> None:
    """A file of a result did not come about."""
    if _counts:
        _counts.not_rendered.labels(extension).inc()
