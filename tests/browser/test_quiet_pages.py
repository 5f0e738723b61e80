"""No page makes the browser complain, and none is wider than the smallest phone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.driving import Complaints, Seed, expect_heading, fill, go_on, seed, share, walk
from tests.servers import ROOT, running_server, without_our_settings
from tests.web import FOUNDERS, LENS, STEPS, Visitor, with_answers

SEAM = FOUNDERS["with a settled part"].file
LONG = with_answers(
    SEAM | {"project": {"name": "W" * 100, "summary": "W" * 300}},
    changes=[{"text": "W" * 200, "kind": "user_flow", "likelihood": "certain"}] * 5,
    settled_part_name="W" * 80,
    peak_rps=1_000_000_000,
)
PAGES = [
    *("/", "/model/", "/start/", "/examples/ledgerly/", "/examples/tidegate/"),
    *("/examples/harbourmaster/", "/nothing/here/"),
    *STEPS,
    *("check", "result", "shared", "conflict", "mistake", "new link"),
]
every_page = pytest.mark.parametrize("name", PAGES)


@pytest.fixture(scope="module")
def wordy(sqlite_site: str) -> Seed:
    """A finished assessment of which every text is one long word."""
    return seed(sqlite_site, LONG, finished=True)


def show(page: Page, seeded: Seed, name: str) -> None:
    if name.startswith("/"):
        page.goto(seeded.site + name)
    elif name == "result":
        page.goto(seeded.url())
    elif name == "shared":
        page.goto(share(seeded))
    elif name == "conflict":
        show_conflict(page, seeded)
    elif name == "mistake":
        page.goto(seeded.url("changes"))
        fill(page, {"change_0_text": "x" * 201})
        go_on(page)
        expect(page.locator(".error-summary")).to_be_visible()
    elif name == "new link":
        page.goto(seeded.url())
        go_on(page, "Make a link to read")
        expect(page.locator(".link-box input")).to_be_visible()
    else:
        page.goto(seeded.url(name))
    page.wait_for_load_state()


def show_conflict(page: Page, seeded: Seed) -> None:
    """Both versions of the step with the longest texts; what is saved stays as it is."""
    page.goto(seeded.url("changes"))
    elsewhere = Visitor(seeded.site)
    elsewhere.open(f"/a/{seeded.token}/changes/")
    elsewhere.send({"change_0_text": text_of_another(page.locator("[name=change_0_text]"))})
    fill(page, {"change_0_text": "M" * 200})
    go_on(page)
    expect_heading(page, "These answers were changed elsewhere")


def text_of_another(field: Locator) -> str:
    """As long as what is saved there, and another."""
    return ("V" if field.input_value()[0] == "W" else "W") * 200


@every_page
def test_a_page_gives_no_cause_for_complaint_and_fits_the_smallest_phone(
    page: Page, wordy: Seed, name: str
) -> None:
    complaints = Complaints().listen(page)
    page.set_viewport_size({"width": 320, "height": 640})
    show(page, wordy, name)
    allowed = "status of 404" if name == "/nothing/here/" else "nothing at all"
    assert [text for text in complaints.heard if allowed not in text] == []
    assert too_wide(page) == ""


def too_wide(page: Page) -> str:
    """What stands out of a page that can be scrolled sideways; empty for one that cannot."""
    return str(
        page.evaluate(
            """() => {
              const { scrollWidth, clientWidth } = document.documentElement;
              if (scrollWidth <= clientWidth) return "";
              const wide = [...document.querySelectorAll("main *")].filter((node) =>
                node.getBoundingClientRect().right > clientWidth && !node.closest(".scroll-x"));
              return `${scrollWidth} > ${clientWidth}: ` +
                wide.slice(0, 3).map((node) => node.outerHTML.slice(0, 120)).join(" | ");
            }"""
        )
    )


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


def test_the_desk_gives_the_browser_nothing_to_complain_about(page: Page, desk: str) -> None:
    complaints = Complaints().listen(page)
    page.goto(f"{desk}/admin/")
    page.fill("[name=username]", "consultant")
    page.fill("[name=password]", "only for tests")
    page.get_by_role("button", name="Log in").click()
    expect_heading(page, "Clients and their assessments")
    seen = desk_pages(page, desk)
    assert len(seen) > 12, seen
    for model in ("assessment", "client", "project", "sharelink", "anticipatedchange"):
        assert f"/admin/assessments/{model}/" in seen
    assert complaints.heard == []
