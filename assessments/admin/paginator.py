"""Pages of long lists: counted and cut by their keys alone, whatever the rows weigh."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import connections
from django.db.models import Q, QuerySet

from ..models.keys import among

# Counted up to here; above, a list says so, and a whole table says what it is estimated at.
CAP = 10_000
# SQLite finds one end of a table at once, but goes through all of it for both in one SELECT.
ESTIMATE = {
    "postgresql": "SELECT reltuples::bigint FROM pg_class WHERE oid = '{0}'::regclass",
    "sqlite": "SELECT (SELECT max(id) FROM {0}) - (SELECT min(id) FROM {0}) + 1",
}


class Total(int):
    """A number of rows that says how exact it is, wherever it is written out."""

    words: str

    def __new__(cls, number: int, words: str = "") -> Total:
        made = super().__new__(cls, number)
        made.words = words
        return made

    def __str__(self) -> str:
        return f"{self.words} {int(self):,}".strip()


class DeskPaginator(Paginator):
    """Cuts a queryset into pages of keys.

    A table as a whole is estimated where it is large, and its later half is read from the end, so
    that its last page is the last even where the estimate is not exact. What is filtered or in
    scope is read at once up to the cap, newest first or in whatever order is asked for: what
    makes up the count, the pages and the map is then found once and not three times.
    """

    def __init__(self, object_list: QuerySet[Any], per_page: int, *args: Any) -> None:
        super().__init__(object_list, per_page, *args)
        self._rows = object_list
        self.is_whole = not object_list.query.where and not object_list.query.distinct
        self._from_index: list[int] | None = None

    def take(self, keys: list[int]) -> None:
        """Keys in the right order that were found elsewhere: more than the cap, or all."""
        self._from_index = keys

    @cached_property
    def _keys(self) -> list[int]:
        """Of what is not a whole table."""
        return self.first(CAP + 1) if self._from_index is None else self._from_index

    def first(self, most: int) -> list[int]:
        """The first so many keys of the list."""
        if not self.is_whole and "_keys" in self.__dict__:
            return self._keys[:most]
        return list(self._rows.values_list("pk", flat=True)[:most])

    def part(self, most: int) -> tuple[Q, int]:
        """The first so many rows of the list as a condition on their keys, and their number."""
        if not self.is_whole or self._rows.query.order_by != ("-pk",):
            keys = self.first(most)
            return Q(pk__in=among(keys, self._rows.db)), len(keys)
        if self.count <= most:
            return Q(), int(self.count)
        last = self._rows.values_list("pk", flat=True)[most - 1]
        return Q(pk__gte=last), most

    @cached_property
    def count(self) -> Total:
        if self.is_whole:
            return self._count_table()
        return Total(CAP, "more than") if len(self._keys) > CAP else Total(len(self._keys))

    def _count_table(self) -> Total:
        some = self._rows.order_by()[: CAP + 1].count()
        return Total(some) if some <= CAP else Total(max(self._estimate(), some), "about")

    def _estimate(self) -> int:
        """How many rows the whole table has, as far as that can be had without counting."""
        connection = connections[self._rows.db]
        with connection.cursor() as cursor:
            # nosemgrep: sql-from-text -- the table's own name
            cursor.execute(ESTIMATE[connection.vendor].format(self._rows.model._meta.db_table))
            return int(cursor.fetchone()[0])

    def page(self, number: int | str) -> Page[Any]:
        number = self.validate_number(number)
        return Page(self.keys(number), number, self)

    def keys(self, number: int) -> list[int]:
        """The keys of one page."""
        start = (number - 1) * self.per_page
        end = min(start + self.per_page, self.count)
        if not self.is_whole:
            return self._keys[start:end]
        if 2 * start < self.count:
            return list(self._rows.values_list("pk", flat=True)[start:end])
        backwards = self._rows.reverse().values_list("pk", flat=True)
        return list(backwards[self.count - end : self.count - start])[::-1]
