"""A short cut to shared results, which are asked for more than everything else together."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase

from stackpick import metrics

from . import access
from .guessing import seconds_refused
from .shared_pages import Page, shared_files, shared_pages
from .view_counts import counted
from .views.documents import key_of_shared_file
from .views.private import UNLISTED
from .views.results import key_of_shared

_SHARED = re.compile(r"/r/([A-Za-z0-9_-]{43})(?:/|\.([a-z]+))")
GetResponse = Callable[[HttpRequest], HttpResponseBase]


def shared_results(get_response: GetResponse) -> GetResponse:
    """Answers for a shared result that is kept, before session, account and form are looked at.

    Whatever is not kept, not open or not asked for by GET goes the long way, to the view, which
    gives the same answer.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return _kept(request) or get_response(request)

    return middleware


def _kept(request: HttpRequest) -> HttpResponseBase | None:
    found = _SHARED.fullmatch(request.path_info) if request.method == "GET" else None
    if found is None or seconds_refused(request):
        return None
    request.get_host()  # refuses a host that is not ours, as the long way would
    try:
        link = access.open_link(found[1])
    except Http404:
        return None
    page = _page(request, link, found[2])
    if page is None:
        return None
    response = counted(request, page.answer(request), link, found[2] or "")
    response["X-Robots-Tag"] = UNLISTED
    metrics.answered_by(request, "shared_document" if found[2] else "shared")
    return response


def _page(request: HttpRequest, link: tuple[Any, ...], extension: str | None) -> Page | None:
    if extension is None:
        return shared_pages.kept(key_of_shared(request, link))
    return shared_files.kept(key_of_shared_file(request, link, extension))
