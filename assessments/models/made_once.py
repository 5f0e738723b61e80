"""Rows with a unique key that is known before they are made, made once however often asked for."""

from __future__ import annotations

from typing import TypeVar

from django.db import IntegrityError, models, transaction

Row = TypeVar("Row", bound=models.Model)


def made_once(row: Row, key: str) -> tuple[Row, bool]:
    """Saves a new row; where one with its ``key`` is there already, or comes first, gives that.

    Returns:
        the row, and whether it was made just now.
    """
    rows = type(row)._default_manager.filter(**{key: getattr(row, key)})
    if found := rows.first():
        return found, False
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        found = rows.first()
        if found is None:  # it was about something else
            raise
        return found, False
    return row, True
