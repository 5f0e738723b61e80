"""What a platform is told that asks whether a process lives, and whether it can serve."""

from __future__ import annotations

import time
from threading import Event
from typing import Any

import pytest
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from stackpick import readiness
from stackpick.readiness import Database, Readiness

SECRET = "correct-horse-battery"


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a process that was started just now."""
    monkeypatch.setattr(readiness, "readiness", Readiness(Database()))


@pytest.fixture
def database_down(monkeypatch: pytest.MonkeyPatch, anew: None) -> None:
    def fail(*_: Any) -> None:
        from django.db import OperationalError

        raise OperationalError(f"connection to 10.1.2.3 as stackpick:{SECRET} failed")

    monkeypatch.setattr(connections["default"].__class__, "cursor", fail)


@pytest.mark.django_db(transaction=True)
def test_a_migrated_database_is_ready(client: Client, anew: None) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ready")
    assert response["Content-Type"] == "text/plain"


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
@pytest.mark.django_db(transaction=True)
def test_neither_answer_may_be_kept_and_the_headers_are_those_of_every_page(
    client: Client, anew: None, address: str
) -> None:
    response = client.get(address)
    assert response["Cache-Control"] == "no-store"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
@pytest.mark.parametrize("host", ["10.0.0.7:8000", "evil.example.org", "", "no host/at all"])
@pytest.mark.django_db(transaction=True)
def test_a_load_balancer_may_ask_by_any_host(
    client: Client, anew: None, address: str, host: str
) -> None:
    assert client.get(address, headers={"Host": host}).status_code == 200
    assert client.get("/model/", headers={"Host": host}).status_code == 400


@pytest.mark.django_db(transaction=True)
@override_settings(SECURE_SSL_REDIRECT=True)
def test_a_platform_may_ask_without_tls(client: Client, anew: None) -> None:
    assert client.get("/readyz").status_code == 200
    assert client.get("/model/").status_code == 301


@pytest.mark.django_db(transaction=True)
def test_a_database_behind_the_code_is_not_ready_until_it_is_migrated(
    client: Client, anew: None
) -> None:
    recorder = MigrationRecorder(connection)
    newest = max(name for app, name in readiness._newest_migrations() if app == "assessments")
    recorder.record_unapplied("assessments", newest)
    try:
        response = client.get("/readyz")
        assert response.status_code == 503
        assert response.content.decode() == f"migrations are not applied: assessments.{newest}"
    finally:
        recorder.record_applied("assessments", newest)
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_database_ahead_of_the_code_is_ready(client: Client, anew: None) -> None:
    """The old code serves on while a release is under way."""
    recorder = MigrationRecorder(connection)
    recorder.record_applied("assessments", "9999_of_the_next_release")
    try:
        assert client.get("/readyz").status_code == 200
    finally:
        recorder.record_unapplied("assessments", "9999_of_the_next_release")


def test_many_missing_migrations_are_told_in_one_short_line() -> None:
    told = readiness._some([f"app.{number}" for number in range(8)])
    assert told == "app.0, app.1, app.2, app.3, app.4 and 3 more"


@pytest.mark.django_db(transaction=True)
def test_migrations_are_asked_for_until_they_are_there_and_then_no_more() -> None:
    look = Database()
    with CaptureQueriesContext(connection) as first:
        assert look() == []
    with CaptureQueriesContext(connection) as second:
        assert look() == []
    assert len(first) > 1
    assert [query["sql"] for query in second] == ["SELECT 1"]


def test_a_database_that_is_away_is_said_without_its_address_or_password(
    client: Client, database_down: None
) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.content == b"the database cannot be reached (OperationalError)"
    assert client.get("/healthz").status_code == 200


def test_a_database_that_hangs_is_given_up_in_time_and_noticed_when_it_is_back() -> None:
    back, looks = Event(), []

    def look() -> list[str]:
        looks.append(1)
        back.wait(10)
        return []

    ready = Readiness(look, seconds=0.1)
    began = time.monotonic()
    assert ready.why_not() == [readiness.SILENT]
    assert ready.why_not() == [readiness.SILENT]
    assert time.monotonic() - began < 2
    back.set()
    assert ready.why_not() == []
    assert len(looks) == 3


def test_a_look_that_breaks_is_an_error_and_not_an_answer() -> None:
    def look() -> list[str]:
        raise KeyError("a bug of ours")

    with pytest.raises(KeyError):
        Readiness(look).why_not()
