"""Invitations at the desk: made from a client's page, listed, closed; and pairs, with what they
disagree on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.views.decorators.http import require_POST

from ..invite_forms import InviteForm
from ..lens import current_lens
from ..models import Client, Invite, Pair
from ..models.invite import STATES
from ..naming import person_name, stack_name
from ..once import once_field, token_of_form
from ..scope import reach
from ..shown_once import new_links, other_messages, show_once
from ..together import Together, settle_with
from .pages import DeskPages
from .scoped import ScopedAdmin

ONE = "admin:assessments_invite_change"
TWO = "admin:assessments_pair_change"


class InvitePages(DeskPages):
    """For the admin of clients: inviting one person, or two blind."""

    has_change_permission: Callable[..., bool]

    def get_urls(self) -> list[URLPattern]:
        ours = self.own_path("<path:object_id>/invite/", "invite", self.invite_view)
        return [ours, *super().get_urls()]  # type: ignore[misc]

    def invite_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """The form, and what it makes: the links are shown once, on the page that it leads to."""
        client = reach(request, Client, object_id)
        may_invite = request.user.has_perm("assessments.add_invite")
        if not (may_invite and self.has_change_permission(request, client)):
            raise PermissionDenied
        form = InviteForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            return redirect(_issue(request, client, form))
        title = "Invite to an assessment"
        shown: dict[str, Any] = {"client": client, "form": form, "once": once_field()}
        return self.framed(request, "client/invite", title, **shown)


def _issue(request: HttpRequest, client: Client, form: InviteForm) -> str:
    """Makes the invitation or the two, and says where their links are shown."""
    given = form.cleaned_data
    to_what = (given["project_name"], given["note"], form.expires_at)

    def token_for(place: str) -> str:
        return token_of_form(request.POST, f"invitation {place}", client.pk, sorted(given.items()))

    first, second = token_for("first"), token_for("second")
    if not given["second"]:
        issue = Invite.objects.issue
        invite, token = issue(client, request.user, given["recipient"], *to_what, token=first)
        show_once(request, invite, "invite", token)
        return reverse(ONE, args=[invite.pk])
    recipients = (given["recipient"], given["second"])
    tokens = (first, second)
    pair, both = Pair.objects.invite_two(client, request.user, recipients, *to_what, tokens)
    for invite, token in both:
        show_once(request, invite, "invite", token)
    return reverse(TWO, args=[pair.pk])


class InviteStateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name.capitalize()) for name in STATES]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        name = self.value()
        return queryset.in_state(name) if name in STATES else queryset


class _MadeFromAClient:
    """No page to add one: that is on the client's."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Invite)
class InviteAdmin(_MadeFromAClient, DeskPages, ScopedAdmin):
    list_display = ("recipient", "client", "project", "how_far", "created_at", "expires_at")
    list_filter = (InviteStateFilter, "created_at")
    search_fields = ("recipient", "project_name", "client__name", "assessment__project__name")
    fields = (
        "recipient",
        "client",
        "project",
        "note",
        "how_far",
        "assessment",
        "pair",
        "created_by",
        "created_at",
        "expires_at",
        "revoked_at",
    )
    readonly_fields = fields
    actions = ("revoke_selected",)
    change_form_template = "admin/assessments/invite/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invite]:
        related = ("client", "pair", "created_by", "assessment__project")
        return super().get_queryset(request).light().select_related(*related)  # type: ignore[attr-defined]

    @admin.display(description="Project")
    def project(self, invite: Invite) -> str:
        return str(invite.assessment.project) if invite.assessment else invite.project_name or "–"

    @admin.display(description="State")
    def how_far(self, invite: Invite) -> str:
        return invite.state(current_lens()).capitalize()

    def get_urls(self) -> list[URLPattern]:
        ours = {"revoke": self.revoke_view, "new-link": self.new_link_view}
        paths = [
            self.own_path(f"<path:object_id>/{name}/", name, view, require_POST)
            for name, view in ours.items()
        ]
        return [*paths, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of one invitation. Nothing on it is typed; what changes it are two buttons."""
        invite = reach(request, Invite, object_id)
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        waits = invite.assessment_id is None and invite.revoked_at is None
        context = {
            **(extra_context or {}),
            **dict.fromkeys(("show_save", "show_save_and_continue"), False),
            "title": str(invite),
            "subtitle": "",
            "said": other_messages(request),
            "links": new_links(request, invite),
            "can_change_it": waits and self.has_change_permission(request, invite),
        }
        return super().change_view(request, object_id, form_url, context)

    def revoke_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        invite = self._to_change(request, object_id)
        if invite.revoke():
            self.log_change(request, invite, "Revoked.")
            self.message_user(request, "Revoked for good.")
        else:
            self._too_late(request)
        return redirect(ONE, invite.pk)

    def new_link_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        invite = self._to_change(request, object_id)
        if token := invite.replace_token():
            self.log_change(request, invite, "Given a new link.")
            show_once(request, invite, "invite", token)
        else:
            self._too_late(request)
        return redirect(ONE, invite.pk)

    def _to_change(self, request: HttpRequest, object_id: str) -> Invite:
        invite = reach(request, Invite, object_id)
        if not self.has_change_permission(request, invite):
            raise PermissionDenied
        return invite

    def _too_late(self, request: HttpRequest) -> None:
        text = "Nothing was changed: it was taken up, or revoked, before."
        self.message_user(request, text, messages.WARNING)

    @admin.action(description="Revoke the selected ones", permissions=["change"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[Invite]) -> None:
        done = sum(invite.revoke() for invite in queryset)
        left = len(queryset) - done
        kept = f" Taken up or revoked before, and left as they are: {left}." if left else ""
        self.message_user(request, f"Revoked for good: {done}.{kept}")


def _state(invite: Invite) -> str:
    """How far somebody of a pair has come, and whether that lets the other one see it."""
    state = invite.state(current_lens())
    if invite.is_finished and not invite.says_enough:
        return f"{state}, with too few answers for the two to see each other’s"
    return state


@admin.register(Pair)
class PairAdmin(_MadeFromAClient, DeskPages, ScopedAdmin):
    list_display = ("__str__", "client", "first", "second", "together", "created_at")
    list_filter = ("created_at",)
    search_fields = ("project_name", "client__name", "invites__recipient")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pair]:
        return super().get_queryset(request).with_invites()  # type: ignore[attr-defined]

    @admin.display(description="First")
    def first(self, pair: Pair) -> str:
        return self._state(pair, 0)

    @admin.display(description="Second")
    def second(self, pair: Pair) -> str:
        return self._state(pair, 1)

    def _state(self, pair: Pair, number: int) -> str:
        states = [f"{i.recipient}: {i.state(current_lens())}" for i in pair.both]
        return states[number] if number < len(states) else "–"

    @admin.display(description="Settled on")
    def together(self, pair: Pair) -> str:
        if pair.joint is None:
            return "–"
        return f"{stack_name(current_lens(), pair.joint.stack)}, {pair.joint.strength}"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Who has come how far; once both are done, their disagreements, and the form to settle."""
        pair = Pair.objects.whole().get(pk=reach(request, Pair, object_id).pk)
        may_settle = self.has_change_permission(request, pair)
        if not (may_settle if request.method == "POST" else self.has_view_permission(request)):
            raise PermissionDenied
        together: dict[str, Any] = {}
        if pair.is_complete:
            form = Together(current_lens(), pair).form()
            if request.method == "POST":
                by = person_name(request.user)
                wrong = settle_with(current_lens(), pair, None, request.POST, by)
                if wrong is None:
                    return self._settled(request, pair)
                form = wrong
            pair, together = form.two.pair, form.two.context(form)
        return self._page(request, pair, together | {"may_settle": may_settle})

    def _settled(self, request: HttpRequest, pair: Pair) -> HttpResponse:
        self.log_change(request, pair, "Settled.")
        self.message_user(request, "Settled.")
        return redirect(TWO, pair.pk)

    def _page(self, request: HttpRequest, pair: Pair, together: dict[str, Any]) -> HttpResponse:
        title = pair.project_name or " and ".join(invite.recipient for invite in pair.both)
        context = together | {
            "original": pair,
            "pair": pair,
            "states": [(invite, _state(invite)) for invite in pair.both],
            "said": other_messages(request),
            "links": new_links(request, *pair.both),
        }
        return self.framed(request, "pair/change_form", title, **context)
