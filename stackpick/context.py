"""Context for every template."""

from __future__ import annotations

from django.http import HttpRequest


def page_base(request: HttpRequest) -> dict[str, str]:
    """Which template a page extends: all of `base.html`, or for HTMX its main part alone.

    After a cache miss on Back, HTMX asks for the address again and replaces the whole page;
    such a history restore request gets the full page.
    """
    if "HTTP_HX_REQUEST" not in request.META:  # by far the most, and quicker told than asked
        return {"page_base": "base.html"}
    htmx = getattr(request, "htmx", None)  # Absent when a middleware before it answered.
    partial = bool(htmx) and not htmx.history_restore_request  # type: ignore[union-attr]
    return {"page_base": "_partial.html" if partial else "base.html"}
