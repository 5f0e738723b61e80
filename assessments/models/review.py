"""What a consultant adds to an assessment: a review, notes, and milestones to come back to."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from .assessment import Assessment
from .history import kept_history


class Review(models.Model):
    """A consultant's judgement of a finished assessment.

    The fields are the working copy. Readers see ``published`` alone, the copy made when it was
    published last: ``{"text", "overrules", "reason", "by", "about"}``, the last the ISO time at
    which the report that it is about was pinned.
    """

    assessment = models.OneToOneField(Assessment, on_delete=models.CASCADE, related_name="review")
    text = models.TextField(max_length=20_000, blank=True)
    overrules = models.CharField(max_length=20, blank=True)
    reason = models.TextField(max_length=2_000, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    updated_at = models.DateTimeField(auto_now=True)
    published = models.JSONField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)

    history = kept_history()

    def __str__(self) -> str:
        return f"Review of {self.assessment}"


class Note(models.Model):
    """An internal note; nothing that leaves the desk ever shows it."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField(max_length=5_000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.text[:60]


class Milestone(models.Model):
    """An assessment as it stood, frozen under a name: the answers file and the report on it."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="milestones")
    name = models.CharField(max_length=80)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    answers_file = models.JSONField(editable=False)
    report: Any = models.JSONField(editable=False)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("assessment", "name"), name="one_milestone_a_name"),
        )

    def __str__(self) -> str:
        return self.name
