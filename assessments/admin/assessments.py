"""Assessments with their report, the changes founders expect, and share links."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from ..lens import current_lens
from ..models import AnticipatedChange, Assessment, ShareLink
from ..summaries import summary
from .listing import ListPages
from .scoped import ScopedAdmin, ScopedInline


class ReadOnly:
    """Nothing is added or changed here: the wizard is the one way answers come in."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ShareLinkInline(ReadOnly, ScopedInline):
    model = ShareLink
    fields = ("label", "created_at", "revoked_at")
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = True


@admin.register(Assessment)
class AssessmentAdmin(ListPages, ReadOnly, ScopedAdmin):
    inlines = (ShareLinkInline,)
    fieldsets = (
        (None, {"fields": ("project", "state", "finished_at", "review_on", "updated_at")}),
        ("Report", {"fields": ("report_shown", "lens", "seed")}),
        ("Answers", {"fields": ("answers_shown",)}),
    )
    readonly_fields = ("state", "report_shown", "answers_shown", "lens")

    @admin.display(description="State")
    def state(self, assessment: Assessment) -> str:
        return assessment.get_state_display()

    @admin.display(description="Lens")
    def lens(self, assessment: Assessment) -> str:
        return f"{assessment.lens_id} {assessment.lens_version}" if assessment.lens_id else "–"

    @admin.display(description="Report")
    def report_shown(self, assessment: Assessment) -> SafeString | str:
        if assessment.report is None:
            return "Not finished yet."
        return render_to_string("admin/assessments/report.html", {"report": assessment.report})

    @admin.display(description="Answers")
    def answers_shown(self, assessment: Assessment) -> SafeString:
        lens = current_lens()
        sections = summary(lens, assessment.engine_answers(lens))
        return render_to_string("admin/assessments/answers.html", {"sections": sections})


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
class ShareLinkAdmin(ReadOnly, ScopedAdmin):
    list_display = ("__str__", "project", "created_at", "revoked_at")
    list_filter = ("created_at", "revoked_at")
    list_select_related = ("assessment__project",)
    search_fields = ("label", "assessment__project__name")
    fields = ("label", "assessment", "created_at", "revoked_at")
    actions = ("revoke",)

    @admin.display(description="Project", ordering="assessment__project__name")
    def project(self, link: ShareLink) -> str:
        return str(link.assessment.project)

    @admin.action(description="Revoke the selected links", permissions=["delete"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ShareLink]) -> None:
        for link in queryset:
            link.revoke()
        self.message_user(request, f"Revoked for good: {len(queryset)}.")
