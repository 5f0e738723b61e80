"""Addresses of the product. Those under ``a/``, ``i/`` and ``r/`` hold capability tokens."""

from __future__ import annotations

from django.urls import path

from .views import invites, live, pages, results, sharing, together, versions, what_if, wizard

urlpatterns = [
    # first, because it is asked for most, and patterns are tried in turn
    path("r/<str:token>/", results.shared, name="shared"),
    path("", pages.home, name="home"),
    path("model/", pages.model, name="model"),
    path("examples/<slug:slug>/", pages.example, name="example"),
    path("healthz", pages.healthz, name="healthz"),
    path("start/", wizard.start, name="start"),
    path("i/<str:token>/", invites.invite, name="invite"),
    path("i/<str:token>/begun/", invites.tie, name="tie"),
    path("a/<str:token>/", results.own, name="result"),
    path("a/<str:token>/check/", wizard.check, name="check"),
    path("a/<str:token>/share/", sharing.create, name="share"),
    path("a/<str:token>/share/<int:link_id>/revoke/", sharing.revoke, name="revoke"),
    path("a/<str:token>/review/", results.review, name="review"),
    path("a/<str:token>/what-if/", what_if.what_if, name="what_if"),
    path("a/<str:token>/again/", versions.again, name="again"),
    path("a/<str:token>/versions/", versions.versions, name="versions"),
    path("a/<str:token>/together/", together.together, name="together"),
    path("a/<str:token>/together/joint/", together.joint, name="joint"),
    path("a/<str:token>/<slug:step_id>/", wizard.step, name="step"),
    path("a/<str:token>/<slug:step_id>/so-far/", live.so_far, name="so_far"),
    path("a/<str:token>/<slug:step_id>/rows/", live.rows, name="rows"),
]
