"""What describes the scoring API: for programs and for people."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from stackpick.addresses import site_of

from ..engine.answers import AnswersError, parse
from ..engine.lens import Lens
from ..engine.report import build_report
from ..exports import json_report
from ..lens import current_lens
from ..schemas.answers import answers_schema
from ..schemas.openapi import openapi
from ..schemas.report import report_schema
from ..worked_examples import worked_example
from .api import LARGEST_FILE

SECONDS_KEPT = 3600
EXAMPLE = "ledgerly"

View = Callable[[HttpRequest], HttpResponse]
Made = Callable[[Lens, str], dict[str, Any]]


def described(made: Made, content_type: str) -> View:
    """A view of a JSON document about the API, which may be kept for an hour."""

    @require_safe
    @conditional_page
    @cache_control(public=True, max_age=SECONDS_KEPT)
    def view(request: HttpRequest) -> HttpResponse:
        content = _written(made, current_lens(), site_of(request))
        return HttpResponse(content, content_type=content_type)

    return view


@lru_cache(maxsize=16)
def _written(made: Made, lens: Lens, site: str) -> bytes:
    return json_report.written(made(lens, site), sort_keys=False)


def _report_schema(lens: Lens, site: str) -> dict[str, Any]:
    return _identified(report_schema(), f"{site}/schema/report-1.json")


def _answers_schema(lens: Lens, site: str) -> dict[str, Any]:
    return _identified(answers_schema(lens), f"{site}/schema/answers-1.json")


def _identified(schema: dict[str, Any], address: str) -> dict[str, Any]:
    return {"$schema": schema["$schema"], "$id": address} | schema


def _openapi(lens: Lens, site: str) -> dict[str, Any]:
    return openapi(lens, site, _example(lens, site))


def _example(lens: Lens, site: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """A worked example with its report; None where the lens in use has other questions."""
    file = worked_example(EXAMPLE)
    try:
        report = build_report(lens, parse(lens, file))
    except AnswersError:
        return None
    return file, json_report.document(report, site)


for_reports = described(_report_schema, "application/schema+json")
for_answers = described(_answers_schema, "application/schema+json")
for_tools = described(_openapi, "application/json")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """The API in a few words, for people."""
    context = {
        "site": site_of(request),
        "rate": settings.RATES["api"],
        "largest": LARGEST_FILE // 1024,
    }
    return render(request, "pages/api.html", context)
