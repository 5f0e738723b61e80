"""Share links: read-only capability URLs to a finished result."""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction
from django.utils import timezone

from ..tokens import new_token, token_hash
from .assessment import Assessment
from .history import because, kept_history
from .made_once import made_once
from .prepared import Prepared


class Shows(models.TextChoices):
    """How much of a result a link shows."""

    WHOLE = "whole", "The whole report"
    UNNAMED = "unnamed", "Without names and free text"


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def live(self, now: datetime) -> ShareLinkQuerySet:
        """The links that open something at this moment."""
        lasting = models.Q(expires_at=None) | models.Q(expires_at__gt=now)
        return self.filter(lasting, revoked_at=None, assessment__report__isnull=False)

    def of(self, assessment: Assessment) -> list[ShareLink]:
        """All links of an assessment, the newest first."""
        return list(self.raw(OF_ASSESSMENT.sql(self.db), [assessment.pk], using=self.db))

    def issue(  # nosec B107  # an empty token means a new one
        self,
        assessment: Assessment,
        label: str,
        reason: str | None = None,
        expires_at: datetime | None = None,
        shows: str = Shows.WHOLE,
        token: str = "",
    ) -> tuple[ShareLink, str]:
        """A new link and its token, which cannot be read back later; ``reason`` for its history.

        Asked for again with the same ``token``, the link that it opens, unless that was revoked.
        """
        token = token or new_token()
        wanted = self.model(
            assessment=assessment,
            label=label,
            token_hash=token_hash(token),
            expires_at=expires_at,
            shows=shows,
        )
        link, _ = made_once(because(wanted, reason), "token_hash")
        if link.revoked_at is None:
            return link, token
        return self.issue(assessment, label, reason, expires_at, shows)


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

    @property
    def is_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_open(self) -> bool:
        """Whether it still shows the result, if that is finished."""
        return self.revoked_at is None and not self.is_expired

    @transaction.atomic
    def replace(self, reason: str | None = None) -> str | None:
        """The token of a new link in place of this one, which closes: same label, end and kind.

        None where it was closed already, so that whoever asks twice does not get two.
        """
        current = ShareLink.objects.select_for_update().get(pk=self.pk)
        if not current.is_open:
            return None
        because(current, reason).revoke()
        _, token = ShareLink.objects.issue(
            current.assessment, current.label, reason, current.expires_at, current.shows
        )
        return token

    def revoke(self) -> None:
        """Closes the link for good; the first time counts."""
        if self.revoked_at is None:
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])


OF_ASSESSMENT = Prepared(lambda pk: ShareLink.objects.filter(assessment_id=pk), place=0)
