"""The site's addresses, and ``hello/``: the least that Django can answer through its middleware."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from stackpick.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"hello")


urlpatterns = [path("hello/", hello), path("", include("stackpick.urls"))]
