"""The desk: every model in Django admin, to read; answers are changed in the wizard."""

from django.contrib import admin

from . import assessments, clients

admin.site.site_header = "StackPick desk"
admin.site.site_title = "StackPick desk"
admin.site.index_title = "Clients and their assessments"
# The models are at the top of every page instead: templates/desk/admin/base_site.html.
admin.site.enable_nav_sidebar = False

__all__ = ["assessments", "clients"]
