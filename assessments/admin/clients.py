"""Clients: who works for them, what hangs on them, and putting them out of the way."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Count, DateTimeField, F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from ..models import Assessment, Client, Project
from ..scope import reach, refuse, runs
from .deleting import ClientDeletion
from .importing import ImportPages
from .invites import InvitePages
from .pages import DeskPages
from .projects import ProjectInline
from .scoped import (
    OneByOne,
    ScopedAdmin,
    StandingTexts,
    consultants,
    without_related_links,
)

PEOPLE = ("owner", "shared_with")


class StandingFilter(admin.SimpleListFilter):
    """Archived clients are out of the way, and not gone."""

    title = "standing"
    parameter_name = "standing"
    ARCHIVED, ALL = "archived", "all"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(self.ARCHIVED, "Archived"), (self.ALL, "All")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Client]) -> QuerySet[Client]:
        if self.value() == self.ALL:
            return queryset
        return queryset.filter(archived_at__isnull=self.value() != self.ARCHIVED)

    def choices(self, changelist: Any) -> Any:
        """“Current” in the place of Django's “All”, because it is what no choice means."""
        first, *rest = super().choices(changelist)
        yield {**first, "display": "Current"}
        yield from rest


class Archiving(DeskPages, ScopedAdmin):
    """Archive and restore, by POST alone."""

    def get_urls(self) -> list[Any]:
        post = require_POST
        return [
            self.own_path("<path:object_id>/archive/", "archive", self.archive, post),
            self.own_path("<path:object_id>/restore/", "restore", self.restore, post),
            *super().get_urls(),
        ]

    def archive(self, request: HttpRequest, object_id: str) -> HttpResponse:
        client = self._to_put_away(request, object_id)
        if client.archived_at is None:
            client.archive()
            self.log_change(request, client, "Archived.")
        self._say(request, client, "is archived: out of the list, and nothing of it is deleted.")
        return redirect("admin:assessments_client_changelist")

    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        client = self._to_put_away(request, object_id)
        if client.archived_at is not None:
            client.restore()
            self.log_change(request, client, "Restored.")
        self._say(request, client, "is back in the list.")
        return redirect("admin:assessments_client_change", client.pk)

    def _to_put_away(self, request: HttpRequest, object_id: str) -> Client:
        client = reach(request, Client, unquote(object_id))
        if not (self.has_change_permission(request, client) and runs(request.user, client)):
            refuse(request, f"putting away client {client.pk}")
        return client

    def _say(self, request: HttpRequest, client: Client, what: str) -> None:
        self.message_user(request, f"“{client}” {what}", messages.SUCCESS)


class ClientForm(StandingTexts):
    texts = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "shared_with" in self.fields and self.instance.pk:
            self.fields["shared_with"].show_hidden_initial = True

    def clean_shared_with(self) -> QuerySet[Any]:
        """What was ticked and unticked here, on what stands: whoever was given a part or lost it
        elsewhere since the page was opened keeps to that."""
        given: QuerySet[Any] = self.cleaned_data["shared_with"]
        if not self.instance.pk:
            return given
        wanted = {str(user.pk) for user in given}
        data: Any = self.data
        shown = set(data.getlist(self["shared_with"].html_initial_name))
        stands = {str(pk) for pk in self.instance.shared_with.values_list("pk", flat=True)}
        kept = (stands | (wanted - shown)) - (shown - wanted)
        field: Any = self.fields["shared_with"]
        return field.queryset.filter(pk__in=kept)


@admin.register(Client)
class ClientAdmin(InvitePages, ImportPages, ClientDeletion, Archiving, OneByOne, ScopedAdmin):
    """A client is deleted on its own page only, where it says what would go."""

    list_display = ("name", "owner", "shared", "projects", "assessments", "last_activity")
    list_select_related = ("owner",)
    search_fields = ("name", "projects__name")
    inlines = (ProjectInline,)
    form = ClientForm
    change_form_template = "admin/assessments/client/change_form.html"

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Client]:
        """With what the list counts, each in a query of its own so that none multiplies another."""
        theirs = Assessment.objects.order_by().filter(project__client=OuterRef("pk"))
        grouped = theirs.values("project__client")
        projects = Project.objects.order_by().filter(client=OuterRef("pk")).values("client")
        active: DateTimeField[Any, Any] = DateTimeField()
        last = Subquery(grouped.values(last=Max("updated_at")), output_field=active)
        rows = super().get_queryset(request).prefetch_related("shared_with")
        return rows.annotate(
            project_count=Coalesce(Subquery(projects.values(number=Count("pk"))), 0),
            assessment_count=Coalesce(Subquery(grouped.values(number=Count("pk"))), 0),
            active_at=Coalesce(last, F("created_at")),
        )

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        by_owner = [("owner", admin.RelatedOnlyFieldListFilter)]
        return [StandingFilter, *(by_owner if _is_superuser(request) else [])]

    @admin.display(description="Shared with")
    def shared(self, client: Client) -> str:
        return ", ".join(sorted(map(str, client.shared_with.all()))) or "–"

    @admin.display(description="Projects", ordering="project_count")
    def projects(self, client: Any) -> str:
        address = reverse("admin:assessments_project_changelist")
        shown = '<a href="{}?client__id__exact={}">{}</a>'
        return format_html(shown, address, client.pk, client.project_count)

    @admin.display(description="Assessments", ordering="assessment_count")
    def assessments(self, client: Any) -> int:
        return int(client.assessment_count)

    @admin.display(description="Last activity", ordering="active_at")
    def last_activity(self, client: Any) -> Any:
        return client.active_at

    # The page of one

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Whoever adds a client is its owner, unless a superuser says who is."""
        if obj is None and not _is_superuser(request):
            return ("name", "shared_with")
        return ("name", *PEOPLE)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if _is_superuser(request) or obj is None:
            return ()
        return ("owner",) if runs(request.user, obj) else PEOPLE

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"owner": request.user.pk, **super().get_changeform_initial_data(request)}

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs |= {"widget": CheckboxSelectMultiple}
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        for field in filter(None, map(form.base_fields.get, PEOPLE)):
            without_related_links(field)
        if shared := form.base_fields.get("shared_with"):
            shared.queryset = _others(obj, obj.owner_id if obj else request.user.pk)
        return form

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        """Who has a part in a client may be sent only by those to whom it was offered."""
        for name in PEOPLE:
            if name in request.POST and name not in form.fields:
                refuse(request, f"{name} of client {form.instance.pk or 'to be'}")
        return super().save_form(request, form, change)

    def save_model(self, request: HttpRequest, obj: Client, form: Any, change: bool) -> None:
        if not change and not _is_superuser(request):
            obj.owner_id = request.user.pk
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Sharing with the owner would say nothing, and outlive their being the owner."""
        super().save_related(request, form, formsets, change)
        if form.instance.owner_id:
            form.instance.shared_with.remove(form.instance.owner_id)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        client = context.get("original")
        if client is not None:
            context |= {"runs": runs(request.user, client), **ProjectInline.how_many(client)}
            context["show_delete"] = False  # it is among the links above
        return super().render_change_form(request, context, *args, **kwargs)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def _others(client: Client | None, owner: Any) -> QuerySet[Any]:
    """Whom a client can be shared with: consultants, and those it is shared with whatever they
    have become since, so that saving the page drops nobody unseen."""
    everybody = consultants().model._default_manager.order_by("username").exclude(pk=owner)
    offered = everybody.filter(pk__in=consultants().order_by().values("pk"))
    if client is None:
        return offered
    return offered | everybody.filter(pk__in=client.shared_with.order_by().values("pk"))
