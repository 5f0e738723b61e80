"""Queries that are put together once.

Django builds the SQL of a query anew each time it runs, and for a look-up by one column that
takes several times as long as the look-up.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import connections
from django.db.models import Field, QuerySet

PLACE = ""


class Prepared:
    """The SQL of a query with one parameter.

    ``build`` makes the query for a value of it, and is called once a kind of database.
    """

    def __init__(self, build: Callable[[Any], QuerySet[Any, Any]], place: object = PLACE) -> None:
        self._build, self._place = build, place
        self._compiled = cache(self._compile)

    def sql(self, using: str) -> str:
        """With ``%s`` in the place of the parameter, for the database of this alias."""
        return self._compiled(connections[using].vendor)

    def _compile(self, vendor: str) -> str:
        sql, parameters = self._build(self._place).query.sql_with_params()
        if parameters != (self._place,):
            raise ValueError(f"a prepared query has one parameter, and not {parameters}")
        return str(sql)


def converted(field: Field[Any, Any], value: Any, using: str) -> Any:
    """What stands in a column that a raw query gives by another name, as the field gives it."""
    connection = connections[using]
    column = field.get_col(field.model._meta.db_table)
    converters = connection.ops.get_db_converters(column) + column.get_db_converters(connection)
    for convert in converters:
        value = convert(value, column, connection)
    return value
