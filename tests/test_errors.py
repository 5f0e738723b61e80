"""What a visitor sees, and the log says, when something goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import InterfaceError
from django.db.utils import ConnectionHandler
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from stackpick import errors
from tests.servers import free_port

OWN_PAGES = {
    "base.html": "<title>{{ status }}</title>{% block main %}{% endblock %}",
    "_partial.html": "fragment {% block main %}{% endblock %}",
} | {
    f"{status}.html": "{% extends page_base %}{% block main %}own page "
    f"{status}{{% if csrf %}} csrf{{% endif %}}{{% endblock %}}"
    for status in (400, 403, 404, 500, 503)
}


def query_a_database_that_is_down(request: HttpRequest) -> HttpResponse:
    url = {"ENGINE": "django.db.backends.postgresql", "NAME": "x", "HOST": "127.0.0.1"}
    database = ConnectionHandler({"default": url | {"PORT": free_port()}})["default"]
    with database.wrap_database_errors:
        database.connect()  # Not `cursor()`, which pytest-django forbids here.
    raise AssertionError("the database answered")


def hide_the_database_behind_another_error(request: HttpRequest) -> HttpResponse:
    try:
        raise InterfaceError("connection already closed")
    except InterfaceError as error:
        raise RuntimeError("could not load the page") from error


def have_a_bug(request: HttpRequest) -> HttpResponse:
    raise KeyError("a bug of ours")


def refuse(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def miss(request: HttpRequest) -> HttpResponse:
    raise Http404


def reject(request: HttpRequest) -> HttpResponse:
    raise BadRequest("nonsense")


def accept(request: HttpRequest) -> HttpResponse:
    return HttpResponse("accepted")


urlpatterns = [
    path("down/", query_a_database_that_is_down),
    path("hidden/", hide_the_database_behind_another_error),
    path("bug/", have_a_bug),
    path("403/", refuse),
    path("404/", miss),
    path("400/", reject),
    path("form/", accept),
]
handler400 = "stackpick.errors.bad_request"
handler403 = "stackpick.errors.forbidden"
handler404 = "stackpick.errors.not_found"
handler500 = "stackpick.errors.server_error"


def templates(pages: dict[str, str]) -> list[dict[str, Any]]:
    loader = ("django.template.loaders.locmem.Loader", pages)
    engine = "django.template.backends.django.DjangoTemplates"
    return [{"BACKEND": engine, "OPTIONS": {"loaders": [loader]}}]


# No test here may use the database, and pytest-django sees to it: an error page that
# touched it would fail.
@pytest.fixture(autouse=True)
def these_pages() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__, TEMPLATES=templates(OWN_PAGES)):
        yield


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("address", ["/down/", "/hidden/"])
def test_a_database_that_is_down_gives_503_and_says_when_to_come_back(
    visitor: Client, address: str
) -> None:
    response = visitor.get(address)
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert b"own page 503" in response.content


def test_why_the_database_is_down_is_logged(
    visitor: Client, caplog: pytest.LogCaptureFixture
) -> None:
    visitor.get("/down/")
    assert "Service Unavailable: /down/" in caplog.text
    assert "Connection refused" in caplog.text


def test_a_bug_gives_500_and_its_traceback_goes_to_the_log_only(
    visitor: Client, caplog: pytest.LogCaptureFixture
) -> None:
    response = visitor.get("/bug/")
    assert response.status_code == 500
    assert "Retry-After" not in response
    assert b"own page 500" in response.content
    assert b"a bug of ours" not in response.content
    assert "Internal Server Error: /bug/" in caplog.text
    assert "KeyError: 'a bug of ours'" in caplog.text


@pytest.mark.parametrize("status", [400, 403, 404])
def test_each_refusal_has_a_page_of_its_own(visitor: Client, status: int) -> None:
    response = visitor.get(f"/{status}/")
    assert response.status_code == status
    assert f"own page {status}" in response.content.decode()


def test_an_htmx_request_gets_the_fragment(visitor: Client) -> None:
    response = visitor.get("/404/", headers={"HX-Request": "true"})
    assert response.content.startswith(b"fragment")
    assert "HX-Request" in response["Vary"]


def test_a_history_restore_request_gets_the_whole_page(visitor: Client) -> None:
    restore = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    response = visitor.get("/404/", headers=restore)
    assert response.content.startswith(b"<title>404")


def test_a_form_without_its_csrf_token_gets_a_403_that_says_so() -> None:
    visitor = Client(enforce_csrf_checks=True)
    response = visitor.post("/form/")
    assert response.status_code == 403
    assert b"own page 403 csrf" in response.content


def test_an_unknown_host_gets_400(visitor: Client) -> None:
    response = visitor.get("/form/", headers={"Host": "evil.example.org"})
    assert response.status_code == 400
    assert b"own page 400" in response.content


@pytest.mark.parametrize(("address", "status"), [("/bug/", 500), ("/down/", 503), ("/404/", 404)])
def test_a_broken_template_still_leaves_a_plain_page(
    visitor: Client, caplog: pytest.LogCaptureFixture, address: str, status: int
) -> None:
    with override_settings(TEMPLATES=templates({})):
        response = visitor.get(address)
    assert response.status_code == status
    assert b"<h1>" in response.content
    assert "could not be rendered" in caplog.text


def test_an_error_that_is_its_own_context_is_still_a_500() -> None:
    first, second = ValueError(), KeyError()
    first.__context__, second.__context__ = second, first
    try:
        raise first
    except ValueError:
        response = errors.server_error(RequestFactory().get("/"))
    assert response.status_code == 500


def test_every_page_carries_the_strict_policy(visitor: Client) -> None:
    response = visitor.get("/404/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response["Referrer-Policy"] == "strict-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
