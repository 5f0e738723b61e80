"""Clients and projects."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from ..models import Client, Project
from .invites import InvitePages
from .scoped import ScopedAdmin, ScopedInline


class ProjectInline(ScopedInline):
    model = Project
    fields = ("name", "summary")
    extra = 0
    show_change_link = True


@admin.register(Client)
class ClientAdmin(InvitePages, ScopedAdmin):
    list_display = ("name", "owner", "projects", "created_at")
    list_select_related = ("owner",)
    search_fields = ("name",)
    inlines = (ProjectInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Client]:
        return super().get_queryset(request).annotate(project_count=Count("projects"))

    @admin.display(description="Projects", ordering="project_count")
    def projects(self, client: Client) -> int:
        return client.project_count  # type: ignore[attr-defined]


@admin.register(Project)
class ProjectAdmin(ScopedAdmin):
    list_display = ("__str__", "client", "summary", "created_at")
    list_select_related = ("client",)
    search_fields = ("name", "summary", "client__name")
    autocomplete_fields = ("client",)
