"""Each request has an id, by which answer, log and error page can be brought together."""

from __future__ import annotations

import logging
import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from stackpick import request_id
from stackpick.logs import RedactingFormatter

OF_THE_PROXY = "7b2f1c0d9e8a4b6f8c1d2e3f4a5b6c7d"
seen: list[str] = []


def crash(request: HttpRequest) -> HttpResponse:
    seen.append(request_id.current())
    raise KeyError("a bug of ours")


def fill_the_disk(request: HttpRequest) -> HttpResponse:
    raise OSError(28, "No space left on device")


def greet(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


urlpatterns = [
    path("", greet, name="home"),
    path("privacy/", greet, name="privacy"),
    path("model/", greet, name="model"),
    path("start/", greet, name="start"),
    path("api/", greet, name="api"),
    path("crash/", crash),
    path("full/", fill_the_disk),
]
handler500 = "stackpick.errors.server_error"


@pytest.fixture(autouse=True)
def _these_pages() -> object:
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def test_each_answer_tells_its_id(visitor: Client) -> None:
    ids = [visitor.get("/")["X-Request-ID"] for _ in range(3)]
    assert all(re.fullmatch("[0-9a-f]{16}", name) for name in ids)
    assert len(set(ids)) == 3


@pytest.mark.parametrize(("address", "status"), [("/crash/", 500), ("/full/", 503)])
def test_the_page_of_a_failure_shows_the_id_that_is_in_the_log(
    visitor: Client, caplog: pytest.LogCaptureFixture, address: str, status: int
) -> None:
    caplog.handler.setFormatter(RedactingFormatter("%(message)s"))
    response = visitor.get(address)
    name = response["X-Request-ID"]
    assert response.status_code == status
    assert f"<code>{name}</code>" in response.content.decode()
    assert f"{address} [{name}]" in caplog.text


def test_a_view_knows_the_id_and_it_is_gone_when_the_answer_is(visitor: Client) -> None:
    name = visitor.get("/crash/")["X-Request-ID"]
    assert seen[-1] == name
    assert request_id.current() == ""


@override_settings(TRUSTED_PROXIES=1)
def test_a_trusted_proxys_id_is_kept(visitor: Client) -> None:
    response = visitor.get("/", headers={"X-Request-ID": OF_THE_PROXY})
    assert response["X-Request-ID"] == OF_THE_PROXY


@override_settings(TRUSTED_PROXIES=0)
def test_nobody_elses_is(visitor: Client) -> None:
    assert visitor.get("/", headers={"X-Request-ID": OF_THE_PROXY})["X-Request-ID"] != OF_THE_PROXY


@pytest.mark.parametrize(
    "told",
    [
        "short",
        "x" * 65,
        "two words, and more",
        'quote"quote"quote',
        "-begins-like-an-option",
        "line\u2028separator",
        "Zx9-_syydqZfQ1I5o71u_xx15R4aDxHfE9k7rfMFyW8",  # as a token looks
    ],
)
@override_settings(TRUSTED_PROXIES=1)
def test_what_is_no_sane_id_is_not_taken(visitor: Client, told: str) -> None:
    assert re.fullmatch(
        "[0-9a-f]{16}", visitor.get("/", headers={"X-Request-ID": told})["X-Request-ID"]
    )


def test_outside_of_requests_a_line_has_none() -> None:
    record = logging.makeLogRecord({"msg": "started"})
    assert RedactingFormatter("%(message)s").format(record) == "started"
