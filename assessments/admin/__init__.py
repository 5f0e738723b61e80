"""The desk: every model in Django admin, to read; answers are changed in the wizard."""

from . import assessments, clients, invites, throttling

__all__ = ["assessments", "clients", "invites", "throttling"]
