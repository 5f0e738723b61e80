"""The history page: who changed what, when and why, of a row and of what belongs to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from ..lens import current_lens
from ..naming import GONE, person_name
from ..scope import reach
from .history_words import Changed, changes
from .pages import DeskPages

VERBS = {"+": "made", "~": "changed", "-": "deleted"}
FOUNDER = "Founder"


@dataclass(frozen=True)
class Source:
    """Lines of history, and what they are called on the page."""

    name: str
    lines: QuerySet[Any]


@dataclass(frozen=True)
class Entry:
    """One line of the page."""

    when: datetime
    who: str
    what: str
    verb: str
    changes: tuple[Changed, ...]
    why: str


class HistoryPage(DeskPages):
    """Gives a model of the desk its history page. The model keeps history (models/history.py)."""

    model: type[Model]

    def histories(self, row: Any) -> Iterable[Source]:
        """The histories on the page of a row: its own, unless this says otherwise."""
        name = str(self.opts.verbose_name).capitalize()
        return [Source(name, self.model.history.filter(id=row.pk))]  # type: ignore[attr-defined]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = reach(request, self.model, unquote(object_id))
        if not self.has_view_or_change_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        context = {
            "object": row,
            "entries": entries(self.histories(row)),
            **(extra_context or {}),
        }
        return self.framed(request, "object_history", f"History of {row}", **context)


def entries(sources: Iterable[Source]) -> list[Entry]:
    """All lines, the newest first."""
    found = [entry for source in sources for entry in _entries(source)]
    return sorted(found, key=lambda entry: entry.when, reverse=True)


def _entries(source: Source) -> list[Entry]:
    """The lines of a source, the newest first; one query, however many there are."""
    lens, found = current_lens(), []
    before: dict[Any, Any] = {}
    for line in source.lines.select_related("history_user").order_by("history_date", "history_id"):
        found.append(
            Entry(
                when=line.history_date,
                who=_who(line),
                what=_what(source, line),
                verb=VERBS[line.history_type],
                changes=tuple(changes(lens, before.get(line.id), line)),
                why=line.history_change_reason or "",
            )
        )
        before[line.id] = line
    return found[::-1]


def _who(line: Any) -> str:
    """Founders have no account, and give no reasons."""
    if line.history_user:
        return person_name(line.history_user)
    return GONE if line.history_change_reason else FOUNDER


def _what(source: Source, line: Any) -> str:
    label = getattr(line, "label", "") or getattr(line, "recipient", "")
    return f"{source.name} “{label}”" if label else source.name
