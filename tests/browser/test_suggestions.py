"""Kinds suggested while a founder types, taken with a tap or with keys, corrected at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from assessments.suggest import classifier
from tests.browser.driving import Complaints, expect_heading, fill, go_on, look, seed
from tests.browser.test_live import answer_live
from tests.conftest import missing
from tests.servers import ONE_WORKER, running_server
from tests.web import STABILITY_HEAVY, Json, with_answers

# Such that there is no doubt about their kinds.
STRIPE = "Connect Stripe for payments"
COLUMNS = "Split the customer name into first and last name columns"
REQUESTS = "Take ten times more requests per second"
SMALLEST_TARGET = 44
HERE = "#so-far-map-here"  # the point of the live map


@pytest.fixture(autouse=True)
def _something_suggests() -> None:
    if classifier() is None:
        missing("the extra “suggest” is not installed")


def unsorted(*texts: str) -> Json:
    return with_answers(STABILITY_HEAVY, changes=[{"text": text} for text in texts])


@pytest.fixture
def step(page: Page, sqlite_site: str) -> Page:
    """The step of the changes, with nothing in it."""
    page.goto(seed(sqlite_site).url("changes"))
    return page


def chip(page: Page, row: int, name: str) -> Locator:
    return page.locator(f"#suggest-{row}").get_by_role("button", name=name)


def kind(page: Page, row: int) -> Locator:
    return page.locator(f"[name=change_{row - 1}_kind]")


def test_typing_shows_the_kinds_and_taking_one_moves_the_map(step: Page) -> None:
    complaints = Complaints().listen(step)
    answer_live(step, {"change_0_text": STRIPE})
    taken = chip(step, 1, "New integration")
    expect(taken).to_have_attribute("aria-pressed", "false")
    expect(step.locator("#suggest-1 .because")).to_contain_text("“Stripe”")
    before = step.locator(HERE).get_attribute("cx") or ""
    taken.click()
    expect(kind(step, 1)).to_have_value("integration")
    expect(taken).to_have_attribute("aria-pressed", "true")
    expect(step.locator(HERE)).not_to_have_attribute("cx", before)
    expect(taken).to_be_focused()
    go_on(step)
    step.wait_for_url("**/backend/")
    step.go_back()
    expect(kind(step, 1)).to_have_value("integration")
    assert complaints.heard == []


def test_once_more_gives_a_kind_back(step: Page) -> None:
    answer_live(step, {"change_0_text": STRIPE})
    for value, pressed in (("integration", "true"), ("", "false")):
        chip(step, 1, "New integration").click()
        expect(kind(step, 1)).to_have_value(value)
        expect(chip(step, 1, "New integration")).to_have_attribute("aria-pressed", pressed)


def test_a_kind_chosen_by_hand_stays_whatever_is_typed(step: Page) -> None:
    answer_live(step, {"change_0_text": STRIPE, "change_0_kind": "observability"})
    expect(step.locator("#suggest-1")).to_be_empty()
    answer_live(step, {"change_0_text": COLUMNS})
    expect(kind(step, 1)).to_have_value("observability")
    expect(step.locator("#suggest-1")).to_be_empty()
    answer_live(step, {"change_0_kind": ""})
    expect(chip(step, 1, "Data model")).to_be_visible()


def test_a_kind_that_was_taken_stays_when_the_words_change(step: Page) -> None:
    answer_live(step, {"change_0_text": STRIPE})
    chip(step, 1, "New integration").click()
    answer_live(step, {"change_0_text": REQUESTS})
    expect(kind(step, 1)).to_have_value("integration")


def test_each_row_has_its_own(step: Page) -> None:
    answer_live(step, {"change_0_text": COLUMNS, "change_1_text": REQUESTS})
    chip(step, 2, "Throughput").click()
    expect(kind(step, 2)).to_have_value("throughput")
    expect(kind(step, 1)).to_have_value("")
    expect(chip(step, 1, "Data model")).to_be_visible()


def test_keys_alone_take_a_kind_and_the_focus_stays(step: Page) -> None:
    step.locator("[name=change_0_text]").focus()
    step.keyboard.type(STRIPE)
    taken = chip(step, 1, "New integration")
    expect(taken).to_be_visible()
    expect(step.locator("[name=change_0_text]")).to_be_focused()
    step.keyboard.press("Tab")
    while not taken.evaluate("chip => chip === document.activeElement"):
        step.keyboard.press("Tab")
        expect(step.locator("#suggest-1 :focus")).to_have_count(1)
    step.keyboard.press("Space")
    expect(kind(step, 1)).to_have_value("integration")
    answer_live(step, {})
    expect(taken).to_be_focused()


def test_nothing_moves_from_under_a_finger(step: Page) -> None:
    """What comes while one is on a chip waits: it might be pressed just then."""
    answer_live(step, {"change_0_text": STRIPE})
    taken = chip(step, 1, "New integration")
    step.fill("[name=change_0_text]", REQUESTS)
    taken.focus()
    answer_live(step, {})
    expect(taken).to_be_focused()


@pytest.mark.parametrize("width", [360, 1280])
def test_taking_a_kind_moves_nothing(step: Page, width: int) -> None:
    look(step, width)
    answer_live(step, {"change_0_text": STRIPE})
    expect(chip(step, 1, "New integration")).to_be_visible()
    inside = "[...document.querySelectorAll('#change-1 :is(.chip, select)')]"
    places = f"{inside}.map(each => [each.offsetLeft, each.offsetTop, each.offsetWidth])"
    before = step.evaluate(places)
    chip(step, 1, "New integration").click()
    expect(chip(step, 1, "New integration")).to_have_attribute("aria-pressed", "true")
    assert step.evaluate(places) == before


def test_on_a_phone_one_kind_stands_exactly_below_the_other(step: Page) -> None:
    look(step, 360)
    answer_live(step, {"change_0_text": STRIPE})
    expect(chip(step, 1, "New integration")).to_be_visible()
    first, second = (each.bounding_box() for each in step.locator("#suggest-1 .chip").all())
    assert first
    assert second
    assert first["x"] == second["x"]
    assert first["y"] + first["height"] <= second["y"]


def test_what_came_while_a_kind_had_the_focus_is_shown_once_it_leaves(step: Page) -> None:
    answer_live(step, {"change_0_text": STRIPE})
    chip(step, 1, "New integration").focus()
    with step.expect_response("**/so-far/"):
        step.locator("[name=change_0_text]").evaluate(
            """(field, text) => {
                field.value = text;
                field.dispatchEvent(new Event("input", { bubbles: true }));
            }""",
            REQUESTS,
        )
    expect(chip(step, 1, "New integration")).to_be_focused()
    step.locator("[name=change_1_text]").focus()
    expect(chip(step, 1, "Throughput")).to_be_visible()
    expect(step.locator("#suggest-1")).not_to_contain_text("Stripe")


def test_one_endless_word_stays_within_a_phone(step: Page) -> None:
    look(step, 360)
    answer_live(step, {"change_0_text": f"Connect stripe{'.webhook.stripe' * 12}"})
    expect(chip(step, 1, "New integration")).to_be_visible()
    assert step.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_stays_the_same_is_not_said_again(step: Page) -> None:
    answer_live(step, {"change_0_text": STRIPE})
    step.evaluate("document.querySelector('#suggest-1 p').same = true")
    answer_live(step, {"change_1_text": COLUMNS})
    expect(chip(step, 2, "Data model")).to_be_visible()
    assert step.evaluate("document.querySelector('#suggest-1 p').same") is True
    answer_live(step, {"change_0_text": REQUESTS})
    expect(chip(step, 1, "Throughput")).to_be_visible()


def test_on_a_phone_they_are_large_enough_for_a_thumb(step: Page) -> None:
    look(step, 360)
    answer_live(step, {"change_0_text": STRIPE, "change_1_text": COLUMNS})
    boxes = [each.bounding_box() for each in step.locator(".chip").all()]
    assert len(boxes) == 4
    assert all(box and box["height"] >= SMALLEST_TARGET for box in boxes)


def test_where_nothing_is_said_nothing_takes_room(step: Page) -> None:
    heights = "[...document.querySelectorAll('.suggest')].map(each => each.offsetHeight)"
    assert step.evaluate(heights) == [0] * 5


def test_a_row_that_is_added_leaves_what_was_suggested_in_the_others(step: Page) -> None:
    answer_live(step, {"change_0_text": STRIPE})
    go_on(step, "Add a change")
    expect(step.locator("[name=change_3_text]")).to_be_focused()
    chip(step, 1, "New integration").click()
    expect(kind(step, 1)).to_have_value("integration")


# ---- Without scripts, and without suggestions ----


@pytest.fixture
def plain(new_context: Any) -> Page:
    """A browser without scripts."""
    page: Page = new_context(java_script_enabled=False).new_page()
    return page


def test_without_scripts_no_chip_is_seen(plain: Page, sqlite_site: str) -> None:
    plain.goto(seed(sqlite_site, unsorted(STRIPE)).url("changes"))
    expect(plain.locator("[name=change_0_text]")).to_have_value(STRIPE)
    expect(plain.locator(".suggest:visible")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_the_check_page_suggests_and_finishes_on_what_was_corrected(
    new_context: Any, sqlite_site: str, scripts: bool
) -> None:
    page = new_context(java_script_enabled=scripts).new_page()
    seeded = seed(sqlite_site, unsorted(STRIPE, COLUMNS, REQUESTS))
    page.goto(seeded.url("check"))
    expect(kind(page, 1)).to_have_value("integration")
    expect(kind(page, 3)).to_have_value("throughput")
    expect(page.get_by_text("Suggested from your words")).to_have_count(3)
    fill(page, {"change_1_kind": "data_script"})
    go_on(page, "See the verdict")
    expect(page.locator("h1.verdict")).to_be_visible()
    page.goto(seeded.url("changes"))
    for row, value in enumerate(("integration", "data_script", "throughput"), start=1):
        expect(kind(page, row)).to_have_value(value)


def test_a_check_page_that_was_left_behind_says_so(page: Page, sqlite_site: str) -> None:
    seeded = seed(sqlite_site, unsorted(STRIPE))
    page.goto(seeded.url("check"))
    other = page.context.new_page()
    other.goto(seeded.url("changes"))
    fill(other, {"change_0_text": COLUMNS})
    go_on(other)
    other.wait_for_url("**/backend/")
    go_on(page, "See the verdict")
    expect(page.locator(".error-summary")).to_be_focused()
    expect(kind(page, 1)).to_have_value("schema")


@pytest.fixture(scope="module")
def quiet_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site that suggests nothing."""
    file = Path(tmp_path_factory.mktemp("quiet"), "site.sqlite3")
    with running_server(f"sqlite:///{file}", env=ONE_WORKER) as base_url:
        yield base_url


def test_switched_off_the_wizard_works_without_a_trace(page: Page, quiet_site: str) -> None:
    complaints = Complaints().listen(page)
    seeded = seed(quiet_site, unsorted(STRIPE))
    page.goto(seeded.url("changes"))
    answer_live(page, {"change_1_text": COLUMNS, "change_1_kind": "schema"})
    assert "suggest" not in page.content().lower()
    go_on(page)
    page.wait_for_url("**/backend/")
    page.goto(seeded.url("check"))
    assert "suggest" not in page.content().lower()
    go_on(page, "See the verdict")
    expect_heading(page, "Start with Go. You need to buy stability.")
    assert complaints.heard == []
