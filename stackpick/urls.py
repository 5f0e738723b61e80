"""Addresses of the whole site; the domain's own are in `assessments.urls`."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path
from django.views.decorators.http import require_safe

from stackpick.readiness import healthz, readyz
from stackpick.security_txt import security_txt


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For pages that name no icon, such as the admin's: browsers then ask at the root."""
    return redirect(static("img/favicon.ico"))


urlpatterns = [
    path("", include("assessments.urls")),
    path("favicon.ico", favicon),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("admin/", admin.site.urls),
    # Answered by `stackpick.readiness.probes`, whatever the host; here for whoever reads the list.
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]

handler400 = "stackpick.errors.bad_request"
handler403 = "stackpick.errors.forbidden"
handler404 = "stackpick.errors.not_found"
handler500 = "stackpick.errors.server_error"
