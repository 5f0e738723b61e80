"""What the policy and the sums of files forbid, a real browser refuses, and says so.

That no page gives it cause is looked at with everything else, in test_every_page.py and
test_desk_pages.py; here is that they would notice.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.driving import Complaints, go_on, seed
from tests.web import FOUNDERS

SEAM = FOUNDERS["with a settled part"].file
# What is put into a page, and the part of the policy that has to refuse it.
FORBIDDEN = {
    "script-src-elem": "const s = document.createElement('script'); s.text = 'window.ran = 1';"
    " document.body.append(s)",
    "script-src-attr": "document.body.insertAdjacentHTML('beforeend', '<img onerror=\"ran = 1\">')",
    "style-src-attr": "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')",
    "style-src-elem": "const s = document.createElement('style'); s.textContent = 'p {top: 0}';"
    " document.head.append(s)",
    # A moment later, as the tool that brings it in may evaluate what pages may not.
    "script-src": "setTimeout(() => { try { eval('window.ran = 1') } catch {} })",
    "img-src": "new Image().src = 'https://elsewhere.example.org/x.png'",
    "connect-src": "fetch('https://elsewhere.example.org/').catch(() => {})",
    "frame-src": "document.body.append(Object.assign(document.createElement('iframe'),"
    " {src: 'https://elsewhere.example.org/'}))",
    "base-uri": "document.head.append(Object.assign(document.createElement('base'),"
    " {href: 'https://elsewhere.example.org/'}))",
}
# For the name of the part that was offended; where there was no offence, after a while.
LISTEN = (
    "document.addEventListener('securitypolicyviolation',"
    " event => done(event.effectiveDirective), {once: true});"
    " setTimeout(() => done('nothing'), 3000);"
)
CHANGED = "window.changedOnTheWay = true;"


@pytest.mark.parametrize("address", ["/", "/admin/login/"])
def test_what_is_injected_into_a_page_is_refused_and_reported(
    tab: Page, complaints: Complaints, sqlite_site: str, address: str
) -> None:
    tab.goto(sqlite_site + address)
    assert complaints.heard == []
    for directive, injected in FORBIDDEN.items():
        complaints.heard.clear()
        said = tab.evaluate(f"() => new Promise(done => {{ {LISTEN} {injected} }})")
        assert said == directive
        tab.wait_for_timeout(20)
        assert complaints.heard, directive
    assert not tab.evaluate("'ran' in window")


@pytest.mark.parametrize("address", ["/", "/admin/login/"])
def test_a_script_that_was_changed_on_the_way_is_refused(
    tab: Page, complaints: Complaints, sqlite_site: str, address: str
) -> None:
    def change(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=CHANGED + answer.text())

    tab.route("**/static/js/*.js", change)
    try:
        tab.goto(sqlite_site + address)
        tab.wait_for_timeout(100)
        assert not tab.evaluate("'changedOnTheWay' in window")
        assert any("integrity" in text for text in complaints.heard)
        # The same change runs where the tag names no sum.
        tab.route(sqlite_site + address, without_sums)
        tab.goto(sqlite_site + address)
        tab.wait_for_function("'changedOnTheWay' in window")
    finally:
        tab.unroute_all()


def without_sums(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace(" integrity=", " data-was="))


def test_a_style_that_a_browser_gave_a_field_is_left_behind_when_the_page_is_swapped(
    tab: Page, complaints: Complaints, sqlite_site: str
) -> None:
    tab.goto(seed(sqlite_site).url("project"))
    field = tab.locator("[name=project_name]")
    # As a password manager does, or whoever drags the corner of a field: no policy forbids that.
    field.evaluate("field => { field.style.outlineWidth = '1px'; }")
    go_on(tab)
    expect(tab.locator(".error-summary")).to_be_focused()
    expect(field).not_to_have_attribute("style", re.compile(""))
    assert complaints.heard == []


def test_a_panel_that_was_asked_for_too_often_says_so_and_goes_on(
    tab: Page, sqlite_site: str
) -> None:
    answers: list[int] = []

    def refuse_the_first(route: Route) -> None:
        answers.append(200 if answers else 429)
        if len(answers) == 1:
            route.fulfill(status=429, headers={"Retry-After": "1"}, body="<p>Not now.</p>")
        else:
            route.continue_()

    tab.goto(seed(sqlite_site, SEAM).url("changes"))
    panel = tab.locator("#so-far-panel")
    before = panel.inner_text()
    tab.route("**/so-far/", refuse_the_first)
    try:
        tab.fill("[name=change_0_text]", "Invoices in two currencies")
        expect(tab.locator("#net-status")).to_contain_text("waits 1 s")
        assert panel.inner_text() == before
        expect(tab.locator("#net-status")).to_be_empty()
        assert answers == [429, 200]
    finally:
        tab.unroute_all()


@pytest.mark.parametrize(("seconds", "says"), [("99", "99 s"), ("1798", "30 minutes")])
def test_a_long_wait_is_told_in_minutes(
    tab: Page, sqlite_site: str, seconds: str, says: str
) -> None:
    tab.goto(seed(sqlite_site, SEAM).url("changes"))
    told = {"Retry-After": seconds}
    tab.route("**/so-far/", lambda route: route.fulfill(status=429, headers=told, body="Not now"))
    try:
        tab.fill("[name=change_0_text]", "Invoices in two currencies")
        expect(tab.locator("#net-status")).to_contain_text(f"waits {says}: ")
    finally:
        tab.unroute_all()
