"""The privacy page: it says what is so, in the figures of the settings."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings as in_use
from django.core.management import call_command
from django.test import Client

from tests.desk.people import PASSWORD, consultant
from tests.web import CHANGE_HEAVY, draft, heading, says, soup

pytestmark = pytest.mark.django_db


def test_every_page_of_the_site_leads_to_it(client: Client) -> None:
    finished = draft(CHANGE_HEAVY, finished=True)
    for address in ("/", "/start/", finished.url("result"), f"/r/{finished.share()[1]}/"):
        assert soup(client.get(address)).select(".site-footer a[href='/privacy/']"), address
    assert heading(client.get("/privacy/")) == "Privacy"


@pytest.mark.parametrize(("days", "said"), [(90, "for 90 days."), (1, "for 1 day.")])
def test_it_says_how_long_drafts_are_kept(
    client: Client, settings: Any, days: int, said: str
) -> None:
    settings.DRAFT_DAYS = days
    assert f"A draft goes once nobody has saved it {said}" in says(client.get("/privacy/"))


def test_its_figures_are_those_that_hold(client: Client) -> None:
    said = says(client.get("/privacy/"))
    assert "one that was never confirmed goes after 1 day." in said
    assert "ends with the browser, and after 12 hours." in said
    assert "those that count no more, after 15 minutes," in said
    assert "is cleared away after 1 day." in said
    assert in_use.SESSION_EXPIRE_AT_BROWSER_CLOSE
    assert 51 <= in_use.CSRF_COOKIE_AGE / (7 * 24 * 3600) <= 53  # “about a year”


def test_it_says_that_suggested_kinds_are_counted_without_words(client: Client) -> None:
    said = says(client.get("/privacy/"))
    assert "which kind was suggested for each change and which one you chose" in said
    assert "without your words" in said


def test_the_cookies_it_names_are_all_there_are(client: Client) -> None:
    named = {tag.get_text() for tag in soup(client.get("/privacy/")).select("#cookies code")}
    call_command("load_examples", verbosity=0)
    finished = draft(CHANGE_HEAVY, finished=True)
    set_by_pages = set[str]()
    for address in ("/", "/model/", "/start/", "/privacy/", "/examples/ledgerly/"):
        set_by_pages |= set(client.get(address).cookies)
    for name in ("result", "check", "what_if", "delete"):
        set_by_pages |= set(client.get(finished.url(name)).cookies)
    set_by_pages |= set(client.post(finished.url("share"), {"label": ""}).cookies)
    assert set_by_pages == {"csrftoken", "messages"}
    login = {"username": consultant().username, "password": PASSWORD}
    set_by_desk = set(client.post("/admin/login/", login).cookies)
    assert "sessionid" in set_by_desk
    assert set_by_pages | set_by_desk == named


def test_it_needs_no_figure_of_the_database_and_names_no_other_site(client: Client) -> None:
    page = client.get("/privacy/").content.decode()
    assert not re.findall(r"(?:href|src)=\"https?:", page)
