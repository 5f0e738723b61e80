"""The security headers that no library here sets, and those of answers that no library sees.

The policy itself is in the settings; docs/decisions/0031 says what each part is for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


def security_headers(get_response: GetResponse) -> GetResponse:
    """Outermost, so that the answers of other middleware have them too.

    A request for a host that is not ours, for one, is refused before anything else can add one.
    """
    embeddable = re.compile(settings.EMBEDDABLE_URLS_REGEX)
    always = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
    }

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in always.items():
            response.headers.setdefault(name, value)
        is_embeddable = response.status_code < 400 and embeddable.match(request.path_info)
        response["Cross-Origin-Resource-Policy"] = (
            "cross-origin" if is_embeddable else "same-origin"
        )
        if _is_document(request, response):
            response["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        return response

    return middleware


def _is_document(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether a browser may show it as a page: only there do some headers tell it anything.

    Redirects are not shown, and what a script asks for is not a page of its own.
    """
    is_html = response.headers.get("Content-Type", "").startswith("text/html")
    is_shown = not 300 <= response.status_code < 400 and "HTTP_HX_REQUEST" not in request.META
    return is_html and is_shown


def on_static_files(headers: MutableMapping[str, str], path: str, url: str) -> None:
    """A stylesheet or a picture that is opened by itself loads nothing and runs nothing.

    What a page makes of it, the page's own policy decides.
    """
    headers["Content-Security-Policy"] = settings.STATIC_CONTENT_SECURITY_POLICY
