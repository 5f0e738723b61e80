"""Queries that are put together once.

Django builds the SQL of a query anew each time it runs, and for a look-up by one column that
takes several times as long as the look-up.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connections
from django.db.models import Field, QuerySet

PLACE = ""


class Prepared:
    """The SQL of a query with parameters, one if not said otherwise.

    ``build`` makes the query for values of them, in the order in which they stand in the SQL, and
    is called once a kind of database.
    """

    def __init__(
        self, build: Callable[..., QuerySet[Any, Any]], place: Any = PLACE, *more: Any
    ) -> None:
        self._build, self._places = build, (place, *more)
        self._compiled = cache(self._compile)

    def sql(self, using: str) -> str:
        """With ``%s`` in the places of the parameters, for the database of this alias."""
        return self._compiled(using, connections[using].vendor)

    def _compile(self, using: str, vendor: str) -> str:
        sql, parameters = self._build(*self._places).query.sql_with_params()
        expected = tuple(sent(place, using) for place in self._places)
        if parameters != expected:
            raise ValueError(f"its parameters are {parameters}, and not {expected}")
        return str(sql)


def sent(value: Any, using: str) -> Any:
    """A parameter as the database of this alias takes it."""
    if isinstance(value, datetime):
        return connections[using].ops.adapt_datetimefield_value(value)
    return value


def converted(field: Field[Any, Any], value: Any, using: str) -> Any:
    """What stands in a column that a raw query gives by another name, as the field gives it."""
    connection = connections[using]
    column = field.get_col(field.model._meta.db_table)
    converters = connection.ops.get_db_converters(column) + column.get_db_converters(connection)
    for convert in converters:
        value = convert(value, column, connection)
    return value
