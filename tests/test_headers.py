"""The security headers of every answer: of each address there is, and of what is refused before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLResolver, get_resolver

from tests.desk.people import signed_in, superuser
from tests.invited import invited
from tests.reminding import confirmed
from tests.web import CHANGE_HEAVY, HTMX, Draft, draft

pytestmark = pytest.mark.django_db
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
# What pages of other sites may put into theirs, and no other address.
EMBEDDABLE = {
    "/api/score": 405,
    "/api/openapi.json": 200,
    "/schema/report-1.json": 200,
    "/schema/answers-1.json": 200,
    "/r/{share}.png": 200,
    "/r/{share}.svg": 200,
    "/examples/ledgerly.png": 200,
    "/examples/ledgerly.svg": 200,
}
NOT_EMBEDDABLE = ["/api/", "/r/{share}/", "/r/{share}.pdf", "/a/{token}.svg", "/a/{token}/", "/"]
FILLED = {"extension": "md", "slug": "ledgerly", "step_id": "changes", "link_id": "1"}


@pytest.fixture
def finished() -> Draft:
    call_command("load_examples", verbosity=0)
    return draft(CHANGE_HEAVY, finished=True)


def routes(patterns: Any = None, before: str = "") -> Iterator[str]:
    """Every route of the site, the desk's included."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def addresses(finished: Draft) -> Iterator[str]:
    """Each route with something in its places that opens a page, where there is one."""
    reminder = confirmed(finished.assessment)
    tokens = {
        "r": finished.share()[1],
        "i": invited().token,
        "again": reminder.claim(),
        "stop": reminder.stop_key(),
    }
    for route in routes():
        first = route.split("/", 1)[0]
        filled = FILLED | {"token": tokens.get(first, finished.token), "key": tokens["stop"]}
        filled["object_id"] = str(finished.assessment.pk)
        yield "/" + re.sub(
            r"<(?:\w+:)?(\w+)>|\(\?P<url>\.\*\)\$",
            partial(_filled_in, filled),
            route,
        )


def _filled_in(filled: Mapping[str, Any], place: re.Match[str]) -> str:
    return str(filled.get(place[1], "1")) if place[1] else "no/such/page/"


def wrong(response: Any, embeddable: bool = False) -> list[str]:
    """What is wrong with the headers of an answer."""
    wanted = EVERYWHERE | {
        "Cross-Origin-Resource-Policy": "cross-origin" if embeddable else "same-origin"
    }
    found = [
        f"{name}: {response.get(name)}" for name in wanted if response.get(name) != wanted[name]
    ]
    policy = set(response.get("Content-Security-Policy", "").split("; "))
    if policy != POLICY:
        found.append(f"policy: {policy ^ POLICY}")
    is_page = response.get("Content-Type", "").startswith("text/html")
    if is_page and not 300 <= response.status_code < 400 and "Permissions-Policy" not in response:
        found.append("no Permissions-Policy")
    return found


@pytest.mark.parametrize("who", ["anybody", "a superuser"])
def test_every_address_answers_with_all_of_them(finished: Draft, who: str) -> None:
    client = signed_in(superuser()) if who == "a superuser" else Client()
    asked, pages, faults = list(addresses(finished)), 0, {}
    for address in asked:
        for method in ("get", "post"):
            response = getattr(client, method)(address)
            pages += response.status_code == 200
            if said := wrong(response, is_embeddable(address, response.status_code)):
                faults[f"{method} {address} {response.status_code}"] = said
    assert faults == {}
    assert len(asked) > 120
    assert pages > 20


def is_embeddable(address: str, status: int) -> bool:
    return status < 400 and address in EMBEDDABLE


@pytest.mark.parametrize("address", EMBEDDABLE)
def test_what_is_made_for_other_sites_may_be_put_into_theirs(
    client: Client, finished: Draft, address: str
) -> None:
    response = client.get(address.format(share=finished.share()[1]))
    assert response.status_code == EMBEDDABLE[address]
    assert wrong(response, embeddable=response.status_code < 400) == []


@pytest.mark.parametrize("address", NOT_EMBEDDABLE)
def test_nothing_else_may(client: Client, finished: Draft, address: str) -> None:
    path = address.format(share=finished.share()[1], token=finished.token)
    assert wrong(client.get(path)) == []


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"path": "/", "HTTP_HOST": "evil.example.org"}, 400),
        ({"path": "/", "CONTENT_TYPE": "text/html; charset=utf-7"}, 400),
        ({"path": "/nowhere/"}, 404),
        ({"path": "/static/css/nothing.css"}, 404),
        ({"path": "/r/nothing.svg"}, 404),
        ({"path": "/favicon.ico"}, 302),
        ({"path": "/healthz"}, 200),
    ],
)
def test_what_is_refused_before_it_comes_to_a_page_has_them_too(
    client: Client, asked: dict[str, str], status: int
) -> None:
    response = client.get(asked.pop("path"), **asked)  # type: ignore[arg-type]
    assert response.status_code == status
    assert wrong(response) == []


def test_so_has_an_answer_to_a_fault_of_ours(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.raise_request_exception = False
    monkeypatch.setattr("assessments.views.pages.current_lens", lambda: 1 / 0)
    response = client.get("/model/")
    assert response.status_code == 500
    assert wrong(response) == []


def test_a_part_of_a_page_does_not_carry_what_only_a_page_can_use(client: Client) -> None:
    assert "Permissions-Policy" in client.get("/start/")
    assert "Permissions-Policy" not in client.get("/start/", headers=HTMX)


def test_a_page_may_copy_to_the_clipboard_and_nothing_else(client: Client) -> None:
    policy = client.get("/")["Permissions-Policy"].split(", ")
    assert [part for part in policy if not part.endswith("=()")] == ["clipboard-write=(self)"]
    assert {"camera=()", "geolocation=()", "microphone=()", "payment=()", "usb=()"} <= set(policy)


def test_a_header_that_is_missing_would_be_noticed(client: Client, settings: Any) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "security_headers" not in name]
    assert wrong(client.get("/")) != []
