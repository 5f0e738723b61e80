"""400, 403, 404, 500 and 503: in the site's own look, and a refused form changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from assessments.views import pages
from tests.web import (
    FOUNDERS,
    HISTORY,
    HTMX,
    STEPS,
    Draft,
    draft,
    heading,
    soup,
    title,
)

pytestmark = pytest.mark.django_db
FILE = FOUNDERS["with a settled part"].file


@pytest.fixture
def finished() -> Draft:
    return draft(FILE, finished=True)


def break_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def broken() -> None:
        raise error

    monkeypatch.setattr(pages, "current_lens", broken)


def go_wrong(status: int, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]) -> Any:
    client = Client(raise_request_exception=False, enforce_csrf_checks=status == 403)
    if status == 400:
        return client.post(
            draft().step("team"), {f"a{n}": "1" for n in range(500)}, headers=headers
        )
    if status == 403:
        return client.post("/start/", headers=headers)
    if status == 404:
        return client.get("/nothing/here/", headers=headers)
    error = OperationalError("down") if status == 503 else KeyError("a bug")
    break_with(monkeypatch, error)
    return client.get("/model/", headers=headers)


ERRORS = {
    400: "That request made no sense to us.",
    403: "The form had expired, so nothing was saved.",
    404: "There is nothing at this address.",
    500: "Something broke, and it was our mistake.",
    503: "Back in a moment.",
}


@pytest.mark.parametrize("headers", [{}, HTMX, HISTORY], ids=["plain", "HTMX", "history restore"])
@pytest.mark.parametrize(("status", "words"), ERRORS.items())
def test_error_pages_are_in_the_sites_own_look(
    monkeypatch: pytest.MonkeyPatch, status: int, words: str, headers: dict[str, str]
) -> None:
    page = go_wrong(status, monkeypatch, headers)
    assert page.status_code == status
    assert heading(page) == words
    assert title(page).endswith(" · StackPick")
    assert bool(soup(page).select("header.site-header")) is (headers != HTMX)
    assert "unsafe" not in page["Content-Security-Policy"]
    assert "a bug" not in page.content.decode()
    assert page.has_header("Retry-After") is (status == 503)


@pytest.mark.parametrize("name", ["start", "step", "check", "delete", "share", "revoke", "replace"])
def test_a_form_without_its_csrf_token_does_nothing_and_says_what_to_do(
    finished: Draft, name: str
) -> None:
    link, token = finished.share()
    finished.save("team", go="none")
    data = {"version": finished.version, "project_name": "Renamed", "label": "New"}
    address = {
        "start": "/start/",
        "step": finished.step(STEPS[0]),
        "revoke": finished.url("revoke", link.pk),
        "replace": finished.url("replace", link.pk),
    }.get(name) or finished.url(name)
    before = finished.now.report
    page = Client(enforce_csrf_checks=True).post(address, data)
    assert page.status_code == 403
    assert heading(page) == ERRORS[403]
    assert finished.answers.name == "Marina"
    assert finished.now.report == before
    assert finished.now.share_links.count() == 1
    assert Client().get(f"/r/{token}/").status_code == 200
