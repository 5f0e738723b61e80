"""What the wizard is like to use: focus, title, history, two tabs, a failing connection."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.driving import Seed, expect_heading, fill, go_on, seed
from tests.web import FOUNDERS, LENS, STEPS

NewContext = Callable[..., BrowserContext]
SEAM = FOUNDERS["with a settled part"].file
TITLES = [step.title for step in LENS.steps]
# What scripts ask of the last step takes half a second longer.
SLOW_SCRIPTS = """
const { open, send } = XMLHttpRequest.prototype;
XMLHttpRequest.prototype.open = function (method, url, ...rest) {
  this.slow = method === "GET" && url.endsWith("/team/");
  return open.call(this, method, url, ...rest);
};
XMLHttpRequest.prototype.send = function (...body) {
  setTimeout(() => send.apply(this, body), this.slow ? 500 : 0);
};
"""
scripts = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


@pytest.fixture
def started(sqlite_site: str) -> Seed:
    return seed(sqlite_site)


@pytest.fixture
def filled(sqlite_site: str) -> Seed:
    return seed(sqlite_site, SEAM)


def tab(new_context: NewContext, scripts: bool = True) -> Page:
    return new_context(java_script_enabled=scripts).new_page()


# ---- Focus and title ----


def test_after_a_swap_focus_title_address_and_place_are_those_of_the_new_step(
    page: Page, started: Seed
) -> None:
    page.goto(started.url(STEPS[0]))
    fill(page, {"project_name": "Marina"})
    go_on(page)
    expect(page.locator("h1")).to_be_focused()
    expect(page).to_have_title(f"{TITLES[1]} · Step 2 of 8 · StackPick")
    expect(page).to_have_url(started.url(STEPS[1]))
    expect(page.locator("h1")).to_be_in_viewport()


@scripts
def test_a_mistake_gets_the_focus_and_leads_to_its_field(
    new_context: NewContext, started: Seed, scripts: bool
) -> None:
    page = tab(new_context, scripts)
    page.goto(started.url(STEPS[0]))
    go_on(page)
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page).to_have_title(f"Error: {TITLES[0]} · Step 1 of 8 · StackPick")
    page.get_by_role("link", name="Give the project a name").click()
    expect(page.locator("[name=project_name]")).to_be_focused()
    fill(page, {"project_name": "Marina"})
    go_on(page)
    expect_heading(page, TITLES[1])


def test_what_was_typed_is_still_there_beside_its_mistake(page: Page, started: Seed) -> None:
    page.goto(started.url("changes"))
    fill(page, {"change_1_text": "x" * 201, "change_2_kind": "schema"})
    go_on(page)
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("[name=change_1_text]")).to_have_value("x" * 201)
    expect(page.locator("[name=change_2_kind]")).to_have_value("schema")


# ---- Back, Forward, reload ----


@scripts
def test_back_and_forward_show_the_right_step_with_what_was_saved(
    new_context: NewContext, started: Seed, scripts: bool
) -> None:
    page = tab(new_context, scripts)
    page.goto(started.url(STEPS[0]))
    fill(page, {"project_name": "Marina", "stage": "growing"})
    go_on(page)
    expect_heading(page, TITLES[1])
    fill(page, {"change_0_text": "Another tariff", "change_0_kind": "schema"})
    go_on(page)
    expect_heading(page, TITLES[2])
    page.go_back()
    expect_heading(page, TITLES[1])
    expect(page.locator("[name=change_0_text]")).to_have_value("Another tariff")
    expect(page.locator("[name=change_0_kind]")).to_have_value("schema")
    page.go_back()
    expect_heading(page, TITLES[0])
    expect(page).to_have_title(f"{TITLES[0]} · Step 1 of 8 · StackPick")
    expect(page.locator("[name=project_name]")).to_have_value("Marina")
    expect(page.locator("[name=stage][value=growing]")).to_be_checked()
    expect(page.locator("header.site-header")).to_have_count(1)
    page.go_forward()
    expect_heading(page, TITLES[1])
    go_on(page)
    expect_heading(page, TITLES[2])


@scripts
def test_the_back_button_of_a_step_keeps_what_was_typed(
    new_context: NewContext, filled: Seed, scripts: bool
) -> None:
    page = tab(new_context, scripts)
    page.goto(filled.url("changes"))
    fill(page, {"change_0_text": "Typed, and not continued"})
    go_on(page, "Back")
    expect_heading(page, TITLES[0])
    go_on(page)
    expect_heading(page, TITLES[1])
    expect(page.locator("[name=change_0_text]")).to_have_value("Typed, and not continued")


def test_back_and_at_once_forward_show_the_page_of_the_address(page: Page, filled: Seed) -> None:
    page.add_init_script(SLOW_SCRIPTS)
    page.goto(filled.url("team"))
    go_on(page)
    expect_heading(page, "Check your answers")
    page.evaluate("history.back(); setTimeout(() => history.forward(), 150)")
    page.wait_for_timeout(1000)
    at_team = page.url == filled.url("team")
    expect_heading(page, TITLES[-1] if at_team else "Check your answers")


@scripts
def test_an_answer_changed_after_going_back_is_no_conflict(
    new_context: NewContext, started: Seed, scripts: bool
) -> None:
    page = tab(new_context, scripts)
    page.goto(started.url(STEPS[0]))
    fill(page, {"project_name": "First name"})
    go_on(page)
    expect_heading(page, TITLES[1])
    page.go_back()
    expect_heading(page, TITLES[0])
    fill(page, {"project_name": "Second name"})
    go_on(page)
    expect_heading(page, TITLES[1])
    page.goto(started.url("check"))
    expect(page.locator(".summary-list").first).to_contain_text("Second name")


def test_a_reload_after_a_swap_shows_the_whole_page_of_that_step(page: Page, filled: Seed) -> None:
    page.goto(filled.url(STEPS[1]))
    go_on(page)
    expect_heading(page, TITLES[2])
    page.reload()
    expect_heading(page, TITLES[2])
    expect(page.locator("header.site-header")).to_have_count(1)
    expect(page.locator("[name=settled_part_name]")).to_have_value("tariff engine")


def test_a_doubled_click_goes_one_step_and_saves_once(page: Page, started: Seed) -> None:
    page.goto(started.url(STEPS[0]))
    fill(page, {"project_name": "Marina"})
    page.get_by_role("button", name="Continue").dblclick()
    expect_heading(page, TITLES[1])
    page.wait_for_load_state("networkidle")
    expect_heading(page, TITLES[1])
    expect(page.locator("[name=version]")).to_have_value("1")


# ---- Check your answers ----


@scripts
def test_a_change_link_shows_its_question_and_comes_straight_back(
    new_context: NewContext, filled: Seed, scripts: bool
) -> None:
    page = tab(new_context, scripts)
    page.goto(filled.url("check"))
    page.get_by_role("link", name="Change Scripts by hand").click()
    expect_heading(page, TITLES[4])
    expect(page.locator("#id_scripts_0")).to_be_in_viewport()
    if scripts:
        expect(page.locator("#id_scripts_0")).to_be_focused()
    fill(page, {"scripts": "unknown"})
    go_on(page, "Save and return")
    expect_heading(page, "Check your answers")
    expect(page).to_have_url(filled.url("check"))
    expect(page.get_by_text("All the time")).to_be_visible()


# ---- Two tabs ----


@scripts
@pytest.mark.parametrize(("choice", "stands"), [("Use mine", "Mine"), ("Keep", "Theirs")])
def test_the_second_of_two_tabs_gets_the_choice_and_nothing_is_lost(
    new_context: NewContext, started: Seed, scripts: bool, choice: str, stands: str
) -> None:
    first, second = tab(new_context, scripts), tab(new_context, scripts)
    for page, name in ((first, "Theirs"), (second, "Mine")):
        page.goto(started.url(STEPS[0]))
        fill(page, {"project_name": name})
    go_on(first)
    expect_heading(first, TITLES[1])
    go_on(second)
    expect_heading(second, "These answers were changed elsewhere")
    for name in ("Theirs", "Mine"):
        expect(second.get_by_text(name, exact=True)).to_be_visible()
    second.locator("button, a").filter(has_text=choice).click()
    expect_heading(second, TITLES[1])
    second.goto(started.url("check"))
    expect(second.locator(".summary-list").first).to_contain_text(stands)


def test_after_the_choice_the_title_and_the_focus_are_its_own(
    new_context: NewContext, started: Seed
) -> None:
    first, second = tab(new_context), tab(new_context)
    for page, name in ((first, "Theirs"), (second, "Mine")):
        page.goto(started.url(STEPS[0]))
        fill(page, {"project_name": name})
    go_on(first)
    expect_heading(first, TITLES[1])
    go_on(second)
    expect(second).to_have_title("Choose between two versions · StackPick")
    expect(second.locator("h1")).to_be_focused()


# ---- A failing connection ----


def test_when_the_connection_fails_it_is_said_and_what_was_typed_stays(
    page: Page, started: Seed
) -> None:
    page.goto(started.url(STEPS[0]))
    fill(page, {"project_name": "Marina"})
    page.route("**/a/**", lambda route: route.abort())
    go_on(page)
    expect(page.get_by_role("status").filter(has_text="Not saved")).to_be_visible()
    expect(page.locator("[name=project_name]")).to_have_value("Marina")
    page.unroute("**/a/**")
    go_on(page)
    expect_heading(page, TITLES[1])
    expect(page.locator("#net-status")).to_be_empty()


@pytest.mark.parametrize("panel", ["fails as well", "succeeds"])
def test_what_the_live_panel_does_later_never_hides_that_nothing_was_saved(
    page: Page, started: Seed, panel: str
) -> None:
    held: list[Route] = []
    page.goto(started.url(STEPS[0]))
    page.route("**/so-far/", lambda route: held.append(route))
    page.route(f"**/{STEPS[0]}/", lambda route: route.abort())
    with page.expect_request("**/so-far/"):
        fill(page, {"project_name": "Marina"})
    go_on(page)
    warning = page.get_by_role("status").filter(has_text="Not saved")
    expect(warning).to_be_visible()
    if panel == "succeeds":
        with page.expect_response("**/so-far/"):
            held[0].continue_()
    else:
        with page.expect_event("requestfailed"):
            held[0].abort()
    page.wait_for_timeout(300)
    expect(warning).to_be_visible()


@pytest.mark.parametrize("status", [502, 503, 504])
def test_when_the_site_is_away_what_was_typed_stays(page: Page, started: Seed, status: int) -> None:
    def away(route: Route) -> None:
        route.fulfill(status=status, body="<html><body><h1>Bad gateway</h1></body></html>")

    page.goto(started.url(STEPS[0]))
    fill(page, {"project_name": "Marina"})
    page.route("**/a/**", away)
    go_on(page)
    expect(page.get_by_role("status").filter(has_text="Not saved")).to_be_visible()
    expect_heading(page, TITLES[0])
    expect(page.locator("[name=project_name]")).to_have_value("Marina")


def test_an_assessment_that_is_gone_shows_the_error_page_in_place(
    page: Page, started: Seed
) -> None:
    page.goto(started.url(STEPS[0]))
    gone = started.url(STEPS[0]).replace(started.token, "x" * 43)
    page.locator("form").first.evaluate("(form, to) => form.setAttribute('action', to)", gone)
    page.evaluate("window.htmx.process(document.body)")
    fill(page, {"project_name": "Marina"})
    go_on(page)
    expect_heading(page, "There is nothing at this address.")
    expect(page.locator("header.site-header")).to_have_count(1)


# ---- Small helps ----


def test_the_room_that_is_left_counts_down_beside_the_field(page: Page, started: Seed) -> None:
    page.goto(started.url(STEPS[0]))
    hint = page.locator("#id_project_name_limit")
    expect(hint).to_have_text("At most 100 characters.")
    fill(page, {"project_name": "🦀" * 95})
    expect(hint).to_have_text("5 characters left")
    fill(page, {"project_name": "🦀" * 101})
    expect(hint).to_have_text("1 character too many")
    fill(page, {"project_name": "short"})
    expect(hint).to_have_text("At most 100 characters.")


def test_the_share_link_is_copied(new_context: NewContext, sqlite_site: str) -> None:
    finished = seed(sqlite_site, SEAM, finished=True)
    page = new_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    page.goto(finished.url())
    go_on(page, "Make a link to read")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    address = page.locator(".link-box input").input_value()
    elsewhere = page.context.new_page()  # this page may write to the clipboard and not read it
    elsewhere.set_content("<textarea></textarea>")
    elsewhere.locator("textarea").press("ControlOrMeta+v")
    assert elsewhere.locator("textarea").input_value() == address


def test_without_scripts_there_is_no_button_that_does_nothing(
    new_context: NewContext, sqlite_site: str
) -> None:
    finished = seed(sqlite_site, SEAM, finished=True)
    page = tab(new_context, scripts=False)
    page.goto(finished.url())
    go_on(page, "Make a link to read")
    expect(page.locator(".link-box input")).to_be_visible()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
