"""Assessments with their report, the changes founders expect, and share links."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from ..models import AnticipatedChange, Assessment, ShareLink
from .comparing import Comparing
from .correcting import Correcting
from .detail import DetailPages
from .exporting import EXPORTS, Exports
from .history import HistoryPage
from .listing import ListPages
from .milestones import Milestones
from .rescoring import Rescoring
from .scoped import ScopedAdmin


class ReadOnly:
    """Nothing is added or changed here: the wizard is the one way answers come in."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Assessment)
class AssessmentAdmin(
    ListPages,
    DetailPages,
    Milestones,
    Comparing,
    Correcting,
    Rescoring,
    Exports,
    ReadOnly,
    ScopedAdmin,
):
    actions = ("compare_selected", "rescore_selected", *EXPORTS)

    def delete_model(self, request: HttpRequest, obj: Assessment) -> None:
        Assessment.objects.filter(pk=obj.pk).forget()

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        queryset.forget()


@admin.register(AnticipatedChange)
class AnticipatedChangeAdmin(ReadOnly, ScopedAdmin):
    list_display = ("text", "kind", "likelihood", "project")
    list_filter = ("kind", "likelihood")
    list_select_related = ("assessment__project",)
    search_fields = ("text", "assessment__project__name")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Only with the whole assessment: one row taken out would be a change nobody saved."""
        at = request.resolver_match
        here = at is not None and str(at.url_name).startswith("assessments_anticipatedchange")
        return not here and super().has_delete_permission(request, obj)

    @admin.display(description="Project", ordering="assessment__project__name")
    def project(self, change: AnticipatedChange) -> str:
        return str(change.assessment.project)


@admin.register(ShareLink)
class ShareLinkAdmin(HistoryPage, ReadOnly, ScopedAdmin):
    list_display = (
        "__str__",
        "project",
        "created_at",
        "expires_at",
        "revoked_at",
        "shows",
        "views",
    )
    list_filter = ("created_at", "expires_at", "revoked_at", "shows")
    list_select_related = ("assessment__project",)
    search_fields = ("label", "assessment__project__name")
    fields = (
        *("label", "assessment", "created_at", "expires_at", "revoked_at"),
        *("shows", "views", "last_viewed_at"),
    )
    actions = ("revoke",)

    @admin.display(description="Project", ordering="assessment__project__name")
    def project(self, link: ShareLink) -> str:
        return str(link.assessment.project)

    @admin.action(description="Revoke the selected links", permissions=["delete"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ShareLink]) -> None:
        for link in queryset:
            link.revoke()
        self.message_user(request, f"Revoked for good: {len(queryset)}.")
