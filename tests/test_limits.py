"""Limits: so many at once, as many again after a while, and each caller for themselves."""

from __future__ import annotations

from typing import Any

import pytest

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


def test_where_there_is_no_limit_nothing_is_stored() -> None:
    assert not any(limits.seconds_to_wait("guesses", "one") for _ in range(100))
    assert not Bucket.objects.exists()


def test_who_asked_is_not_stored() -> None:
    limits.seconds_to_wait("api", "192.0.2.7")
    assert "192.0.2.7" not in str(list(Bucket.objects.values_list()))


# ---- In memory ----


@pytest.fixture
def memory() -> limits.InMemory:
    return limits.InMemory(remembered=2)


def test_in_memory_a_bucket_gives_as_much_as_in_the_database(
    clock: list[float], memory: limits.InMemory
) -> None:
    for pause in (60, 100_000):
        assert [memory.seconds_to_wait("api", "one") for _ in range(8)] == [0] * 6 + [10, 10]
        clock[0] += pause


def test_in_memory_a_part_of_the_time_gives_a_part_of_the_bucket(
    clock: list[float], memory: limits.InMemory
) -> None:
    for _ in range(6):
        memory.seconds_to_wait("api", "one")
    clock[0] += 10
    assert [memory.seconds_to_wait("api", "one") for _ in range(2)] == [0, 10]
    clock[0] += 9.5
    assert memory.seconds_to_wait("api", "one") == 1


def test_in_memory_callers_and_kinds_have_their_own_buckets(
    clock: list[float], memory: limits.InMemory
) -> None:
    assert [memory.seconds_to_wait("mails", who) for who in ("one", "two", "one")] == [0, 0, 3600]
    assert memory.seconds_to_wait("api", "one") == 0
    assert memory.seconds_to_wait("guesses", "one") == 0


def test_in_memory_those_who_asked_longest_ago_are_forgotten_first(
    clock: list[float], memory: limits.InMemory
) -> None:
    for who in ("one", "two"):
        assert memory.seconds_to_wait("mails", who) == 0
    assert memory.seconds_to_wait("api", "three") == 0  # "one" is forgotten
    assert memory.seconds_to_wait("mails", "two") == 3600
    assert memory.seconds_to_wait("mails", "one") == 0


def test_in_memory_who_asks_again_is_remembered_longer(
    clock: list[float], memory: limits.InMemory
) -> None:
    for who in ("one", "two", "one", "three"):
        assert memory.seconds_to_wait("api", who) == 0
    waits = [memory.seconds_to_wait("api", "one") for _ in range(5)]
    assert waits == [0, 0, 0, 0, 10]  # two were taken before


def test_so_many_are_remembered_unless_said_otherwise() -> None:
    assert limits.REMEMBERED == 10_000
    assert limits.InMemory()._remembered == limits.REMEMBERED
