"""What the desk's own pages about assessments have in common."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from ..models import Assessment
from ..scope import reach

CHANGE = "assessments.change_assessment"
# How much of a list is told in a message; it travels in a cookie.
FEW = 5


class OwnPages:
    """Pages below the list of assessments, for the admin of assessments."""

    admin_site: Any
    opts: Any

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
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        request.current_app = self.admin_site.name
        template = f"admin/assessments/assessment/{name}.html"
        return TemplateResponse(request, template, {**frame, **context}, status=status)


def address(name: str, *args: Any) -> str:
    return reverse(f"admin:assessments_assessment_{name}", args=args)


def back_to(assessment: Assessment, part: str = "") -> HttpResponse:
    """To the assessment's page, or to a part of it."""
    return redirect(address("change", assessment.pk) + (f"#{part}" if part else ""))


def listed(names: list[str]) -> str:
    """``a, b``; of many, the first few and how many more."""
    more = len(names) - FEW
    return ", ".join(names[:FEW]) + (f" and {more:,} more" if more > 0 else "")
