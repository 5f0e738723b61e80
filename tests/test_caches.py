"""What processes share, and that nobody notices when it is away, hangs or holds nonsense."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments import guessing, shared_examples
from assessments.exports.documents import DOCUMENTS
from assessments.guessing import RefusedElsewhere
from assessments.shared_examples import file_of_example
from assessments.shared_pages import Page, shared_files
from stackpick.caches import AGAIN_AFTER, LOCAL, Shared, cache_from_url
from tests.conftest import missing
from tests.redis_server import Redis, RedisMissing, throwaway_redis
from tests.servers import running_server

PATIENCE = 1.5  # seconds, where 0.2 are allowed, on a busy machine


@pytest.fixture
def redis() -> Iterator[Redis]:
    try:
        with throwaway_redis() as server:
            yield server
    except RedisMissing as problem:
        missing(str(problem))


@pytest.fixture
def on_redis(redis: Redis, settings: Any) -> Redis:
    settings.CACHES = {"default": cache_from_url(redis.url)}
    return redis


@pytest.fixture
def on_database(transactional_db: None, settings: Any) -> Iterator[None]:
    settings.CACHES = {"default": cache_from_url("db://")}
    call_command("createcachetable", verbosity=0)
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE stackpick_cache")


@pytest.fixture(params=["on_redis", "on_database"])
def anywhere(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(request.param)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


# ---- Bytes by name ----


def test_what_one_process_keeps_another_has(anywhere: None) -> None:
    Shared().put("greeting", b"hello\x00\xff", 60)
    assert Shared().get("greeting") == b"hello\x00\xff"
    assert Shared().get("another") is None


def test_what_somebody_else_has_put_there_is_not_believed(anywhere: None) -> None:
    Shared().put("greeting", b"hello", 60)
    stolen = caches["default"].get("greeting")
    for name, value in (("greeting", b"x" * 40), ("greeting", b""), ("another", stolen)):
        caches["default"].set(name, value, 60)
        assert Shared().get(name) is None


def test_another_secret_key_is_somebody_else(on_redis: Redis, settings: Any) -> None:
    Shared().put("greeting", b"hello", 60)
    settings.SECRET_KEY = "another-" + "y" * 40
    assert Shared().get("greeting") is None


def test_nothing_from_redis_is_unpickled(on_redis: Redis) -> None:
    caches["default"].set("name", b"cos\nsystem\n(S'true'\ntR.", 60)
    assert caches["default"].get("name") == b"cos\nsystem\n(S'true'\ntR."


def test_without_a_shared_cache_none_is_asked(settings: Any) -> None:
    settings.CACHES = {"default": LOCAL}
    Shared().put("greeting", b"hello", 60)
    assert Shared().get("greeting") is None
    assert caches["default"].get("greeting") is None


def test_redis_away_is_an_empty_cache_that_is_left_alone_for_a_while(
    on_redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    shared = Shared(clock)
    shared.put("greeting", b"hello", 60)
    on_redis.end()
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            assert shared.get("greeting") is None
            shared.put("greeting", b"hello", 60)
    assert caplog.text.count("The shared cache cannot be used: ConnectionError") == 1
    on_redis.start()
    assert shared.get("greeting") is None
    clock.now += AGAIN_AFTER
    shared.put("greeting", b"hello again", 60)
    assert shared.get("greeting") == b"hello again"


def test_redis_that_hangs_is_left_in_time_and_then_costs_nothing(on_redis: Redis) -> None:
    shared = Shared()
    shared.put("greeting", b"hello", 60)
    on_redis.hang()
    began = time.monotonic()
    assert shared.get("greeting") is None
    assert 0.15 < time.monotonic() - began < PATIENCE
    began = time.monotonic()
    assert [shared.get("greeting") for _ in range(100)] == [None] * 100
    assert time.monotonic() - began < PATIENCE / 2
    on_redis.go_on()
    assert Shared().get("greeting") == b"hello"


@pytest.mark.django_db(transaction=True)
def test_a_table_that_is_missing_is_an_empty_cache(
    settings: Any, caplog: pytest.LogCaptureFixture, client: Client
) -> None:
    settings.CACHES = {"default": cache_from_url("db://nowhere")}
    assert Shared().get("greeting") is None
    assert "cannot be used" in caplog.text
    assert client.get("/healthz").status_code == 200


# ---- Files of the worked examples ----


def test_a_file_of_an_example_is_set_once_for_all_processes(anywhere: None) -> None:
    key, made = ("example", 1, "pdf"), []

    def rendered() -> Page:
        made.append(1)
        return Page.of(b"%PDF\n\x00\n", {"Content-Type": "application/pdf"})

    first, second = (file_of_example(key, rendered) for _ in range(2))
    assert first == second
    assert second.headers == {"Content-Type": "application/pdf"}
    assert len(made) == 1
    assert file_of_example((*key, "later"), rendered) == first
    assert len(made) == 2


def test_another_release_sets_its_own(on_redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    assert file_of_example("key", lambda: Page.of(b"old")).content == b"old"
    monkeypatch.setattr(shared_examples, "release", lambda: "the next one")
    assert file_of_example("key", lambda: Page.of(b"new")).content == b"new"


def test_a_release_is_told_by_its_code() -> None:
    assert shared_examples.release() == shared_examples.release.__wrapped__()
    assert len(shared_examples.release()) == 64


@pytest.mark.django_db
def test_an_example_comes_out_of_the_cache_as_it_was_made(
    on_redis: Redis, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("load_examples", verbosity=0)
    shared_files.clear()
    made = client.get("/examples/ledgerly.md")
    shared_files.clear()
    monkeypatch.setitem(DOCUMENTS, "md", None)  # nothing can be made any more
    monkeypatch.setattr("assessments.views.documents._known", lambda extension: None)
    kept = client.get("/examples/ledgerly.md")
    assert kept.content == made.content
    assert (kept.status_code, kept["ETag"]) == (200, made["ETag"])
    assert kept["Content-Disposition"] == made["Content-Disposition"]
    shared_files.clear()


# ---- Who is refused ----


def test_who_one_process_refuses_all_do(anywhere: None) -> None:
    one, other = RefusedElsewhere(Shared()), RefusedElsewhere(Shared())
    one.add("192.0.2.7", 40)
    assert 38 <= other.seconds("192.0.2.7") <= 40
    assert other.seconds("192.0.2.8") == 0
    assert other


def test_where_nobody_is_refused_that_is_asked_once_in_a_while(
    on_database: None, django_assert_num_queries: Any
) -> None:
    clock = Clock()
    elsewhere = RefusedElsewhere(Shared(), clock)
    with CaptureQueriesContext(connection) as asked:
        assert [bool(elsewhere) for _ in range(50)] == [False] * 50
    assert len(asked) == 1
    clock.now += 3
    with django_assert_num_queries(1):
        assert not elsewhere


def test_no_address_is_kept_in_the_cache(on_redis: Redis) -> None:
    import redis as client

    RefusedElsewhere(Shared()).add("192.0.2.7", 40)
    names = client.Redis(port=on_redis.port).keys("*")
    assert len(names) == 2
    assert not any(b"192.0.2.7" in name for name in names)


def test_without_a_cache_nobody_is_refused_elsewhere(settings: Any) -> None:
    settings.CACHES = {"default": LOCAL}
    elsewhere = RefusedElsewhere(Shared())
    elsewhere.add("192.0.2.7", 40)
    assert elsewhere.seconds("192.0.2.7") == 0


@pytest.mark.django_db
def test_a_secret_page_is_refused_to_whoever_is_refused_elsewhere(
    on_redis: Redis, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guessing, "refused_elsewhere", RefusedElsewhere(Shared()))
    RefusedElsewhere(Shared()).add("127.0.0.1", 40)
    assert client.get(f"/r/{'Zx9-' * 10}abc/").status_code == 429


# ---- A real server ----


@pytest.mark.server
def test_visitors_notice_nothing_of_redis_being_killed_and_hanging(
    redis: Redis, tmp_path: Path
) -> None:
    wanted = {"CACHE_URL": redis.url, "RATE_GUESSES": "2/h", "SUGGEST": "0"}
    addresses = ("/", "/examples/ledgerly/", "/examples/ledgerly.pdf", "/r/nothing-of-the-kind/")
    with running_server(f"sqlite:///{tmp_path / 'site.sqlite3'}", env=wanted) as site:

        def visit() -> list[int]:
            return [httpx.get(site + address, timeout=30).status_code for address in addresses]

        before = visit()
        redis.hang()
        assert visit() == before
        redis.end()
        assert visit()[:3] == before[:3] == [200, 200, 200]
        assert all(status in (404, 429) for status in visit()[3:])
