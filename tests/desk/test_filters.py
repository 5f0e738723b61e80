"""What the list can be narrowed by, and what is refused."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from assessments import scope
from assessments.models import Client
from tests.desk.people import client_of, consultant, signed_in, superuser
from tests.desk.rows import LIST, choices, listed, many, names, page

pytestmark = [pytest.mark.django_db, pytest.mark.queries]
NOW = timezone.now()
TODAY = timezone.localdate()


@pytest.fixture
def desk() -> Browser:
    return signed_in(superuser())


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("state=reviewed", {"state": "reviewed"}),
        ("verdict=fastapi", {"stack": "fastapi"}),
        ("verdict=-", {"stack": ""}),
        ("strength=close", {"strength": "close"}),
        ("pattern=seam", {"pattern": "seam"}),
        ("stage=idea", {"stage": "idea"}),
        ("stage=-", {"stage": ""}),
        ("review=overdue", {"review_on": TODAY - timedelta(days=2)}),
        ("review=soon", {"review_on": TODAY + timedelta(days=29)}),
        ("review=later", {"review_on": TODAY + timedelta(days=33)}),
        ("started=older", {"created_at": NOW - timedelta(days=93)}),
        ("example=yes", {"slug": "tidegate"}),
    ],
)
def test_a_filter_leaves_what_it_says(desk: Browser, query: str, columns: dict[str, Any]) -> None:
    listed("Another")
    listed("Wanted", **columns)
    assert names(page(desk, f"?{query}")) == ["Wanted"]


@pytest.mark.parametrize(("days", "left"), [(7, 1), (30, 2), (90, 3)])
def test_what_was_started_lately_is_found_newest_first(desk: Browser, days: int, left: int) -> None:
    ages = (5, 20, 80, 100)
    for age in reversed(ages):
        listed(f"{age} days", created_at=NOW - timedelta(days=age))
    assert names(page(desk, f"?started={days}")) == [f"{age} days" for age in ages[:left]]


def test_the_longest_overdue_come_first(desk: Browser) -> None:
    for late in (1, 30, 7):
        listed(f"{late} late", review_on=TODAY - timedelta(days=late))
    assert names(page(desk, "?review=overdue")) == ["30 late", "7 late", "1 late"]
    listed("No date")
    assert names(page(desk, "?review=-")) == ["No date"]


def test_clients_consultants_and_archived_ones(desk: Browser) -> None:
    ada = consultant("ada")
    hers, away = client_of(ada, "Harbour"), client_of(None, "Away")
    away.archive()
    listed("Hers", hers)
    listed("Archived", away)
    listed("Nobody's", slug="tidegate")
    assert names(page(desk, f"?client={hers.pk}")) == ["Hers"]
    assert names(page(desk, f"?owner={ada.pk}")) == ["Hers"]
    assert names(page(desk, "?owner=-")) == ["Nobody's", "Archived"]
    assert names(page(desk, "?archived=yes")) == ["Archived"]
    assert names(page(desk, "?archived=no")) == ["Nobody's", "Hers"]
    assert names(page(desk, "?example=no")) == ["Archived", "Hers"]
    shown = page(desk)
    assert choices(shown, "client") == ["All", "Away", "Harbour"]
    assert choices(shown, "consultant") == ["All", "ada", "root", "Nobody"]


def test_filters_and_search_narrow_together(desk: Browser) -> None:
    listed("Tidegate")
    listed("Tidal", stack="fastapi")
    assert names(page(desk, "?q=tid&verdict=go&state=finished")) == ["Tidegate"]
    assert names(page(desk, "?q=tid&verdict=go&state=published")) == []


def test_a_consultant_is_offered_their_own_clients_alone() -> None:
    ada = consultant("ada")
    client_of(ada, "Harbour")
    client_of(None, "Shared", ada)
    client_of(consultant("ben"), "Secretive")
    shown = page(signed_in(ada))
    assert choices(shown, "client") == ["All", "Harbour", "Shared"]
    assert choices(shown, "consultant") == []


def test_too_many_clients_are_left_to_the_search(desk: Browser) -> None:
    Client.objects.bulk_create(Client(name=f"Client {number:02}") for number in range(51))
    last = Client.objects.last()
    assert last is not None
    listed("Theirs", last)
    listed("Another's")
    assert choices(page(desk), "client") == []
    shown = page(desk, f"?client={last.pk}")
    assert names(shown) == ["Theirs"]
    assert choices(shown, "client") == ["All", "Client 50"]
    assert page(desk, "?client=999999", status=404)
    assert names(page(desk, "?q=client+50")) == ["Theirs"]


NONSENSE = [
    *("state=x", "state=", "verdict=rust", "strength=%00", "pattern=1", "stage=moon"),
    *("review=never", "started=8", "started=-7", "example=1", "archived=maybe"),
    *("client=0", "client=x", "client=%D9%A3", "client=" + "9" * 40, "client=1e3", "client=-"),
    *("owner=0", "owner=x", "client=%27+OR+1=1"),
]


@pytest.mark.parametrize("query", NONSENSE)
@pytest.mark.parametrize("clients", [1, 60])
def test_what_was_not_offered_is_not_taken(
    desk: Browser, query: str, clients: int, caplog: pytest.LogCaptureFixture
) -> None:
    Client.objects.bulk_create(Client(name="Harbour") for _ in range(clients))
    with caplog.at_level(logging.WARNING, scope.__name__):
        assert desk.get(f"{LIST}?{query}").status_code == 404
    assert "was refused" in caplog.text


@pytest.mark.parametrize("clients", [1, 60])
def test_anothers_client_is_refused_like_nonsense(clients: int) -> None:
    ada, ben = consultant("ada"), consultant("ben")
    his = client_of(ben, "Secretive")
    Client.objects.bulk_create(Client(name="Harbour", owner=ada) for _ in range(clients))
    browser = signed_in(ada)
    there = browser.get(f"{LIST}?client={his.pk}")
    nowhere = browser.get(f"{LIST}?client=999999")
    assert there.status_code == nowhere.status_code == 404
    assert there.content == nowhere.content
    assert browser.get(f"{LIST}?owner={ben.pk}").status_code == 404
    assert browser.get(f"{LIST}?owner={ada.pk}").status_code == 404


def test_counts_of_a_consultant_hold_nothing_of_anothers() -> None:
    ada = consultant("ada")
    many(2, client_of(ada, "Harbour"))
    many(1, client_of(ada, "Quay"), stack="fastapi")
    many(9, client_of(consultant("ben"), "Secretive"))
    many(9, client_of(consultant("eve"), "Archived"), state="published")
    browser = signed_in(ada)
    shown = page(browser, "?_facets=True")
    assert choices(shown, "verdict") == ["All", "FastAPI (1)", "Go (2)", "None yet (0)"]
    assert choices(shown, "client") == ["All", "Harbour (2)", "Quay (1)"]
    assert choices(shown, "state")[1:] == [
        "Draft (0)",
        "Finished (3)",
        "Reviewed (0)",
        "Published (0)",
    ]
    shown = page(browser, "?_facets=True&verdict=go&q=many")
    assert choices(shown, "verdict") == ["All", "FastAPI (1)", "Go (2)", "None yet (0)"]
    assert choices(shown, "client") == ["All", "Harbour (2)", "Quay (0)"]


def test_what_is_too_much_to_count_has_no_counts(
    desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(8)
    many(3, stack="fastapi")
    monkeypatch.setattr("assessments.admin.listing.CAP", 10)
    assert choices(page(desk, "?_facets=True"), "verdict")[1] == "FastAPI (-)"
    shown = page(desk, "?_facets=True&verdict=fastapi")
    assert choices(shown, "verdict")[1] == "FastAPI (-)"
    assert choices(shown, "strength")[3] == "Clear (3)"
