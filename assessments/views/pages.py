"""The public pages: home, the model, the worked examples."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stackpick.addresses import address, asked_site

from .. import access
from ..charts import result_map
from ..engine.headroom import figures
from ..items import item_of
from ..lens import current_calibration, current_lens
from ..models import Assessment
from ..models.intake import IMPORT_KEPT
from ..models.reminder import UNCONFIRMED_LIFE
from ..previews import documents_context
from .results import result_context


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    shown = Assessment.objects.exclude(slug=None).exclude(report=None).defer("unnamed")
    examples = shown.select_related("project")
    cards = [
        {"example": example, "report": example.report, "map": result_map(example.pinned())}
        for example in examples.order_by("pk")
    ]
    return render(request, "pages/home.html", {"cards": cards})


@require_safe
def model(request: HttpRequest) -> HttpResponse:
    lens = current_lens()
    context = {
        "lens": lens,
        "sections": [(step, lens.questions_of(step.id)) for step in lens.steps],
        "calibration": current_calibration(),
        "headroom": figures(),
    }
    return render(request, "pages/model.html", context)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is stored, for how long, who can see it, and how to delete it."""
    kept = {
        "draft_days": settings.DRAFT_DAYS,
        "confirm_days": UNCONFIRMED_LIFE.days,
        "import_days": IMPORT_KEPT.days,
        "session_hours": settings.SESSION_COOKIE_AGE // 3600,
        "lock_minutes": settings.AXES_COOLOFF_TIME.seconds // 60,
        "cookies": {
            "form": settings.CSRF_COOKIE_NAME,
            "message": settings.MESSAGES_COOKIE_NAME,
            "session": settings.SESSION_COOKIE_NAME,
        },
    }
    return render(request, "pages/privacy.html", kept)


@require_safe
def example(request: HttpRequest, slug: str) -> HttpResponse:
    assessment, site, page = access.example(slug), asked_site(request), address("example", slug)
    item = item_of(assessment, site, site + page)
    context = result_context(assessment) | documents_context(page, item)
    return render(request, "pages/example.html", context)
