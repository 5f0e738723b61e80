"""Addresses of the product.

Those under ``a/``, ``again/``, ``i/``, ``r/`` and ``stop/`` hold secrets.
"""

from __future__ import annotations

from django.urls import path

from .views import (
    api,
    api_description,
    deleting,
    documents,
    invites,
    live,
    pages,
    reminded,
    reminding,
    results,
    sharing,
    together,
    versions,
    what_if,
    wizard,
)

urlpatterns = [
    # first, because it is asked for most, and patterns are tried in turn
    path("r/<str:token>/", results.shared, name="shared"),
    path("r/<str:token>.<slug:extension>", documents.shared, name="shared_document"),
    path("", pages.home, name="home"),
    path("model/", pages.model, name="model"),
    path("examples/<slug:slug>/", pages.example, name="example"),
    path("privacy/", pages.privacy, name="privacy"),
    path("deleted/", deleting.deleted, name="deleted"),
    path("examples/<slug:slug>.<slug:extension>", documents.example, name="example_document"),
    path("api/", api_description.about, name="api"),
    path("api/score", api.score, name="score"),
    path("api/openapi.json", api_description.for_tools, name="openapi"),
    path("schema/report-1.json", api_description.for_reports, name="report_schema"),
    path("schema/answers-1.json", api_description.for_answers, name="answers_schema"),
    path("start/", wizard.start, name="start"),
    path("i/<str:token>/", invites.invite, name="invite"),
    path("i/<str:token>/begun/", invites.tie, name="tie"),
    path("a/<str:token>/", results.own, name="result"),
    path("a/<str:token>.<slug:extension>", documents.own, name="own_document"),
    path("a/<str:token>/check/", wizard.check, name="check"),
    path("a/<str:token>/delete/", deleting.delete, name="delete"),
    path("a/<str:token>/share/", sharing.create, name="share"),
    path("a/<str:token>/share/<int:link_id>/revoke/", sharing.revoke, name="revoke"),
    path("a/<str:token>/share/<int:link_id>/replace/", sharing.replace, name="replace"),
    path("a/<str:token>/review/", results.review, name="review"),
    path("a/<str:token>/remind/", reminding.remind, name="remind"),
    path("a/<str:token>/remind/confirm/", reminding.confirm, name="confirm_reminder"),
    path("a/<str:token>/remind/forget/", reminding.forget, name="forget_reminder"),
    path("again/<str:token>/", reminded.again, name="reminded"),
    path("stop/<str:key>/", reminded.stop, name="stop"),
    path("a/<str:token>/what-if/", what_if.what_if, name="what_if"),
    path("a/<str:token>/again/", versions.again, name="again"),
    path("a/<str:token>/versions/", versions.versions, name="versions"),
    path("a/<str:token>/together/", together.together, name="together"),
    path("a/<str:token>/together/joint/", together.joint, name="joint"),
    path("a/<str:token>/<slug:step_id>/", wizard.step, name="step"),
    path("a/<str:token>/<slug:step_id>/so-far/", live.so_far, name="so_far"),
    path("a/<str:token>/<slug:step_id>/rows/", live.rows, name="rows"),
]
