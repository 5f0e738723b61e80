"""What became of the kinds that were suggested for changes: counts, and nothing to look back by."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connections, models, transaction
from django.db.models import Q

from .client import Client

# Which kind was suggested, and which one was chosen; "" where the founder left it open.
Outcome = tuple[str, str]

_ADD = """
INSERT INTO assessments_suggestioncount (client_id, suggested, chosen, times)
VALUES (%s, %s, %s, %s)
ON CONFLICT (client_id, suggested, chosen)
DO UPDATE SET times = assessments_suggestioncount.times + excluded.times
"""
# No two NULLs are the same to an index over the client, so those who came alone have their own.
_ADD_WITHOUT_CLIENT = """
INSERT INTO assessments_suggestioncount (client_id, suggested, chosen, times)
VALUES (%s, %s, %s, %s)
ON CONFLICT (suggested, chosen) WHERE client_id IS NULL
DO UPDATE SET times = assessments_suggestioncount.times + excluded.times
"""


class SuggestionCountQuerySet(models.QuerySet["SuggestionCount"]):
    def add(self, client_id: int | None, outcomes: Mapping[Outcome, int]) -> None:
        """Adds to the counts of a client, or of the founders who came alone: all or nothing.

        Each row is added to where it lies, and all who add take them in one order: of two at the
        same moment no count is lost, and neither waits for what the other one holds.
        """
        rows = [(client_id, *outcome, times) for outcome, times in sorted(outcomes.items())]
        sql = _ADD_WITHOUT_CLIENT if client_id is None else _ADD
        with transaction.atomic(self.db), connections[self.db].cursor() as cursor:
            cursor.executemany(sql, rows)


class SuggestionCount(models.Model):
    """How often a client's founders were suggested one kind, and chose that or another.

    Without a client it is about founders who came alone. There is no text in it, no assessment, no
    founder and no time. So an assessment that is deleted takes nothing out of the counts: they hold
    nothing of it, and nobody could tell which part was its own. They go with their client.
    """

    # Without an index of its own: the one of the constraint begins with it.
    client = models.ForeignKey(
        Client,
        on_delete=models.CASCADE,
        null=True,
        db_index=False,
        related_name="suggestion_counts",
    )
    suggested = models.CharField(max_length=40)
    chosen = models.CharField(max_length=40, blank=True)
    times = models.PositiveBigIntegerField()

    objects = SuggestionCountQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("client", "suggested", "chosen"), name="one_count_a_client_and_outcome"
            ),
            models.UniqueConstraint(
                fields=("suggested", "chosen"),
                condition=Q(client=None),
                name="one_count_an_outcome_without_client",
            ),
        )

    def __str__(self) -> str:
        return f"{self.suggested} → {self.chosen or 'left open'}: {self.times}"
