"""Queries put together once say what Django's own would."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connection
from django.utils import timezone

from assessments.models import Assessment
from assessments.models.prepared import Prepared, sent

pytestmark = pytest.mark.django_db


def of_version(version: Any) -> Any:
    return Assessment.objects.filter(version=version).order_by("pk").values_list("pk")


def since(version: Any, moment: Any) -> Any:
    return of_version(version).filter(created_at__gte=moment)


def test_it_finds_what_the_query_finds() -> None:
    Assessment.objects.start()
    second, _ = Assessment.objects.start()
    Assessment.objects.filter(pk=second.pk).update(version=7)
    prepared = Prepared(of_version, place=0)
    for version in (0, 7, 8):
        with connection.cursor() as cursor:
            cursor.execute(prepared.sql(DEFAULT_DB_ALIAS), [version])
            assert cursor.fetchall() == list(of_version(version))


def test_it_is_put_together_once() -> None:
    built: list[Any] = []

    def build(version: Any) -> Any:
        built.append(version)
        return of_version(version)

    prepared = Prepared(build, place=0)
    assert prepared.sql(DEFAULT_DB_ALIAS) == prepared.sql(DEFAULT_DB_ALIAS)
    assert built == [0]


def test_a_moment_is_sent_as_the_database_takes_it() -> None:
    first, _ = Assessment.objects.start()
    prepared = Prepared(since, 0, timezone.now())
    for moment, found in ((first.created_at, [(first.pk,)]), (timezone.now(), [])):
        with connection.cursor() as cursor:
            parameters = [0, sent(moment, DEFAULT_DB_ALIAS)]
            cursor.execute(prepared.sql(DEFAULT_DB_ALIAS), parameters)
            assert cursor.fetchall() == found


def test_parameters_in_another_order_are_refused() -> None:
    prepared = Prepared(lambda first, second: since(second, first), 0, timezone.now())
    with pytest.raises((ValueError, TypeError)):
        prepared.sql(DEFAULT_DB_ALIAS)


def test_a_query_with_another_number_of_parameters_is_refused() -> None:
    prepared = Prepared(lambda pk: Assessment.objects.filter(pk=pk, version=1), place=0)
    with pytest.raises(ValueError, match="its parameters are"):
        prepared.sql(DEFAULT_DB_ALIAS)
