"""What every page behind a capability URL has in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from stackpick.errors import not_found

View = Callable[..., HttpResponseBase]


def private_page(view: View) -> View:
    """Kept out of caches (so that Back asks again and shows what is saved) and search engines.

    So is the 404 of an address that opens nothing: it looks the same in this too.
    """

    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except Http404 as refusal:
            response = not_found(request, refusal)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapped
