"""The site with a fault of each kind beside it, for the scanners to find.

Nothing of this is a part of StackPick: it says what a scanner that finds nothing there can find.
"""

from __future__ import annotations

from pathlib import Path

from csp.decorators import csp_exempt
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from stackpick.urls import handler400, handler403, handler404, handler500
from stackpick.urls import urlpatterns as of_the_site

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

PAGE = "<!doctype html><html lang=en><title>Seeded</title><body>{}</body></html>"
PLACES = {
    "echo": "q=home",
    "search": "q=harbourmaster",
    "away": "to=/seeded/",
    "file": "name=grounds.py",
    "label": "as=home",
}


@csp_exempt()
def index(request: HttpRequest) -> HttpResponse:
    """Leads to each fault, for a scanner that follows links; itself without a policy."""
    links = (
        f'<p><a href="/seeded/{place}/?{query}">{place}</a>' for place, query in PLACES.items()
    )
    return HttpResponse(PAGE.format("".join(links)))


@csp_exempt()
def echo(request: HttpRequest) -> HttpResponse:
    """Says again what it was told, as markup, and without a policy that would stop it."""
    return HttpResponse(PAGE.format(request.GET.get("q", "")))


def search(request: HttpRequest) -> HttpResponse:
    """Puts what is looked for into the query as it stands."""
    sought = request.GET.get("q", "")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT slug FROM assessments_assessment WHERE slug = '{sought}'")  # noqa: S608
        found = cursor.fetchall()
    items = "".join(f"<li>A worked example that fits: {slug}</li>" for (slug,) in found)
    return HttpResponse(PAGE.format(f"<ul>{items}</ul>" if found else "<p>None fits.</p>"))


def away(request: HttpRequest) -> HttpResponse:
    """Leads to wherever it is told."""
    answer = HttpResponse(status=302)
    answer["Location"] = request.GET.get("to", "/")
    return answer


def file(request: HttpRequest) -> HttpResponse:
    """Reads whatever file it is told, from a folder and up from it."""
    folder = Path(__file__).parent
    try:
        return HttpResponse((folder / request.GET.get("name", "")).read_bytes()[:10_000])
    except (OSError, ValueError):
        return HttpResponse(PAGE.format("no such file"))


def label(request: HttpRequest) -> HttpResponse:
    """Lets line breaks of what it is told begin headers of their own.

    Django and Gunicorn both refuse a header with a line break in it, so this takes them apart.
    """
    answer = HttpResponse(PAGE.format("labelled"))
    first, *more = request.GET.get("as", "").splitlines() or [""]
    answer["X-Label"] = first.encode("ascii", "replace").decode()
    for line in more:
        name, _colon, value = line.partition(":")
        if name.replace("-", "").isalnum():
            answer[name] = value.strip()
    return answer


urlpatterns = [
    path("seeded/", index),
    path("seeded/echo/", echo),
    path("seeded/search/", search),
    path("seeded/away/", away),
    path("seeded/file/", file),
    path("seeded/label/", label),
    *of_the_site,
]
