"""What every page behind a capability URL has in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers

from stackpick.errors import not_found, too_many_requests

from ..guessing import missed, seconds_refused
from ..meeting import once_more

UNLISTED = "noindex, nofollow"

View = Callable[..., HttpResponseBase]


def private_page(view: View) -> View:
    """Kept out of caches (so that Back asks again and shows what is saved) and search engines."""

    @unlisted_page
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return wrapped


def unlisted_page(view: View) -> View:
    """Kept out of search engines, and from whoever guesses.

    The 404 of an address that opens nothing looks the same for every such page, in its headers too.
    After too many of them it is 429, on every such page.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = _refusal(request, seconds_refused(request)) or _seen(view, request, args, kwargs)
        response["X-Robots-Tag"] = UNLISTED
        return response

    return wrapped


def _seen(view: View, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponseBase:
    try:
        return once_more(view, request, *args, **kwargs)
    except Http404 as nothing:
        response = _refusal(request, missed(request)) or not_found(request, nothing)
        add_never_cache_headers(response)
        return response


def _refusal(request: HttpRequest, seconds: int) -> HttpResponseBase | None:
    if not seconds:
        return None
    response = too_many_requests(request, seconds)
    add_never_cache_headers(response)
    return response
