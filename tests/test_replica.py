"""Which reads go to a replica, and when it is asked at all. A real one is in `tests/faults`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from assessments.models import Client
from stackpick import replica
from stackpick.databases import database_from_url, replica_from_url
from stackpick.replica import AWAY_SECONDS, MOST_LAG_SECONDS, REPLICA, WROTE, Freshness, Router


@dataclass
class Pair:
    """A primary and a replica, and a clock, moved by hand."""

    written: int = 0
    replayed: int = 0
    now: float = 0
    is_away: bool = False
    asked: int = 0
    freshness: Freshness = field(init=False)

    def __post_init__(self) -> None:
        self.freshness = Freshness(lambda: str(self.written), self.has, lambda: self.now)

    def has(self, position: str) -> bool:
        self.asked += 1
        if self.is_away:
            raise OperationalError
        return self.replayed >= int(position)

    def after(self, seconds: float) -> bool:
        self.now += seconds
        return self.freshness.is_enough()


def test_a_replica_that_has_everything_is_asked_and_looked_at_once_a_second() -> None:
    pair = Pair()
    assert all(pair.after(0.1) for _ in range(50))
    assert pair.asked <= 6


def test_one_that_follows_by_a_moment_is_asked() -> None:
    pair = Pair(written=10)
    assert not pair.after(0)
    for _ in range(20):
        pair.replayed, pair.written = pair.written, pair.written + 10
        assert pair.after(1)


def test_one_that_falls_behind_is_asked_no_longer_than_it_may_lag_until_it_is_back() -> None:
    pair = Pair()
    assert pair.after(0)
    pair.written = 10
    assert pair.after(MOST_LAG_SECONDS)
    assert not pair.after(0.1)
    assert not any(pair.after(1) for _ in range(100))
    pair.replayed = 10
    assert pair.after(1)


def test_what_it_has_is_as_old_as_the_question_and_not_as_the_answer() -> None:
    pair = Pair(written=10)
    assert not pair.after(0)  # asked now, and 20 s later it has come so far: 20 s behind
    pair.replayed, pair.written = 10, 20
    assert not pair.after(20)


def test_one_that_is_away_is_left_alone_for_a_while() -> None:
    pair = Pair()
    assert pair.after(0)
    pair.is_away = True
    assert not pair.after(1)
    asked, pair.is_away = pair.asked, False
    assert not pair.after(AWAY_SECONDS - 0.1)
    assert pair.asked == asked
    assert pair.after(0.2)


def test_one_that_was_lost_while_it_was_read_is_left_alone_too() -> None:
    pair = Pair()
    assert pair.after(0)
    pair.freshness.lose(OperationalError())
    assert not pair.after(1)
    assert pair.after(AWAY_SECONDS)


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> Pair:
    """A replica that is there, as far as this process can tell."""
    pair = Pair()
    monkeypatch.setattr(replica, "freshness", pair.freshness)
    monkeypatch.setattr(replica, "settings", SimpleNamespace(DATABASES={REPLICA: {}}))
    monkeypatch.setattr(replica, "connections", {REPLICA: Closing()})
    return pair


class Closing:
    def close(self) -> None:
        """There is nothing to close."""


def test_only_our_own_rows_are_read_from_it_and_only_where_that_is_asked_for(
    followed: Pair,
) -> None:
    router = Router()

    def databases() -> list[str]:
        return [router.db_for_read(Client), router.db_for_read(User), router.db_for_write(Client)]

    assert databases() == ["default"] * 3
    assert replica.first(databases) == [REPLICA, "default", "default"]
    assert databases() == ["default"] * 3
    assert [router.allow_migrate(name, "assessments") for name in ("default", REPLICA)] == [
        True,
        False,
    ]


def test_where_it_fails_the_primary_is_asked_and_it_is_not_asked_again(followed: Pair) -> None:
    def fail() -> str:
        raise OperationalError

    assert replica.first(fail) is None
    assert replica.first(lambda: "anything") is None
    followed.now += AWAY_SECONDS + 1
    assert replica.first(lambda: "anything") == "anything"


def test_a_mistake_of_ours_is_not_taken_for_one_of_the_replica(followed: Pair) -> None:
    with pytest.raises(ZeroDivisionError):
        replica.first(lambda: 1 // 0)
    assert Router().db_for_read(Client) == "default"


def test_without_one_nothing_is_asked() -> None:
    assert replica.first(lambda: "anything") is None


@pytest.mark.parametrize(
    ("method", "cookies", "database"),
    [
        ("GET", {}, REPLICA),
        ("HEAD", {}, REPLICA),
        ("POST", {}, "default"),
        ("GET", {WROTE: "1"}, "default"),
    ],
)
def test_lists_come_from_it_unless_something_is_sent_or_was_just_now(
    followed: Pair, method: str, cookies: dict[str, str], database: str
) -> None:
    request = RequestFactory().generic(method, "/admin/")
    request.COOKIES = cookies
    answer = replica.listed(request, lambda: HttpResponse(Router().db_for_read(Client)))
    assert answer.content == database.encode()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [("POST", "/admin/x/", True), ("GET", "/admin/x/", False), ("POST", "/start/", False)],
)
def test_a_browser_remembers_for_a_while_that_it_sent_something_at_the_desk(
    method: str, path: str, told: bool
) -> None:
    answer = replica.remember_writes(lambda request: HttpResponse())(
        RequestFactory().generic(method, path)
    )
    assert (WROTE in answer.cookies) == told
    if told:
        assert answer.cookies[WROTE]["max-age"] > MOST_LAG_SECONDS
        assert answer.cookies[WROTE]["httponly"]


def test_nobody_waits_long_for_it() -> None:
    config = replica_from_url("postgresql://ann:x@db/stackpick?sslmode=require")
    assert config["OPTIONS"]["connect_timeout"] == 2
    assert config["OPTIONS"]["sslmode"] == "require"
    for url in ("sqlite:///x", "postgresql://db"):
        with pytest.raises(ValueError, match=r"begin with|no database"):
            replica_from_url(url)


def test_a_pool_keeps_its_connections_itself_and_no_cursor_outlives_a_transaction() -> None:
    plain = database_from_url("postgresql://ann@db/stackpick", Path("/"))
    pooled = database_from_url("postgresql://ann@db/stackpick?pool=true", Path("/"))
    assert (plain["CONN_MAX_AGE"], pooled["CONN_MAX_AGE"]) == (60, 0)
    assert pooled["OPTIONS"]["pool"] is True
    assert plain["DISABLE_SERVER_SIDE_CURSORS"]
    assert pooled["DISABLE_SERVER_SIDE_CURSORS"]
