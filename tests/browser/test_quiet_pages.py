"""No page makes the browser complain."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import Complaints, expect_heading, go_on, seed, share, walk
from tests.browser.pages import PAGES, REFUSED, States, show
from tests.servers import ROOT, running_server, without_our_settings
from tests.web import FOUNDERS, LENS

SEAM = FOUNDERS["with a settled part"].file


@pytest.mark.parametrize("name", PAGES)
def test_a_page_gives_no_cause_for_complaint(page: Page, wordy: States, name: str) -> None:
    complaints = Complaints().listen(page)
    show(page, wordy, name)
    allowed = f"status of {REFUSED[name]}" if name in REFUSED else "nothing at all"
    assert [text for text in complaints.heard if allowed not in text] == []


def test_a_whole_journey_gives_the_browser_nothing_to_complain_about(
    page: Page, sqlite_site: str
) -> None:
    complaints = Complaints().listen(page)
    page.goto(sqlite_site)
    go_on(page, "Start an assessment")
    walk(page, SEAM)
    page.go_back()
    expect_heading(page, LENS.steps[-1].title)
    page.go_forward()
    expect_heading(page, "Check your answers")
    go_on(page, "See the verdict")
    expect(page.locator("h1.verdict")).to_be_visible()
    assert complaints.heard == []


@pytest.mark.parametrize(
    "wrong",
    [
        "document.head.append(Object.assign(document.createElement('style'), "
        "{textContent: 'h1 {color: red}'}))",
        "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')",
        "document.body.append(Object.assign(document.createElement('img'), "
        "{src: 'data:image/gif;base64,R0lGODlhAQABAAAAACw='}))",
        "setTimeout(() => { throw new Error('uncaught'); })",
    ],
    ids=["style element", "style attribute", "data image", "uncaught error"],
)
def test_a_complaint_would_be_heard(page: Page, sqlite_site: str, wrong: str) -> None:
    complaints = Complaints().listen(page)
    page.goto(sqlite_site)
    assert complaints.heard == []
    page.evaluate(f"() => {{ {wrong} }}")
    page.wait_for_timeout(200)
    assert complaints.heard


# ---- The consultant's desk ----


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site of its own, with a superuser, a founder's result and a share link."""
    url = f"sqlite:///{tmp_path_factory.mktemp('desk')}/site.sqlite3"
    with running_server(url) as site:
        make_superuser(url)
        share(seed(site, SEAM, finished=True))
        yield site


def make_superuser(database_url: str) -> None:
    environment = without_our_settings(os.environ) | {
        "DATABASE_URL": database_url,
        "DJANGO_SUPERUSER_USERNAME": "consultant",
        "DJANGO_SUPERUSER_EMAIL": "consultant@example.org",
        "DJANGO_SUPERUSER_PASSWORD": "only for tests",
    }
    command = [sys.executable, "manage.py", "createsuperuser", "--no-input"]
    subprocess.run(command, cwd=Path(ROOT), env=environment, check=True, capture_output=True)


def desk_pages(page: Page, site: str) -> set[str]:
    """Opens one of every kind of page of the desk that links lead to; their paths."""
    seen, waiting = set(), ["/admin/"]
    while waiting:
        path = waiting.pop()
        kind = re.sub(r"\d+", "N", path)
        if kind in seen:
            continue
        seen.add(kind)
        page.goto(site + path)
        links = page.locator("a[href]").evaluate_all("all => all.map(a => a.href)")
        paths = {urlsplit(link).path for link in links if link.startswith(f"{site}/admin/")}
        waiting += sorted(paths)
    return seen


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/admin/")
    page.fill("[name=username]", "consultant")
    page.fill("[name=password]", "only for tests")
    page.get_by_role("button", name="Log in").click()
    expect_heading(page, "Clients and their assessments")


def test_the_desk_gives_the_browser_nothing_to_complain_about(page: Page, desk: str) -> None:
    complaints = Complaints().listen(page)
    sign_in(page, desk)
    seen = desk_pages(page, desk)
    assert len(seen) > 12, seen
    for model in ("assessment", "client", "project", "sharelink", "anticipatedchange"):
        assert f"/admin/assessments/{model}/" in seen
    assert complaints.heard == []


def test_setting_up_two_step_sign_in_is_quiet_too(page: Page, desk: str) -> None:
    complaints = Complaints().listen(page)
    sign_in(page, desk)
    page.get_by_role("link", name="Two-step sign-in").click()
    page.get_by_role("button", name="Set up two-step sign-in").click()
    expect(page.locator("svg.qr-code")).to_be_visible()
    page.get_by_label("Code that the app shows now").fill("1")
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator(".errorlist")).to_contain_text("not right")
    assert complaints.heard == []
