"""Subresource integrity: tags say which bytes they mean, and a browser takes no others.

The sums are made when static files are collected and stand in their manifest, so that a file that
is changed later, on the server or on the way, is refused. While developing there are none.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse

DESK = "/admin/"
# A tag of a script or a stylesheet that is whole, with the address in double quotes.
_TAG = re.compile(
    r'<(?:script\b(?=[^>]*\ssrc="(?P<script>[^"]+)")|link\b(?=[^>]*\srel="stylesheet")'
    r'(?=[^>]*\shref="(?P<sheet>[^"]+)"))(?![^>]*\sintegrity=)[^>]*(?=>)'
)


def sealed(markup: str) -> str:
    """The markup, with the sum of its file in each tag of a script or stylesheet of ours."""
    return _TAG.sub(lambda tag: tag[0] + _attribute(tag["script"] or tag["sheet"]), markup)


def _attribute(url: str) -> str:
    sums: dict[str, str] = getattr(staticfiles_storage, "integrity", {})
    found = sums.get(url.removeprefix(settings.STATIC_URL))
    return f' integrity="{found}"' if found else ""


GetResponse = Callable[[HttpRequest], HttpResponse]


def desk_integrity(get_response: GetResponse) -> GetResponse:
    """Seals the pages of the desk, most of whose tags are in templates and forms of Django's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if request.path_info.startswith(DESK) and is_page and not response.streaming:
            response.content = sealed(response.content.decode()).encode()
            if "Content-Length" in response:
                response["Content-Length"] = str(len(response.content))
        return response

    return middleware
