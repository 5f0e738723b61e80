"""Projects: beside their client, and by themselves."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from ..models import Client, Project
from ..scope import refuse, runs
from .scoped import (
    OneByOne,
    ScopedAdmin,
    ScopedInline,
    ScopedRows,
    StandingTexts,
    without_related_links,
)

MOST_ROWS = 20  # An import may bring a thousand; a form takes 200 fields.


class ProjectForm(StandingTexts):
    texts = ("name", "summary")


class NewestProjects(ScopedRows):
    """The newest of a client's projects to fill in; a form that comes back may hold any of them."""

    def get_queryset(self) -> QuerySet[Project]:
        rows = super().get_queryset()
        if self.is_bound:
            return rows
        if not hasattr(self, "_newest"):
            self._newest = rows[:MOST_ROWS]
        return self._newest


class ProjectInline(ScopedInline):
    model = Project
    form = ProjectForm
    formset = NewestProjects
    fields = ("name", "summary")
    extra = 0
    can_delete = False
    show_change_link = True

    @staticmethod
    def how_many(client: Client) -> dict[str, int]:
        return {"project_count": client.projects.count(), "projects_shown": MOST_ROWS}


@admin.register(Project)
class ProjectAdmin(OneByOne, ScopedAdmin):
    form = ProjectForm
    list_display = ("__str__", "client", "summary", "assessments", "created_at")
    list_select_related = ("client",)
    search_fields = ("name", "summary", "client__name")
    fields = ("client", "name", "summary")
    autocomplete_fields = ("client",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        return super().get_queryset(request).annotate(assessment_count=Count("assessments"))

    @admin.display(description="Assessments", ordering="assessment_count")
    def assessments(self, project: Any) -> int:
        return int(project.assessment_count)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Who only works on a client takes no project away from it, and nobody one that came by
        invitation: invitations and pairs stay with their client, and show what came of them."""
        if obj is None or obj.client is None:
            return ()
        moves = runs(request.user, obj.client) and not _came_by_invitation(obj)
        return () if moves else ("client",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        # Of no client, it would be out of its own consultant's sight.
        field.required = not getattr(request.user, "is_superuser", False)
        return field

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if client := form.base_fields.get("client"):
            without_related_links(client)
        return form

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        if "client" in request.POST and "client" not in form.fields:
            refuse(request, f"client of project {form.instance.pk}")
        return super().save_form(request, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A project goes when it is empty, or with its client: assessments go one by one."""
        full = obj is not None and obj.assessments.exists()
        return not full and super().has_delete_permission(request, obj)


def _came_by_invitation(project: Project) -> bool:
    invited = Q(invite__isnull=False) | Q(settles__isnull=False)
    return project.assessments.filter(invited).exists()
