"""A consultant's client, and the project that a backend is chosen for."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from ..engine.answers import PROJECT_LIMITS


class Client(models.Model):
    """Somebody a consultant works for. A founder who came alone has none."""

    name = models.CharField(max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="clients",
        help_text="The consultant whose client this is.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


class Project(models.Model):
    """What the backend is for. Its name and summary are part of the answers file."""

    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, null=True, blank=True, related_name="projects"
    )
    name = models.CharField(max_length=PROJECT_LIMITS["name"], blank=True)
    summary = models.CharField(max_length=PROJECT_LIMITS["summary"], blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "pk")

    def __str__(self) -> str:
        return self.name or "(no name yet)"
