"""What TLS adds, on a real server with a certificate: strict transport, cookies, sealed files."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import Morsel, SimpleCookie

import httpx
import pytest
from bs4 import Tag

from stackpick.settings import STATIC_CONTENT_SECURITY_POLICY
from tests.servers import ONE_WORKER, free_port, run_beside, running_server
from tests.tls import Certificate, throwaway_certificate
from tests.web import heading, soup

pytestmark = pytest.mark.server
PASSWORD = "correct horse battery staple"
A_SUPERUSER = f"""
from django.contrib.auth.models import User
User.objects.create_superuser("root", password="{PASSWORD}")
"""
# The deploy key of a file: its own name, a hash of what is in it, and what it is.
HASHED = re.compile(r"/static/.+\.[0-9a-f]{12}\.(css|js)$")
OF_THE_SITE = ["/", "/start/", "/model/", "/privacy/", "/api/", "/examples/ledgerly/", "/nowhere/"]
OF_THE_DESK = [
    *("/admin/", "/admin/assessments/assessment/", "/admin/assessments/client/add/"),
    *("/admin/auth/user/add/", "/admin/auth/group/add/", "/admin/password_change/"),
    *("/admin/assessments/suggested-kinds/", "/admin/two-step/", "/admin/nowhere/"),
]
# Made for each language while it is asked for, so there is no file whose sum could be known.
NOT_A_FILE = "/admin/jsi18n/"


@dataclass
class Site:
    url: str
    certificate: Certificate

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, verify=self.certificate.trusted, timeout=60)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("tls")
    certificate = throwaway_certificate(folder)
    database, port = f"sqlite:///{folder / 'site.sqlite3'}", free_port()
    with running_server(database, port, ONE_WORKER | certificate.served_by(port)) as url:
        run_beside(url, A_SUPERUSER)
        yield Site(url, certificate)


@pytest.fixture
def visitor(site: Site) -> Iterator[httpx.Client]:
    with site.client() as client:
        yield client


@pytest.fixture
def desk(visitor: httpx.Client) -> httpx.Client:
    token = soup(visitor.get("/admin/login/").text).select_one("[name=csrfmiddlewaretoken]")
    assert token
    form = {"username": "root", "password": PASSWORD, "csrfmiddlewaretoken": str(token["value"])}
    door = visitor.post("/admin/login/", data=form, headers={"Referer": str(visitor.base_url)})
    assert door.status_code == 302
    return visitor


def cookies(response: httpx.Response) -> list[Morsel[str]]:
    found: list[Morsel[str]] = []
    for header in response.headers.get_list("set-cookie"):
        found += SimpleCookie(header).values()
    return found


def send(visitor: httpx.Client, address: str, **form: str) -> httpx.Response:
    """Sends a form of a page, as a browser would that shows it."""
    token = visitor.cookies["__Host-csrftoken"]
    referer = {"Referer": str(visitor.base_url)}
    return visitor.post(address, data=form | {"csrfmiddlewaretoken": token}, headers=referer)


@pytest.mark.parametrize("address", ["/", "/nowhere/", "/healthz", "/favicon.ico", "/admin/"])
def test_a_browser_that_came_once_comes_by_tls_for_a_year(
    visitor: httpx.Client, address: str
) -> None:
    response = visitor.get(address)
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "upgrade-insecure-requests" in response.headers["Content-Security-Policy"]


def test_every_cookie_is_for_this_host_alone(desk: httpx.Client) -> None:
    response = desk.get("/")
    form = cookies(response)
    started = send(desk, "/start/")
    begun = desk.get(started.headers["Location"])
    assert begun.status_code == 200
    message = cookies(send(desk, "/admin/auth/group/add/", name="Readers"))
    session = [cookie for cookie in desk.cookies.jar if "session" in cookie.name]
    assert [cookie.name for cookie in session] == ["__Host-sessionid"]
    assert {cookie.key for cookie in form} == {"__Host-csrftoken"}
    assert {cookie.key for cookie in message} >= {"__Host-messages"}
    for cookie in [*form, *message]:
        assert cookie["secure"], cookie.key
        assert cookie["httponly"], cookie.key
        assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Lax")


def test_static_files_have_what_concerns_them_and_a_policy_that_allows_nothing(
    visitor: httpx.Client,
) -> None:
    for tag in sealed(visitor.get("/").text):
        response = visitor.get(address_of(tag))
        assert response.headers["Content-Security-Policy"] == STATIC_CONTENT_SECURITY_POLICY
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Strict-Transport-Security"]
        assert "Access-Control-Allow-Origin" not in response.headers


# ---- Sealed files ----


def sealed(page: str) -> list[Tag]:
    """The tags that bring scripts and stylesheets."""
    return list(soup(page).select("script[src], link[rel=stylesheet]"))


def address_of(tag: Tag) -> str:
    return str(tag.get("src") or tag.get("href"))


def broken(visitor: httpx.Client, page: str) -> list[str]:
    """The tags that do not say what the server sends."""
    return [
        str(tag)
        for tag in sealed(page)
        if address_of(tag) != NOT_A_FILE
        and tag.get("integrity") != sum_of(visitor.get(address_of(tag)).content)
    ]


def sum_of(content: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def test_every_script_and_stylesheet_is_named_with_the_sum_of_what_is_sent(
    visitor: httpx.Client,
) -> None:
    for address in OF_THE_SITE:
        page = visitor.get(address).text
        assert len(sealed(page)) == 3, address
        assert broken(visitor, page) == [], address


def test_so_is_every_one_of_the_desk(desk: httpx.Client) -> None:
    for address in OF_THE_DESK:
        page = desk.get(address).text
        assert heading(page), address
        assert len(sealed(page)) > 2, address
        assert all(HASHED.match(address_of(tag)) for tag in sealed(page) if tag.get("integrity"))
        assert broken(desk, page) == [], address


def test_a_file_that_was_changed_would_be_noticed(visitor: httpx.Client) -> None:
    page = visitor.get("/").text
    tag = sealed(page)[0]
    changed = page.replace(str(tag["integrity"]), sum_of(b"something else"))
    assert len(broken(visitor, changed)) == 1
    assert len(broken(visitor, page.replace(f' integrity="{tag["integrity"]}"', ""))) == 1
