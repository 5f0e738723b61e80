"""The desk as a site: its name, and who gets how far into it."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.functional import SimpleLazyObject

from ..meeting import once_more

View = Callable[..., HttpResponseBase]


class DeskSite(admin.AdminSite):
    """Django's admin, for active staff whose session has proved all that is asked of them."""

    site_header = "StackPick desk"
    site_title = "StackPick desk"
    index_title = "Clients and their assessments"
    # The models are at the top of every page instead: templates/desk/admin/base_site.html.
    enable_nav_sidebar = False

    @property
    def login_form(self) -> Any:  # type: ignore[override]
        """Late, because a form of Django's users cannot be imported before its models."""
        from .sign_in import SignInForm

        return SignInForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether this session may see the desk: a password alone is not enough for everybody."""
        from ..second_factor import Entry, entry

        return super().has_permission(request) and entry(request.user) is Entry.OPEN

    def must_set_up(self, request: HttpRequest) -> bool:
        """Whether all this session may do is to set up two-step sign-in, or leave."""
        from ..second_factor import Entry, entry

        return super().has_permission(request) and entry(request.user) is Entry.SET_UP_NEEDED

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        """A view of the desk, behind `has_permission`; who must set up first is led there."""
        guarded = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.path == reverse("admin:logout", current_app=self.name):
                return view(request, *args, **kwargs)  # Anybody may leave, whatever they proved.
            if self.must_set_up(request):
                return redirect("admin:two_step")
            return once_more(guarded, request, *args, **kwargs)

        return update_wrapper(inner, view)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The sign-in page; who is signed in and only has to set up needs no second look at it."""
        if request.method == "GET" and self.must_set_up(request):
            return redirect("admin:two_step")
        return super().login(request, extra_context)

    def logout(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """Signs out, and has the browser forget what it kept of clients' pages."""
        response = super().logout(request, extra_context)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        """Django's page, on which a wrong password counts as a failed sign-in: an open session is
        no place to guess it."""
        from .sign_in import count_failure, is_locked
        from .throttling import locked_out

        if request.method == "POST" and is_locked(request):
            return locked_out(request, None, None)
        response = super().password_change(request, extra_context)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if form is not None and form.has_error("old_password", "password_incorrect"):
            count_failure(request, request.user)  # type: ignore[arg-type]
        return response

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Django's own, and before its catch-all the pages that are about no row."""
        from .suggested_kinds import suggested_kinds
        from .two_step import two_step

        return [
            path("two-step/", two_step(self), name="two_step"),
            path("suggested-kinds/", suggested_kinds(self), name="suggested_kinds"),
            *super().get_urls(),
        ]

    def get_log_entries(self, request: HttpRequest) -> Any:
        """What this member of staff did lately, without what they may not see any more.

        Every page is given it and one shows it: nothing is asked before that.
        """
        from .recent import recent_actions

        return SimpleLazyObject(lambda: recent_actions(request))

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """The start page, with how many reviews are overdue."""
        from .listing import overdue_reviews

        context = {"overdue": overdue_reviews(request.user), **(extra_context or {})}
        return super().index(request, context)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Names of models are for who may see the desk, not for who is on the way in."""
        context = super().each_context(request)
        if not context["has_permission"]:
            context |= {"available_apps": []}
        return context
