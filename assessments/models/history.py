"""Who changed what, when and why: rows beside the row, kept by django-simple-history."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
from simple_history.models import HistoricalRecords

Row = TypeVar("Row", bound=models.Model)


def kept_history(*left_out: str) -> HistoricalRecords:
    """The history of a model, without some of its fields.

    It goes with its row: what is deleted is to be gone for good.
    """
    return HistoricalRecords(
        excluded_fields=list(left_out),
        cascade_delete_history=True,
        history_change_reason_field=models.TextField(null=True),
    )


def because(row: Row, reason: str | None, by: Any = None) -> Row:
    """The row, whose next save is kept in its history with this reason.

    ``by`` is who it was, where that is not told by the request.
    """
    kept: Any = row
    kept._change_reason = reason
    if by is not None:
        kept._history_user = by
    return row
