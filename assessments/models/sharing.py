"""Share links: read-only capability URLs to a finished result."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from ..tokens import new_token, token_hash
from .assessment import Assessment
from .history import because, kept_history
from .made_once import made_once
from .prepared import Prepared


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def live(self) -> ShareLinkQuerySet:
        """The links that still open something."""
        return self.filter(revoked_at=None, assessment__report__isnull=False)

    def of(self, assessment: Assessment) -> list[ShareLink]:
        """All links of an assessment, the newest first."""
        return list(self.raw(OF_ASSESSMENT.sql(self.db), [assessment.pk], using=self.db))

    def issue(
        self, assessment: Assessment, label: str, reason: str | None = None, token: str = ""
    ) -> tuple[ShareLink, str]:
        """A new link and its token, which cannot be read back later; ``reason`` for its history.

        Asked for again with the same ``token``, the link that it opens, unless that was revoked.
        """
        token = token or new_token()
        link = self.model(assessment=assessment, label=label, token_hash=token_hash(token))
        link, _ = made_once(because(link, reason), "token_hash")
        return (link, token) if link.revoked_at is None else self.issue(assessment, label, reason)


class Shows(models.TextChoices):
    """How much of a result a link shows."""

    WHOLE = "whole", "The whole report"
    UNNAMED = "unnamed", "Without names and free text"


class ShareLink(models.Model):
    """One address that shows the result; each can be revoked by itself.

    ``views`` and ``last_viewed_at`` say how often and when, and nothing of who it was.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="share_links")
    label = models.CharField(max_length=80, blank=True, help_text="For whom or what it was made.")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    shows = models.CharField(max_length=10, choices=Shows.choices, default=Shows.WHOLE)
    views = models.PositiveIntegerField(default=0, editable=False)
    last_viewed_at = models.DateTimeField(null=True, editable=False)

    objects = ShareLinkQuerySet.as_manager()
    history = kept_history("token_hash", "views", "last_viewed_at")

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.label or f"Link of {self.created_at:%d %B %Y}"

    def revoke(self) -> None:
        """Closes the link for good; the first time counts."""
        if self.revoked_at is None:
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])


OF_ASSESSMENT = Prepared(lambda pk: ShareLink.objects.filter(assessment_id=pk), place=0)
