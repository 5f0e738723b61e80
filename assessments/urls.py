"""Addresses of the product. Those under ``a/`` and ``r/`` hold capability tokens."""

from __future__ import annotations

from django.urls import path

from .views import pages, results, sharing, wizard

urlpatterns = [
    path("", pages.home, name="home"),
    path("model/", pages.model, name="model"),
    path("examples/<slug:slug>/", pages.example, name="example"),
    path("healthz", pages.healthz, name="healthz"),
    path("start/", wizard.start, name="start"),
    path("a/<str:token>/", results.own, name="result"),
    path("a/<str:token>/check/", wizard.check, name="check"),
    path("a/<str:token>/share/", sharing.create, name="share"),
    path("a/<str:token>/share/<int:link_id>/revoke/", sharing.revoke, name="revoke"),
    path("a/<str:token>/<slug:step_id>/", wizard.step, name="step"),
    path("r/<str:token>/", results.shared, name="shared"),
]
