"""The pages of the desk: no barrier, no complaint, no scrolling sideways."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.desk_pages import DESK_PAGES, REFUSED, SIGNED_OUT, Desk, show
from tests.browser.driving import Complaints, look
from tests.browser.looks import OF_THE_DESK, Look, looks_at, problems


@pytest.mark.parametrize(("name", "looks"), looks_at(DESK_PAGES, OF_THE_DESK), ids=DESK_PAGES)
def test_a_page_of_the_desk_is_in_order(
    tab: Page, complaints: Complaints, desk: Desk, name: str, looks: list[Look]
) -> None:
    look(tab)
    show(tab, desk, name)
    heard = complaints.but_for(REFUSED.get(name))  # before axe, which causes some itself
    found = heard + problems(tab, looks)
    assert not found, "\n".join((name, *found))


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


# What takes most room in a column, of what is usual.
WIDE_CELLS = {
    "listed_project a": "Sample marketplace",
    "listed_client": "Papertrail Archive",
    "listed_verdict": "Go; the review says FastAPI",
    "listed_pattern": "With a seam",
    "listed_stage": "A prototype",
    "listed_state": "Published",
    "listed_age": "11 months",
    "listed_review": "24 March 2026",
}


def test_on_a_laptop_the_list_of_assessments_shows_all_its_columns(page: Page, desk: Desk) -> None:
    look(page)
    show(page, desk, "desk-assessments")
    for column, text in WIDE_CELLS.items():
        cells = page.locator(f"#result_list .field-{column}")
        assert cells.count() > 1, column
        cells.evaluate_all(
            "(all, text) => { for (const each of all) each.innerText = text; }", text
        )
    room, list_ = page.locator(".results"), page.locator("#result_list")
    assert list_.locator("thead .column-listed_review").count() == 1
    assert list_.evaluate("node => node.offsetWidth") <= room.evaluate("node => node.clientWidth")


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
