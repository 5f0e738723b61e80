"""Three founders, from the home page to the verdict, in a real browser with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.driving import expect_heading, go_on, seed, walk
from tests.web import FOUNDERS, LENS, Founder

NewContext = Callable[..., BrowserContext]
every_founder = pytest.mark.parametrize("founder", FOUNDERS.values(), ids=FOUNDERS)


def to_the_verdict(page: Page, site: str, founder: Founder) -> None:
    page.goto(site)
    go_on(page, "Start an assessment")
    expect_heading(page, LENS.steps[0].title)
    page.evaluate("window.marker = 'set on the first step'")
    walk(page, founder.file)
    go_on(page, "See the verdict")
    expect(page.locator("h1.verdict")).to_contain_text(founder.verdict)
    expect(page).to_have_title(re.compile(f"^{founder.file['project']['name']}: start with "))
    expect(page.locator("aside.seam h2")).to_have_text([founder.seam] if founder.seam else [])
    for change in founder.file["answers"]["changes"]:
        expect(page.locator(".changes-list")).to_contain_text(change["text"])


@every_founder
def test_a_founder_with_scripts_stays_on_one_page_whose_inside_is_swapped(
    page: Page, live_site: str, founder: Founder
) -> None:
    to_the_verdict(page, live_site, founder)
    assert page.evaluate("window.marker") == "set on the first step"


@every_founder
def test_a_founder_without_scripts_gets_there_as_well(
    new_context: NewContext, live_site: str, founder: Founder
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    to_the_verdict(page, live_site, founder)
    assert page.evaluate("window.marker") is None


def test_a_shared_link_opens_for_somebody_else_until_it_is_revoked(
    page: Page, new_context: NewContext, live_site: str
) -> None:
    page.goto(seed(live_site, FOUNDERS["with a settled part"].file, finished=True).url())
    go_on(page, "Make a link to read")
    address = page.locator(".link-box input").input_value()
    guest = new_context().new_page()
    guest.goto(address)
    expect(guest.locator("h1.verdict")).to_contain_text("Start with FastAPI.")
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("Revoked")).to_be_visible()
    guest.reload()
    expect_heading(guest, "There is nothing at this address.")
