"""A short cut to shared results, which are asked for more than everything else together."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponseBase

from .shared_pages import shared_pages
from .views.private import UNLISTED
from .views.results import key_of_shared

_SHARED = re.compile(r"/r/([A-Za-z0-9_-]{43})/")
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
    if found is None:
        return None
    request.get_host()  # refuses a host that is not ours, as the long way would
    try:
        page = shared_pages.kept(key_of_shared(request, found[1]))
    except Http404:
        return None
    if page is None:
        return None
    response = page.answer(request)
    response["X-Robots-Tag"] = UNLISTED
    return response
