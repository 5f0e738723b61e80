"""What the desk's own pages have in common: their address, their frame, and the ways back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from ..models import Assessment
from ..scope import reach, refuse

CHANGE = "assessments.change_assessment"
# How much of a list is told in a message; it travels in a cookie.
FEW = 5

View = Callable[..., HttpResponseBase]


class DeskPages:
    """Pages of our own, for any admin of the desk."""

    admin_site: Any
    opts: Any

    def own_path(
        self, route: str, name: str, view: View, only: Callable[[View], View] | None = None
    ) -> URLPattern:
        """An address below the list, behind the desk's door; ``only`` says by which methods."""
        guarded = self.admin_site.admin_view(only(view) if only else view)
        return path(route, guarded, name=f"{self.opts.app_label}_{self.opts.model_name}_{name}")

    def framed(
        self, request: HttpRequest, template: str, title: str, status: int = 200, **context: Any
    ) -> HttpResponse:
        """A page of templates/desk/admin/assessments/, in the frame of the desk."""
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        request.current_app = self.admin_site.name
        name = f"admin/assessments/{template}.html"
        return TemplateResponse(request, name, {**frame, **context}, status=status)


class OwnPages(DeskPages):
    """Pages below the list of assessments, for the admin of assessments."""

    def reached(self, request: HttpRequest, key: str, right: str) -> Assessment:
        """An assessment in reach, for somebody who has the right; 404, 403 otherwise."""
        assessment = reach(request, Assessment, key)
        self.allowed(request, right)
        return assessment

    def allowed(self, request: HttpRequest, *rights: str) -> None:
        may_view = self.has_view_permission(request)  # type: ignore[attr-defined]
        if not (may_view and request.user.has_perms(rights)):
            raise PermissionDenied

    def own_page(
        self, request: HttpRequest, name: str, title: str, status: int = 200, **context: Any
    ) -> HttpResponse:
        """A page of templates/desk/admin/assessments/assessment/, in the frame of the desk."""
        return self.framed(request, f"assessment/{name}", title, status, **context)


def own_row(request: HttpRequest, assessment: Assessment, model: Any, key: Any) -> Any:
    """A row of this assessment, and of no other that is in reach as well."""
    found = reach(request, model, key)
    if found.assessment_id != assessment.pk:
        kind = model._meta.model_name
        refuse(request, f"{kind} {key} of assessment {assessment.pk}", Http404)
    return found


def address(name: str, *args: Any) -> str:
    return reverse(f"admin:assessments_assessment_{name}", args=args)


def back_to(assessment: Assessment, part: str = "") -> HttpResponse:
    """To the assessment's page, or to a part of it."""
    return redirect(address("change", assessment.pk) + (f"#{part}" if part else ""))


def listed(names: list[str]) -> str:
    """``a, b``; of many, the first few and how many more."""
    more = len(names) - FEW
    return ", ".join(names[:FEW]) + (f" and {more:,} more" if more > 0 else "")
