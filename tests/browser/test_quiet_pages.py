"""A journey gives the browser nothing to complain about, and a complaint would be heard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import Complaints, expect_heading, go_on, walk
from tests.web import FOUNDERS, LENS

SEAM = FOUNDERS["with a settled part"].file


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
