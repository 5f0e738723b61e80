"""One of the five changes a founder expects, as a row."""

from __future__ import annotations

from django.db import models

from ..engine.answers import Change


class AnticipatedChange(models.Model):
    """One of the five changes a founder expects."""

    assessment = models.ForeignKey(
        "assessments.Assessment", on_delete=models.CASCADE, related_name="changes"
    )
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, blank=True)
    likelihood = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = "expected change"
        ordering = ("assessment", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("assessment", "position"), name="one_change_per_position"
            ),
        )

    def __str__(self) -> str:
        return self.text

    def as_change(self) -> Change:
        return Change(self.text, self.kind or None, self.likelihood or None)

    def as_dict(self) -> dict[str, str]:
        return self.as_change().as_dict()
