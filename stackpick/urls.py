"""Addresses of the whole site; the domain's own are in `assessments.urls`."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("assessments.urls")),
]

handler400 = "stackpick.errors.bad_request"
handler403 = "stackpick.errors.forbidden"
handler404 = "stackpick.errors.not_found"
handler500 = "stackpick.errors.server_error"
