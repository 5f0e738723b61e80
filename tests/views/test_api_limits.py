"""How often the scoring API may be asked, by whom, and what it says when it cannot answer."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client

from assessments import limits
from stackpick.environment import Rate
from tests.factories import only
from tests.views.scoring import SCORE, post, refused

ORIGIN = "https://elsewhere.example"


@pytest.fixture
def two_a_minute(settings: Any, monkeypatch: pytest.MonkeyPatch, db: None) -> list[float]:
    settings.RATES = settings.RATES | {"api": Rate(2, 60)}
    now = [1_800_000_000.0]
    monkeypatch.setattr(limits.time, "time", lambda: now[0])
    return now


def statuses(client: Client, count: int, **extra: Any) -> list[int]:
    return [post(client, only(), **extra).status_code for _ in range(count)]


def test_too_many_are_told_when_to_come_again(client: Client, two_a_minute: list[float]) -> None:
    assert statuses(client, 2) == [200, 200]
    response = post(client, only())
    assert "Try again in 30 s." in refused(response, 429)["detail"]
    assert response["Retry-After"] == "30"
    two_a_minute[0] += 30
    assert statuses(client, 2) == [200, 429]


def test_refused_files_count_and_other_methods_do_not(
    client: Client, two_a_minute: list[float]
) -> None:
    for _ in range(5):
        client.get(SCORE)
    refused(post(client, {}), 422)
    refused(post(client, b"x", "text/plain"), 415)
    refused(post(client, only()), 429)


def test_addresses_do_not_count_for_each_other(client: Client, two_a_minute: list[float]) -> None:
    assert statuses(client, 3, REMOTE_ADDR="192.0.2.1") == [200, 200, 429]
    assert statuses(client, 2, REMOTE_ADDR="192.0.2.2") == [200, 200]
    assert statuses(client, 1, REMOTE_ADDR="2001:db8:1:2::1") == [200]
    assert statuses(client, 2, REMOTE_ADDR="2001:db8:1:2::2") == [200, 429]


def test_those_without_an_address_share_one_limit(
    client: Client, two_a_minute: list[float]
) -> None:
    assert statuses(client, 3, REMOTE_ADDR="") == [200, 200, 429]


def test_an_address_in_a_header_counts_behind_a_proxy_only(
    client: Client, two_a_minute: list[float], settings: Any
) -> None:
    forged = [{"HTTP_X_FORWARDED_FOR": f"198.51.100.{number}"} for number in range(3)]
    assert [post(client, only(), **each).status_code for each in forged] == [200, 200, 429]
    settings.TRUSTED_PROXIES = 1
    assert [post(client, only(), **each).status_code for each in forged] == [200, 200, 200]


def test_a_database_that_is_down_is_said_as_a_problem(
    client: Client, two_a_minute: list[float]
) -> None:
    client.raise_request_exception = False
    with patch.object(limits, "connection") as broken:
        broken.cursor.side_effect = OperationalError("gone")
        response = post(client, only())
    assert "Try again in a moment" in refused(response, 503)["detail"]
    assert int(response["Retry-After"]) > 0


def test_a_mistake_of_ours_is_a_problem_too(client: Client) -> None:
    client.raise_request_exception = False
    with patch("assessments.views.api.build_report", side_effect=KeyError("secret")):
        response = post(client, only())
    assert "secret" not in str(refused(response, 500))


@pytest.mark.parametrize("address", ["/api/nothing", "/api/score/", "/schema/report-2.json"])
def test_an_address_that_is_none_is_a_problem_too(client: Client, address: str) -> None:
    refused(client.get(address), 404)


def test_another_charset_and_another_host_are_problems_too(client: Client) -> None:
    refused(post(client, only(), "application/json; charset=latin-1"), 400)
    refused(post(client, only(), HTTP_HOST="evil.example"), 400)


# ---------------------------------------------------------------- from other sites


@pytest.mark.parametrize("file", [only(), {}, b"{"], ids=["good", "wrong", "no JSON"])
def test_scripts_of_any_site_may_read_the_answer(client: Client, file: Any) -> None:
    response = post(client, file, HTTP_ORIGIN=ORIGIN)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert response["Access-Control-Expose-Headers"] == "retry-after"


def test_a_browser_that_asks_first_is_let(client: Client) -> None:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    headers = asked | {"Access-Control-Request-Headers": "content-type"}
    response = client.options(SCORE, headers=headers)
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "POST" in response["Access-Control-Allow-Methods"]
    assert "content-type" in response["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in response


def test_refusals_of_the_middleware_can_be_read_as_well(client: Client) -> None:
    strange = "application/json; charset=latin-1"
    assert post(client, only(), strange, HTTP_ORIGIN=ORIGIN)["Access-Control-Allow-Origin"] == "*"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/", "/model/", "/start/", "/healthz", "/admin/login/", "/apix"]
)
def test_no_other_page_is_open_to_other_sites(client: Client, address: str) -> None:
    for method in ("GET", "OPTIONS"):
        headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
        response = client.generic(method, address, headers=headers)
        assert not [name for name in response.headers if name.lower().startswith("access-control")]
