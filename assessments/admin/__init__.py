"""The desk: every model in Django admin, to read; answers are changed in the wizard."""

from django.contrib import admin

from . import assessments, clients, projects

admin.site.site_header = "StackPick desk"
admin.site.site_title = "StackPick desk"
admin.site.index_title = "Clients and their assessments"

__all__ = ["assessments", "clients", "projects"]
