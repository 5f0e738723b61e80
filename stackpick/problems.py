"""Errors for programs, as JSON (RFC 9457): the API's answer where a person would get a page.

No ``type`` is given, which means that each is what its status says.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

CONTENT_TYPE = "application/problem+json"
FOR_PROGRAMS = ("/api/", "/schema/")
FOR_PEOPLE = "/api/"


def is_for_a_program(request: HttpRequest) -> bool:
    """Whether the address is one that programs ask."""
    path = request.path_info
    return path.startswith(FOR_PROGRAMS) and path != FOR_PEOPLE


def problem(status: HTTPStatus, detail: str, **more: Any) -> HttpResponse:
    """The answer. ``more`` are members beside title, status and detail."""
    said = {"title": status.phrase, "status": int(status), "detail": detail, **more}
    response = HttpResponse(json.dumps(said), status=status, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    return response
