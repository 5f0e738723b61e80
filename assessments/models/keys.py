"""Many keys in one parameter.

Django writes a parameter for each key, which takes longer than the query.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import connections
from django.db.models.expressions import RawSQL


def among(keys: Iterable[int], using: str) -> RawSQL:
    """What ``pk__in`` takes in place of a list, for the database of this alias."""
    if connections[using].vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(keys)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(keys))])
