"""What moves while a founder answers: the rectangle, the offer to stop, rows, what-if."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from assessments.engine.answers import Answers, parse, prune
from assessments.engine.bounds import bounds
from tests.browser.driving import Complaints, expect_heading, fill, go_on, seed
from tests.factories import answers as complete
from tests.web import FOUNDERS, LENS, Json, typed

SEAM = FOUNDERS["with a settled part"].file
DEBOUNCE = 450  # milliseconds; the panel asks once 350 have passed without a change
RECT = "#so-far-map-possible"


def size(page: Page) -> tuple[float, float]:
    rect = page.locator(RECT)
    return float(rect.get_attribute("width") or 0), float(rect.get_attribute("height") or 0)


def answer_live(page: Page, filled: dict[str, str]) -> None:
    """Fills in a step, and waits until the panel has followed."""
    fill(page, filled)
    page.wait_for_timeout(DEBOUNCE)
    expect(page.locator(".htmx-request")).to_have_count(0)


def so_far(file: Json, steps: int) -> Json:
    """The file as far as it was answered after so many steps."""
    asked = {question.id for step in LENS.steps[:steps] for question in LENS.questions_of(step.id)}
    kept = {key: value for key, value in file["answers"].items() if key in asked}
    return {**file, "answers": kept}


def counted(page: Page, file: Json) -> Answers:
    """The answers given, without those that still stand as they were assumed."""
    radios = page.locator(".question:has(.assumed) :checked").all()
    assumed = {(radio.get_attribute("name"), radio.get_attribute("value")) for radio in radios}
    answered = prune(LENS, parse(LENS, file))
    kept = {key: value for key, value in answered.values.items() if (key, value) not in assumed}
    return replace(answered, values=kept)


@pytest.mark.parametrize("scripts", [True, False], ids=["live", "without scripts"])
def test_the_rectangle_shrinks_and_ends_as_a_point(
    new_context: Any, sqlite_site: str, scripts: bool
) -> None:
    page = new_context(java_script_enabled=scripts).new_page()
    file = complete(settled_part="yes", settled_part_name="ledger")
    page.goto(seed(sqlite_site).url("project"))
    sizes = [size(page)]
    for step in LENS.steps:
        expect_heading(page, step.title)
        assumed = page.locator(".assumed").count()  # counts only once it is saved
        if scripts:
            answer_live(page, typed(file, step))
            live = size(page)
        else:
            fill(page, typed(file, step))
        go_on(page)
        expect(page.locator("h1")).not_to_have_text(step.title)
        sizes.append(size(page))
        if scripts and not assumed:
            assert sizes[-1] == pytest.approx(live, abs=0.2), "saved is what was shown"
    assert all(a[0] >= b[0] and a[1] >= b[1] for a, b in pairwise(sizes))
    assert sizes[0][0] > 250
    assert sizes[-1] == pytest.approx((0, 0), abs=0.2)


@pytest.mark.parametrize("name", FOUNDERS)
def test_the_offer_to_stop_appears_exactly_when_the_engine_says_so(
    page: Page, sqlite_site: str, name: str
) -> None:
    file = FOUNDERS[name].file
    page.goto(seed(sqlite_site).url("project"))
    offers = []
    for number, step in enumerate(LENS.steps, start=1):
        answer_live(page, typed(file, step))
        settled = bounds(LENS, counted(page, so_far(file, number))).settled
        expect(page.get_by_role("button", name="See it now")).to_have_count(int(settled))
        offers.append(settled)
        go_on(page)
        expect(page.locator("h1")).not_to_have_text(step.title)
    assert not offers[0]


def test_seeing_it_now_saves_the_step_first(page: Page, sqlite_site: str) -> None:
    seeded = seed(sqlite_site, FOUNDERS["change-heavy"].file)
    page.goto(seeded.url("team"))
    answer_live(page, {"python": "some"})
    page.get_by_role("button", name="See it now").click()
    expect_heading(page, "Start with FastAPI. You need to buy change.")
    page.goto(seeded.url("team"))
    expect(page.locator("input[name=python][value=some]")).to_be_checked()


def test_a_screen_reader_hears_politely_what_moved(page: Page, sqlite_site: str) -> None:
    page.goto(seed(sqlite_site).url("backend"))
    status = page.get_by_role("status").filter(has_text="Leaning")
    expect(status).to_have_count(0)
    answer_live(page, {"backend": "queue_worker"})
    expect(page.locator("#so-far-status")).to_contain_text("Leaning to Go.")


def test_on_a_phone_it_is_one_line_that_unfolds(page: Page, sqlite_site: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(seed(sqlite_site).url("backend"))
    expect(page.locator("#so-far-panel")).to_be_hidden()
    line = page.locator("#so-far-line")
    expect(line).to_be_in_viewport()
    answer_live(page, {"backend": "queue_worker"})
    expect(line).to_have_text("Leaning to Go")
    line.click()
    expect(page.locator("#so-far-panel svg.map")).to_be_in_viewport()
    page.get_by_role("button", name="Continue").focus()
    expect(page.get_by_role("button", name="Continue")).to_be_in_viewport()


def test_rows_are_added_and_removed_and_nothing_typed_is_lost(page: Page, sqlite_site: str) -> None:
    complaints = Complaints().listen(page)
    page.goto(seed(sqlite_site).url("changes"))
    rows = page.locator(".change-row:visible")
    expect(rows).to_have_count(3)
    page.fill("[name=change_0_text]", "Sign-up by phone number")
    page.fill("[name=change_1_text]", "Invoices in two currencies")
    page.get_by_role("button", name="Add a change").click()
    expect(rows).to_have_count(4)
    expect(page.locator("[name=change_3_text]")).to_be_focused()
    page.keyboard.type("A queue between bank and ledger")
    page.get_by_role("button", name="Remove change 1").click()
    expect(rows).to_have_count(3)
    expect(page.locator("[name=change_0_text]")).to_have_value("Invoices in two currencies")
    expect(page.locator("[name=change_0_text]")).to_be_focused()
    expect(page.locator("[name=change_2_text]")).to_have_value("A queue between bank and ledger")
    assert complaints.heard == []


def test_enter_in_a_change_continues(page: Page, sqlite_site: str) -> None:
    page.goto(seed(sqlite_site).url("changes"))
    page.fill("[name=change_0_text]", "Sign-up by phone number")
    page.keyboard.press("Enter")
    expect_heading(page, LENS.steps[2].title)


def test_all_five_rows_are_there_without_scripts(new_context: Any, sqlite_site: str) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(seed(sqlite_site).url("changes"))
    expect(page.locator(".change-row:visible")).to_have_count(5)
    expect(page.get_by_role("button", name="Add a change")).to_be_hidden()


def test_the_coach_speaks_while_one_types_and_falls_silent(page: Page, sqlite_site: str) -> None:
    page.goto(seed(sqlite_site).url("changes"))
    answer_live(page, {"change_0_text": "improve performance"})
    expect(page.locator("#coach-1")).to_contain_text("This would fit any product.")
    answer_live(page, {"change_0_text": "The ledger answers in 50 ms instead of 400"})
    expect(page.locator("#coach-1")).to_be_empty()


def test_a_link_of_the_panel_loses_nothing_typed(page: Page, sqlite_site: str) -> None:
    seeded = seed(sqlite_site)
    page.goto(seeded.url("project"))
    answer_live(page, {"project_name": "Kept", "stage": "idea"})
    page.locator("#so-far-panel button[name=then]").click()
    expect(page.locator("h1")).not_to_have_text(LENS.steps[0].title)
    page.goto(seeded.url("project"))
    expect(page.locator("[name=project_name]")).to_have_value("Kept")


def test_when_the_panel_cannot_follow_the_answers_stay_and_it_says_so(
    page: Page, sqlite_site: str
) -> None:
    page.goto(seed(sqlite_site).url("project"))
    page.route("**/so-far/", lambda route: route.abort())
    page.fill("[name=project_name]", "Still here")
    expect(page.locator("#net-status")).to_contain_text("is not up to date")
    expect(page.locator("[name=project_name]")).to_have_value("Still here")
    page.unroute("**/so-far/")
    answer_live(page, {"stage": "idea"})
    expect(page.locator("#net-status")).to_be_empty()


# ---- What if ----


@pytest.mark.parametrize("place", ["on its own page", "in place on the result"])
def test_trying_other_answers_moves_the_verdict_and_saves_nothing(
    page: Page, sqlite_site: str, place: str
) -> None:
    complaints = Complaints().listen(page)
    seeded = seed(sqlite_site, SEAM, finished=True)
    page.goto(seeded.url() if place.startswith("in") else seeded.url("what-if"))
    if place.startswith("in"):
        page.get_by_role("link", name="Try other answers").click()
        expect(page.get_by_role("heading", name="What if an answer were another?")).to_be_focused()
    page.select_option("[name=backend]", "stream_processor")
    page.select_option("[name=mistake]", "loose_much")
    expect(page.locator("#what-if-panel h2")).to_have_text("If so: start with Go")
    expect(page.locator("#what-if-panel .moved li")).to_have_count(2)
    expect(page.locator("#what-if-status")).to_contain_text("Go leads in")
    page.goto(seeded.url())
    expect_heading(page, "Start with FastAPI. You need to buy change.")
    page.goto(seeded.url("backend"))
    expect(page.locator("input[name=backend][value=product]")).to_be_checked()
    assert complaints.heard == []


def test_what_was_tried_is_kept_or_left(page: Page, sqlite_site: str) -> None:
    seeded = seed(sqlite_site, SEAM, finished=True)
    for button, verdict in (("Back to mine", "FastAPI"), ("Keep these answers", "Go")):
        page.goto(seeded.url("what-if"))
        page.select_option("[name=backend]", "stream_processor")
        page.select_option("[name=mistake]", "loose_much")
        page.locator("#what-if-panel").get_by_text(button).click()
        expect(page.locator("h1")).to_contain_text(f"Start with {verdict}.")


def test_what_if_works_without_scripts(new_context: Any, sqlite_site: str) -> None:
    page = new_context(java_script_enabled=False).new_page()
    seeded = seed(sqlite_site, SEAM, finished=True)
    page.goto(seeded.url())
    page.get_by_role("link", name="Try other answers").click()
    page.select_option("[name=backend]", "stream_processor")
    page.select_option("[name=mistake]", "loose_much")
    page.get_by_role("button", name="See what moves").click()
    expect(page.locator("#what-if-panel h2")).to_have_text("If so: start with Go")
    page.get_by_role("button", name="Keep these answers").click()
    expect(page.locator("h1")).to_contain_text("Start with Go.")
