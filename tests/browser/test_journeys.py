"""Three founders, from the home page to the verdict, in a real browser with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.driving import expect_heading, go_on, seed, walk
from tests.browser.invited import another_view, seeded
from tests.web import FOUNDERS, LENS, Founder, Json

NewContext = Callable[..., BrowserContext]
# The same pages on either database: one founder alone goes there on PostgreSQL too. All of them do
# so without a browser, in tests/journeys/test_plain_http.py.
JOURNEYS = [("sqlite", name) for name in FOUNDERS] + [("postgresql", "with a settled part")]
every_founder = pytest.mark.parametrize(
    ("live_site", "founder"),
    [(database, FOUNDERS[name]) for database, name in JOURNEYS],
    ids=[f"{name} on {database}" for database, name in JOURNEYS],
    indirect=["live_site"],
)
on_one_database = pytest.mark.parametrize("live_site", ["sqlite"], indirect=True)


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


@on_one_database
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
    expect(page.locator(".link-state")).to_have_text("Revoked")
    guest.reload()
    expect_heading(guest, "There is nothing at this address.")


def answer_alone(page: Page, address: str, file: Json) -> None:
    page.goto(address)
    go_on(page, "Start")
    walk(page, file)
    go_on(page, "See the verdict")
    expect(page.locator("h1.verdict")).to_be_visible()


@pytest.mark.parametrize(
    ("live_site", "scripts"),
    [("sqlite", False), ("postgresql", True)],
    ids=["without scripts", "with scripts"],
    indirect=["live_site"],
)
def test_two_answer_blind_see_where_they_disagree_and_settle_it(
    new_context: NewContext, live_site: str, scripts: bool
) -> None:
    file = FOUNDERS["with a settled part"].file
    first, second = (f"{live_site}/i/{token}/" for token in seeded(live_site, file)["new"])
    founder, cto = (new_context(java_script_enabled=scripts).new_page() for _ in range(2))
    answer_alone(founder, first, file)
    expect(founder.get_by_role("heading", name="Waiting for Marina’s CTO")).to_be_visible()
    answer_alone(cto, second, another_view(file))
    founder.reload()
    for page in (founder, cto):
        page.get_by_role("link", name="See where you disagree").click()
        expect_heading(page, "Where you disagree")
    for group in founder.locator("#settle fieldset").all():
        group.locator("input[value=second]").check()
    go_on(founder, "Settle it")
    expect(founder.locator("#settled h2")).to_have_text("Settled: start with Go")
    for group in cto.locator("#settle fieldset").all():
        group.locator("input[value=first]").check()
    go_on(cto, "Settle it")
    expect(cto.locator(".error-summary")).to_contain_text("While this page was open")
    expect(cto.locator("#settled h2")).to_have_text("Settled: start with Go")
    cto.get_by_role("link", name="See the whole joint result").click()
    expect(cto.locator("h1.verdict")).to_contain_text("Start with Go.")
