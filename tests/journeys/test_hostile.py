"""Requests that no browser sends, to a real server: never a 500, and it keeps serving."""

from __future__ import annotations

import httpx
import pytest

from tests.web import Visitor, heading

NO_TOKEN = "x" * 43
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\nx\r\n--x--\r\n'


@pytest.mark.parametrize("charset", ["base64", "rot13", "utf-7", "nope"])
@pytest.mark.parametrize("path", ["/", "/start/?then=%C3%BC", f"/a/{NO_TOKEN}/project/"])
def test_no_charset_breaks_a_page(sqlite_site: str, path: str, charset: str) -> None:
    headers = {"Content-Type": f"text/html; charset={charset}"}
    page = httpx.get(sqlite_site + path, headers=headers)
    assert page.status_code < 500
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("charset", ["base64", "zip", "rot13", "utf-7", "nope"])
def test_no_charset_breaks_a_form(sqlite_site: str, charset: str) -> None:
    visitor = Visitor(sqlite_site)
    visitor.open("/start/")
    headers = {"Content-Type": f"{MULTIPART}; charset={charset}"}
    page = visitor.client.post("/start/", content=PART, headers=headers)
    assert page.status_code < 500


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/%ff%fe/",
        "/a/%00/",
        f"/a/{NO_TOKEN}%2Fproject/",
        "/a/../../etc/passwd",
        "/examples/%F0%9F%A6%80/",
        "/start/?%00=%00",
        "/?" + "a=1&" * 1000,
        "/" + "x" * 3000,
        "//evil.example.org/",
        "/static/%2e%2e/settings.py",
    ],
)
def test_no_address_breaks_the_site(sqlite_site: str, path: str) -> None:
    page = httpx.get(sqlite_site + path, follow_redirects=False)
    assert page.status_code < 500
    assert "evil" not in page.headers.get("Location", "")


@pytest.mark.parametrize(
    "cookie",
    ["messages=x", "messages=W10:1:x", "csrftoken=x", "sessionid=%00", "=;;;", "a" * 4000],
)
def test_no_cookie_breaks_a_page(sqlite_site: str, cookie: str) -> None:
    for path in ("/start/", "/admin/login/"):
        assert httpx.get(sqlite_site + path, headers={"Cookie": cookie}).status_code < 500


def test_a_huge_body_is_refused_and_the_site_goes_on(sqlite_site: str) -> None:
    visitor = Visitor(sqlite_site)
    visitor.start()
    address = str(visitor.page.url)
    page = visitor.client.post(address, content=b"a=" + b"x" * 20_000_000, headers=FORM)
    assert page.status_code in (400, 413)
    assert heading(visitor.open("/start/")) == "Start an assessment"


def test_a_form_of_too_many_fields_is_refused(sqlite_site: str) -> None:
    visitor = Visitor(sqlite_site)
    visitor.start()
    page = visitor.client.post(str(visitor.page.url), data={f"a{n}": "1" for n in range(1000)})
    assert page.status_code == 400
    assert heading(page) == "That request made no sense to us."


def test_an_unknown_host_gets_400(sqlite_site: str) -> None:
    page = httpx.get(sqlite_site, headers={"Host": "evil.example.org"})
    assert page.status_code == 400
