"""``touched``: by step, the version in which it was last saved or confirmed.

Entries are put in by the database, beside those that it holds by then: of two that are written at
the same moment neither is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F, Func, JSONField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import JSONObject

from ..engine.lens import Lens

# No step of a lens: the version in which the project's texts were changed from elsewhere. The step
# that asks for them may not have been seen yet, and still has to be.
RENAMED = "(renamed)"


class _Joined(Func):
    """Two JSON objects in one; of a key in both, the second one's value."""

    function = "json_patch"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        context |= {"template": "(%(expressions)s)", "arg_joiner": " || "}
        return self.as_sql(compiler, connection, **context)


def also_touched(keys: Iterable[str], version: int | Combinable) -> Combinable:
    """The column with these entries in it, for an UPDATE."""
    number = version if isinstance(version, Combinable) else Value(version)
    return _Joined(F("touched"), JSONObject(**dict.fromkeys(keys, number)))


def last_touched(touched: Mapping[str, int], lens: Lens, step_id: str) -> int:
    """The version in which anything that the step asks for was last saved."""
    texts = touched.get(RENAMED, 0) if step_id == lens.steps[0].id else 0
    return max(touched.get(step_id, 0), texts)
