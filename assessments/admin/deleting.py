"""Deleting a client: never by accident, and then with all that hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse

from ..models import Assessment, Client, Project, Review, ShareLink, State, SuggestionCount
from ..scope import reach, refuse, runs
from .forgetting import forget_all_in_log
from .pages import DeskPages
from .scoped import ScopedAdmin

MOST_NAMES = 10


@dataclass(frozen=True)
class Going:
    """What would go with a client."""

    projects: int
    assessments: int
    drafts: int
    links: int
    reviews: int
    counted: int
    first: list[Project]

    @property
    def further(self) -> int:
        return self.projects - len(self.first)


def going_with(client: Client) -> Going:
    assessments = Assessment.objects.filter(project__client=client)
    counts = SuggestionCount.objects.filter(client=client)
    return Going(
        projects=client.projects.count(),
        assessments=assessments.count(),
        drafts=assessments.filter(state=State.DRAFT).count(),
        links=ShareLink.objects.filter(assessment__in=assessments).count(),
        reviews=Review.objects.filter(assessment__in=assessments).count(),
        counted=counts.aggregate(times=Sum("times", default=0))["times"],
        first=list(client.projects.order_by("name", "pk")[:MOST_NAMES]),
    )


class ClientDeletion(DeskPages, ScopedAdmin):
    """Offers to archive a client that has assessments; deleting it asks for its name."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = obj is None or runs(request.user, obj)
        return allowed and super().has_delete_permission(request, obj)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        client = reach(request, Client, unquote(object_id))
        if not self.has_delete_permission(request, client):
            refuse(request, f"deleting client {client.pk}")
        if request.method != "POST":
            return self._answer(request, client, extra_context)
        with transaction.atomic():
            # Nothing new may be hung on the client between the look and the deletion.
            Client.objects.select_for_update().filter(pk=client.pk).first()
            return self._answer(request, client, extra_context)

    def _answer(
        self, request: HttpRequest, client: Client, extra_context: dict[str, Any] | None
    ) -> HttpResponse:
        going = going_with(client)
        if not going.assessments:
            return super().delete_view(request, str(client.pk), extra_context)
        if request.method == "POST" and request.POST.get("name") == client.name:
            return self._deleted(request, client)
        return self._asked(request, client, going)

    def _deleted(self, request: HttpRequest, client: Client) -> HttpResponse:
        pk = client.pk
        self.log_deletions(request, Client.objects.filter(pk=client.pk))
        self.delete_model(request, client)
        return self.response_delete(request, str(client), pk)

    def _asked(self, request: HttpRequest, client: Client, going: Going) -> HttpResponse:
        mistyped = request.method == "POST" and "name" in request.POST
        shown: dict[str, Any] = {"client": client, "going": going, "mistyped": mistyped}
        return self.framed(request, "client/delete", "Archive or delete this client?", **shown)

    def delete_model(self, request: HttpRequest, obj: Client) -> None:
        forget_all_in_log(obj)
        obj.delete_with_all()

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        """Of a client without assessments: empty projects do not stand in the way, as PROTECT
        would have it, and need no leave of their own."""
        listed: list[Any] = []
        counts = {"clients": len(objs), "projects": 0, "invitations": 0}
        for client in objs:
            projects = list(client.projects.all())
            invites = list(client.invites.all())
            listed += [f"Client: {client}", [f"Project: {each}" for each in projects]]
            listed.append(list(map(str, invites)))
            counts["projects"] += len(projects)
            counts["invitations"] += len(invites)
        shown = [each for each in listed if each]
        return shown, {name: count for name, count in counts.items() if count}, set(), []
