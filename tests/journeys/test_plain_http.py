"""Whole journeys as a browser without scripts makes them, on a real server and both databases."""

from __future__ import annotations

import httpx
import pytest

from tests.web import (
    FOUNDERS,
    LENS,
    STEPS,
    Founder,
    Visitor,
    heading,
    says,
    soup,
    text_of,
    title,
    typed,
)

SEAM = FOUNDERS["with a settled part"].file
CHANGE_HEAVY = FOUNDERS["change-heavy"].file


@pytest.fixture
def visitor(live_site: str) -> Visitor:
    return Visitor(live_site)


def finish(visitor: Visitor) -> str:
    """The share link's maker: from check-your-answers to the address of the own result."""
    visitor.send(button="See the verdict")
    return visitor.path


@pytest.mark.parametrize("founder", FOUNDERS.values(), ids=FOUNDERS)
def test_a_founder_gets_from_the_home_page_to_the_verdict(
    visitor: Visitor, founder: Founder
) -> None:
    visitor.send(button="Start an assessment")
    visitor.walk(founder.file)
    assert heading(visitor.page) == "Check your answers"
    visitor.send(button="See the verdict")
    assert heading(visitor.page).startswith(founder.verdict)
    seam = soup(visitor.page).select_one("aside.seam h2")
    assert (text_of(seam) if seam else "") == founder.seam
    for change in founder.file["answers"]["changes"]:
        assert change["text"] in says(visitor.page)


def test_everything_may_be_left_at_not_sure(visitor: Visitor) -> None:
    visitor.start()
    visitor.send({"project_name": "No idea"})
    for _ in STEPS[1:]:
        visitor.send()
    assert heading(visitor.page) == "Check your answers"
    finish(visitor)
    assert heading(visitor.page).startswith("Start with ")


def test_going_back_shows_what_was_saved_and_going_on_loses_nothing(visitor: Visitor) -> None:
    visitor.start()
    visitor.walk(SEAM)
    checked = says(visitor.page)
    last = soup(visitor.page).find("a", string="Back")
    assert last
    visitor.open(str(last["href"]))
    for _ in STEPS[1:]:
        visitor.send({"then": "back"})
    for step in LENS.steps:
        assert heading(visitor.page) == step.title
        visitor.send()
    assert says(visitor.page) == checked


def test_one_answer_is_changed_from_check_your_answers(visitor: Visitor) -> None:
    visitor.start()
    visitor.walk(SEAM)
    link = next(a for a in soup(visitor.page).select(".summary-list a") if "Stage" in text_of(a))
    visitor.open(str(link["href"]))
    visitor.send({"stage": "relied_on"}, "Save and return")
    assert heading(visitor.page) == "Check your answers"
    assert "Relied on" in says(visitor.page)


def test_a_share_link_opens_without_cookies_until_it_is_revoked(
    visitor: Visitor, live_site: str
) -> None:
    visitor.start()
    visitor.walk(SEAM)
    finish(visitor)
    visitor.send({"label": "For the board"}, "Make a link")
    field = soup(visitor.page).select_one(".link-box input")
    assert field
    address = str(field["value"])
    assert address.startswith(f"{live_site}/r/")
    assert heading(httpx.get(address)).startswith("Start with FastAPI.")
    visitor.send(button="Revoke For the board")
    assert httpx.get(address).status_code == 404


def test_a_doubled_post_is_harmless(visitor: Visitor) -> None:
    visitor.start()
    for step in LENS.steps:
        before = visitor.page
        visitor.send(typed(SEAM, step))
        following = visitor.path
        visitor.page = before
        visitor.send(typed(SEAM, step))
        assert visitor.path == following
    before = visitor.page
    address = finish(visitor)
    visitor.page = before
    assert finish(visitor) == address
    assert "Your answers have changed" not in says(visitor.page)


def test_two_sessions_on_one_step_get_the_choice(visitor: Visitor, live_site: str) -> None:
    token = visitor.start()
    visitor.send(typed(SEAM, LENS.steps[0]))
    other = Visitor(live_site)
    other.open(f"/a/{token}/{STEPS[0]}/")
    visitor.open(f"/a/{token}/{STEPS[0]}/")
    visitor.send({"project_name": "First tab"})
    other.send({"project_name": "Second tab"})
    assert other.page.status_code == 409
    assert title(other.page) == "Choose between two versions · StackPick"
    assert {"First tab", "Second tab"} <= set(soup(other.page).stripped_strings)
    other.send(button="Use mine")
    other.open(f"/a/{token}/check/")
    assert "Second tab" in says(other.page)


def test_an_invalid_step_comes_back_as_it_was_filled_in(visitor: Visitor) -> None:
    visitor.start()
    visitor.send({"project_name": "", "project_summary": "Kept <b>as</b> typed", "stage": "idea"})
    assert visitor.page.status_code == 200
    assert title(visitor.page).startswith("Error: ")
    visitor.send({"project_name": "Named"})
    assert heading(visitor.page) == LENS.steps[1].title
    visitor.open(visitor.path.replace(STEPS[1], "check"))
    assert "Kept <b>as</b> typed" in says(visitor.page)


def test_a_form_without_cookies_is_refused_in_the_sites_look(
    visitor: Visitor, live_site: str
) -> None:
    visitor.open("/start/")
    page = httpx.post(f"{live_site}/start/", data={"csrfmiddlewaretoken": "x" * 64})
    assert page.status_code == 403
    assert heading(page) == "The form had expired, so nothing was saved."
    assert soup(page).select("header.site-header")
