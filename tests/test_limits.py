"""Limits: so many at once, as many again after a while, and each caller for themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from assessments import limits
from assessments.models import Bucket
from stackpick.environment import Rate

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def six_a_minute(settings: Any) -> None:
    settings.RATES = {"api": Rate(6, 60), "mails": Rate(1, 3600), "guesses": None}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time in seconds, to be moved."""
    now = [1_800_000_000.0]
    monkeypatch.setattr(limits.time, "time", lambda: now[0])
    return now


def test_a_full_bucket_gives_so_many_at_once(clock: list[float]) -> None:
    assert [limits.seconds_to_wait("api", "one") for _ in range(8)] == [0] * 6 + [10, 10]


def test_a_refusal_takes_nothing(clock: list[float]) -> None:
    for _ in range(20):
        limits.seconds_to_wait("api", "one")
    clock[0] += 10
    assert [limits.seconds_to_wait("api", "one") for _ in range(2)] == [0, 10]


def test_after_its_time_a_bucket_is_full_again_and_no_fuller(clock: list[float]) -> None:
    for pause in (60, 100_000):
        given = [limits.seconds_to_wait("api", "one") for _ in range(7)]
        assert given == [0] * 6 + [10]
        clock[0] += pause


def test_callers_and_kinds_have_their_own_buckets(clock: list[float]) -> None:
    assert [limits.seconds_to_wait("mails", who) for who in ("one", "two", "one")] == [0, 0, 3600]
    assert limits.seconds_to_wait("api", "one") == 0


def test_less_than_a_second_is_told_as_one(clock: list[float]) -> None:
    for _ in range(6):
        limits.seconds_to_wait("api", "one")
    clock[0] += 9.5
    assert limits.seconds_to_wait("api", "one") == 1


def test_where_the_bucket_is_gone_meanwhile_it_is_tried_again_soon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits.seconds_to_wait("mails", "one")
    monkeypatch.setattr(limits, "_LOOK", f"{limits._LOOK} AND key = ''")
    assert limits.seconds_to_wait("mails", "one") == 1


def test_a_refusal_is_counted_by_its_kind_and_nothing_else_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(limits.metrics, "refused", counted.append)
    for kind in ("mails", "mails", "api", "guesses"):
        limits.seconds_to_wait(kind, "one")
    assert counted == ["mails"]


def test_where_there_is_no_limit_nothing_is_stored() -> None:
    assert [limits.seconds_to_wait("guesses", "one") for _ in range(100)] == [0] * 100
    assert not Bucket.objects.exists()


def test_who_asked_is_not_stored() -> None:
    limits.seconds_to_wait("api", "192.0.2.7")
    assert "192.0.2.7" not in str(list(Bucket.objects.values_list()))


@pytest.fixture
def waits_for_the_disk(transactional_db: None) -> Iterator[None]:
    """As a database does by default; the cluster of the tests is one that does not."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET synchronous_commit = on")
        yield
        if connection.vendor == "postgresql":
            cursor.execute("RESET synchronous_commit")


def test_a_token_is_taken_without_waiting_for_the_disk_and_all_else_waits_as_before(
    waits_for_the_disk: None,
) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert limits.seconds_to_wait("api", "one") == 0
    said = [query["sql"] for query in asked]
    if connection.vendor == "sqlite":
        assert _synchronous() == "2"
        assert said[:2] == ["PRAGMA synchronous", "PRAGMA synchronous = NORMAL"]
        assert said[2].strip().startswith("INSERT")
        assert said[3:] == ["PRAGMA synchronous = FULL"]
    else:
        assert len(said) == 1
        assert "'synchronous_commit', 'off', true" in said[0]
        assert _synchronous() == "on"


@pytest.mark.only_on("sqlite", "PostgreSQL says it in the statement")
@pytest.mark.parametrize("level", ["OFF", "NORMAL", "FULL", "EXTRA"])
def test_sqlite_waits_afterwards_as_it_did_before(transactional_db: None, level: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA synchronous = {level}")
        with CaptureQueriesContext(connection) as asked:
            limits.seconds_to_wait("mails", "one")
            limits.seconds_to_wait("mails", "one")
        cursor.execute("PRAGMA synchronous = FULL")
    said = [query["sql"] for query in asked]
    back = f"PRAGMA synchronous = {level}"
    assert [line for line in said if line.startswith("PRAGMA synchronous = ")] == [
        *("PRAGMA synchronous = NORMAL", back) * 2
    ]
    assert [line for line in said if "SELECT full_at FROM assessments_bucket WHERE key = " in line]
    assert len([line for line in said if "WHERE true" in line]) == 2


def _synchronous() -> str:
    names = {"sqlite": "PRAGMA synchronous", "postgresql": "SHOW synchronous_commit"}
    with connection.cursor() as cursor:
        cursor.execute(names[connection.vendor])
        return str(cursor.fetchone()[0])


@pytest.mark.only_on("postgresql", "SQLite waits or not by connection")
def test_the_one_statement_is_what_does_not_wait(waits_for_the_disk: None) -> None:
    """Looked at from inside a transaction, where it would otherwise be over already."""
    take = limits._TAKE.format(without_waiting=limits._UNSYNCED)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(take, {"key": "x", "now": 1.0, "each": 1.0, "latest": 9.0})
        assert _synchronous() == "off"
    assert _synchronous() == "on"


def test_within_a_transaction_nothing_is_said_about_waiting() -> None:
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        assert limits.seconds_to_wait("mails", "one") == 0
    (take,) = [query["sql"] for query in asked if "INSERT" in query["sql"]]
    assert ("WHERE true" in take) == (connection.vendor == "sqlite")
    assert not [query for query in asked if "synchronous" in query["sql"].lower()]


def test_an_error_leaves_the_connection_as_it_was(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _synchronous()
    monkeypatch.setattr(limits, "_TAKE", "SELECT nothing FROM nowhere {without_waiting}")
    with pytest.raises(DatabaseError):
        limits.seconds_to_wait("api", "one")
    assert _synchronous() == before
