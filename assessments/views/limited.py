"""Views that may be asked for only so often from one address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponseBase

from stackpick.client_address import caller
from stackpick.errors import too_many_requests

from ..limits import seconds_to_wait

View = Callable[..., HttpResponseBase]


def limited(kind: str, *methods: str) -> Callable[[View], View]:
    """Counts what is asked for by these methods, before anything is looked up for it.

    Args:
        kind: a key of ``settings.RATES``.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            # What HEAD asks for takes as much work as GET, and only the answer is shorter.
            method = "GET" if request.method == "HEAD" else request.method
            seconds = seconds_to_wait(kind, caller(request)) if method in methods else 0
            return (
                too_many_requests(request, seconds, kind)
                if seconds
                else view(request, *args, **kwargs)
            )

        return wrapped

    return decorate
