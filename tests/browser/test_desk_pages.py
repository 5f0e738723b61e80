"""The pages of the desk: no barrier, no complaint, no scrolling sideways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.desk_pages import DESK_PAGES, REFUSED, SIGNED_OUT, Desk, show
from tests.browser.driving import Complaints, look
from tests.browser.probes import MOVING, TOO_WIDE
from tests.browser.test_axe import barriers


@dataclass
class Tab:
    """A tab, and what its browser complained about since the page was opened."""

    page: Page
    complaints: Complaints


@pytest.fixture(scope="module")
def desk_tab(browser: Browser) -> Iterator[Tab]:
    with browser.new_context() as context:
        page = context.new_page()
        yield Tab(page, Complaints().listen(page))


@pytest.fixture(scope="module", params=DESK_PAGES)
def opened(request: pytest.FixtureRequest, desk_tab: Tab, desk: Desk) -> Tab:
    """The tab with a page of the catalogue: pytest runs all tests of one page, then the next."""
    desk_tab.complaints.heard.clear()
    look(desk_tab.page)
    show(desk_tab.page, desk, request.param)
    if status := REFUSED.get(request.param):
        heard = desk_tab.complaints.heard
        heard[:] = [text for text in heard if f"status of {status}" not in text]
    return desk_tab


def test_a_page_of_the_desk_gives_no_cause_for_complaint(opened: Tab) -> None:
    assert opened.complaints.heard == []


@pytest.mark.parametrize("width", [1280, 360], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_of_the_desk_has_no_barrier(opened: Tab, scheme: str, width: int) -> None:
    look(opened.page, width, color_scheme=scheme)
    assert barriers(opened.page) == []


@pytest.mark.parametrize("width", [320, 640], ids=["smallest phone", "laptop at 200 percent"])
def test_a_page_of_the_desk_fits_without_scrolling_sideways(opened: Tab, width: int) -> None:
    look(opened.page, width)
    assert opened.page.evaluate(TOO_WIDE) == []


def test_a_page_of_the_desk_is_still_for_somebody_who_asked_for_it(opened: Tab) -> None:
    look(opened.page, reduced_motion="reduce")
    assert opened.page.evaluate(MOVING) == []


def test_names_of_pages_say_that_they_are_of_the_desk() -> None:
    assert all(name.startswith("desk-") for name in DESK_PAGES)
    assert set(DESK_PAGES) >= SIGNED_OUT | set(REFUSED)


def test_light_and_dark_follow_the_system_alone(page: Page, desk: Desk) -> None:
    papers = []
    for scheme in ("light", "dark"):
        look(page, color_scheme=scheme)
        show(page, desk, "desk-index")
        papers.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert papers == ["rgb(251, 250, 246)", "rgb(23, 22, 20)"]
    assert page.locator(".theme-toggle").count() == 0
    assert page.locator("script[src*=theme]").count() == 0


def test_on_a_phone_the_kinds_stay_beside_what_is_scrolled_to(page: Page, desk: Desk) -> None:
    look(page, 360)
    show(page, desk, "desk-suggested-kinds")
    kind, last = page.locator("tbody tr").first.locator("th, td:last-child").all()
    last.scroll_into_view_if_needed()
    page.locator(".desk-scroll").evaluate("table => { table.scrollLeft = table.scrollWidth; }")
    first, beside = kind.bounding_box(), last.bounding_box()
    assert first
    assert beside
    assert 0 < first["x"] < first["x"] + first["width"] <= beside["x"] + 1
    assert beside["x"] + beside["width"] <= 360


def test_one_stylesheet_dresses_the_stock_admin(page: Page, desk: Desk) -> None:
    show(page, desk, "desk-project")
    sheets = page.locator("link[rel=stylesheet]").evaluate_all("all => all.map(a => a.href)")
    assert [sheet for sheet in sheets if "/admin/" not in sheet] == sheets[-1:]
    assert "/css/desk." in sheets[-1]
    loaded = page.evaluate("performance.getEntriesByType('resource').map(each => each.name)")
    assert not [name for name in loaded if "inks" in name]  # it came along in the same file


# Of a link in a drawing, too, whose ``href`` is no text.
WHERE = "all => all.map(a => new URL(a.getAttribute('href'), document.baseURI).href)"


def pages_that_links_lead_to(page: Page, desk: Desk) -> set[str]:
    """Opens one of every kind of page of the desk that links lead to; their paths."""
    seen, waiting = set(), ["/admin/"]
    while waiting:
        path = waiting.pop()
        kind = re.sub(r"\d+", "N", path)
        if kind in seen:
            continue
        seen.add(kind)
        page.goto(desk.site + path)
        links = page.locator("a[href]").evaluate_all(WHERE)
        paths = {urlsplit(link).path for link in links if link.startswith(f"{desk.site}/admin/")}
        waiting += sorted(paths)
    return seen


def test_wherever_links_lead_the_browser_has_nothing_to_complain_about(
    page: Page, desk: Desk
) -> None:
    complaints = Complaints().listen(page)
    desk.sign_in(page)
    seen = pages_that_links_lead_to(page, desk)
    assert len(seen) > 12, seen
    for model in ("assessment", "client", "project", "sharelink", "anticipatedchange"):
        assert f"/admin/assessments/{model}/" in seen
    assert complaints.heard == []
