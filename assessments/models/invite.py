"""Invitations to an assessment that belongs to a client, alone or two people blind."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .assessment import Assessment
from .client import Client
from .history import kept_history


class Pair(models.Model):
    """Two invitations to the same question; neither person sees the other's answers before both
    are done. ``joint`` is what they settled on."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="pairs")
    project_name = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)
    joint = models.OneToOneField(
        Assessment, on_delete=models.SET_NULL, null=True, related_name="settles", editable=False
    )

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.project_name


class Invite(models.Model):
    """A capability URL that starts the wizard for a client.

    Until it is taken up there is no assessment. The assessment that it starts is edited with the
    same token, so that the address of the invitation always leads back to it.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="invites")
    pair = models.ForeignKey(
        Pair, on_delete=models.CASCADE, null=True, blank=True, related_name="invites"
    )
    assessment = models.OneToOneField(
        Assessment, on_delete=models.SET_NULL, null=True, related_name="invite", editable=False
    )
    recipient = models.CharField(
        max_length=80, help_text="Whom it is for, such as “Founder” or a name."
    )
    project_name = models.CharField(max_length=100, blank=True)
    note = models.CharField(max_length=1_000, blank=True, help_text="Shown above the Start button.")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    history = kept_history("token_hash")

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"Invitation of {self.recipient}"
