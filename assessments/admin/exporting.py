"""Exporting the assessments that are chosen in a list, in the formats of `assessments.exports`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone

from ..exports import FORMATS
from ..exports.item import Item
from ..items import item_of
from ..models import Assessment
from .scoped import ScopedAdmin

MOST = 5_000
AT_ONCE = 200
EXPORTS = ("export_csv", "export_jsonl", "export_zip")
Answer = StreamingHttpResponse | None


def items(chosen: QuerySet[Assessment]) -> Iterator[Item]:
    """In the order of the list, in one query, whatever the list itself reads or leaves out."""
    whole = chosen.defer(None).defer("unnamed").select_related(None).prefetch_related(None)
    rows = whole.select_related("project__client", "review")
    return (item_of(row, at_desk=True) for row in rows.iterator(chunk_size=AT_ONCE))


class Exports(ScopedAdmin):
    """Actions on a list of assessments. `ScopedAdmin.response_action` sees to the scope."""

    actions: Any = EXPORTS

    @admin.action(description="Export as CSV", permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet[Assessment]) -> Answer:
        return self._export(request, queryset, "csv")

    @admin.action(description="Export as JSON Lines", permissions=["view"])
    def export_jsonl(self, request: HttpRequest, queryset: QuerySet[Assessment]) -> Answer:
        return self._export(request, queryset, "jsonl")

    @admin.action(description="Export as decision records (zip)", permissions=["view"])
    def export_zip(self, request: HttpRequest, queryset: QuerySet[Assessment]) -> Answer:
        return self._export(request, queryset, "zip")

    def _export(self, request: HttpRequest, chosen: QuerySet[Assessment], name: str) -> Answer:
        count = chosen.count()
        if count > MOST:
            says = f"{count:,} are selected, and at most {MOST:,} are exported at once."
            self.message_user(request, f"Nothing was exported: {says}", messages.ERROR)
            return None
        kind = FORMATS[name]
        file = f"stackpick-{timezone.localdate():%Y-%m-%d}.{kind.extension}"
        return StreamingHttpResponse(
            kind.render(items(chosen)),
            content_type=kind.content_type,
            headers={"Content-Disposition": f'attachment; filename="{file}"'},
        )
