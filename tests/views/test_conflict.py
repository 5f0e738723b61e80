"""Two tabs on the same step: neither's answers are lost without a word."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.web import (
    FOUNDERS,
    HTMX,
    LENS,
    STEPS,
    Draft,
    controls,
    draft,
    form_of,
    heading,
    says,
    soup,
    text_of,
    title,
    typed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.queries]
FILE = FOUNDERS["with a settled part"].file


@pytest.fixture
def started() -> Draft:
    """Opened in this tab at version 1; then another tab saved the step ``backend``."""
    opened = draft(FILE)
    opened.save("backend", backend="queue_worker", settled_part_name="night run")
    return opened


def save_stale(client: Client, started: Draft, **kwargs: Any) -> Any:
    mine = typed(FILE, LENS.steps[2]) | {"settled_part_name": "price book", "version": 1}
    return client.post(started.step("backend"), mine | kwargs.pop("data", {}), **kwargs)


def rows(page: Any) -> dict[str, list[str]]:
    """By question: what is saved now, and what this tab sent."""
    return {
        row.th.get_text(" ", strip=True): [text_of(cell) for cell in row.select("td")]
        for row in soup(page).select("tbody tr")
        if row.th
    }


def test_a_stale_save_shows_both_versions_and_stores_neither_over_the_other(
    client: Client, started: Draft
) -> None:
    page = save_stale(client, started)
    assert page.status_code == 409
    assert heading(page) == "These answers were changed elsewhere"
    assert rows(page)["Kind of backend differs"] == ["A queue worker", "A product"]
    assert rows(page)["Name of the settled part differs"] == ["night run", "price book"]
    assert started.answers.values["settled_part_name"] == "night run"


def test_only_the_rows_that_differ_say_so(client: Client, started: Draft) -> None:
    marked = [label for label in rows(save_stale(client, started)) if "differs" in label]
    assert marked == ["Kind of backend differs", "Name of the settled part differs"]


def test_htmx_gets_the_choice_with_200_so_that_it_is_swapped_in(
    client: Client, started: Draft
) -> None:
    page = save_stale(client, started, headers=HTMX)
    assert page.status_code == 200
    assert title(page) == "Choose between two versions · StackPick"
    assert not soup(page).select("html")
    assert {"night run", "price book"} <= set(soup(page).stripped_strings)


def test_use_mine_stores_mine_and_goes_on(client: Client, started: Draft) -> None:
    form = form_of(save_stale(client, started), "Use mine")
    response = client.post(str(form["action"]), controls(form))
    assert response["Location"] == started.step(STEPS[3])
    assert started.answers.values["settled_part_name"] == "price book"
    assert started.answers.values["backend"] == "product"


def test_keep_keeps_what_is_saved_and_goes_on(client: Client, started: Draft) -> None:
    keep = soup(save_stale(client, started)).find("a", string="Keep what is saved")
    assert keep
    assert keep["href"] == started.step(STEPS[3])
    assert client.get(str(keep["href"])).status_code == 200
    assert started.answers.values["settled_part_name"] == "night run"


def test_the_choice_remembers_the_way_back_to_check_your_answers(
    client: Client, started: Draft
) -> None:
    page = save_stale(client, started, data={"then": "check"})
    keep = soup(page).find("a", string="Keep what is saved")
    assert keep
    assert keep["href"] == started.url("check")
    form = form_of(page, "Use mine")
    response = client.post(str(form["action"]), controls(form))
    assert response["Location"] == started.url("check")


def test_a_third_save_meanwhile_asks_again(client: Client, started: Draft) -> None:
    form = form_of(save_stale(client, started), "Use mine")
    started.save("backend", settled_part_name="third version")
    page = client.post(str(form["action"]), controls(form))
    assert page.status_code == 409
    assert "third version" in says(page)


def test_another_step_saved_meanwhile_is_no_conflict(client: Client) -> None:
    started = draft(FILE)
    started.save("team", python="none")
    assert save_stale(client, started).status_code == 302
    assert started.answers.values["python"] == "none"
    assert started.answers.values["settled_part_name"] == "price book"


def test_the_same_answers_from_both_tabs_are_no_conflict(client: Client) -> None:
    started = draft(FILE)
    started.save("backend", settled_part_name="price book")
    assert save_stale(client, started).status_code == 302


def test_what_was_typed_is_shown_as_typed(client: Client, started: Draft) -> None:
    page = save_stale(client, started, data={"settled_part_name": "<script>alert(1)</script>"})
    assert b"<script>alert" not in page.content
    assert "<script>alert(1)</script>" in says(page)


def test_the_changes_of_both_are_shown_row_by_row(client: Client) -> None:
    started = draft(FILE)
    started.save("changes", changes=[{"text": "Theirs alone", "kind": "schema"}])
    page = client.post(started.step("changes"), {"version": 1, "change_2_text": "Mine alone"})
    assert page.status_code == 409
    (both,) = rows(page).values()
    assert both == ["Theirs alone Data model", "Mine alone Kind not sure"]


def test_a_mistake_in_a_stale_form_does_not_hide_the_conflict(
    client: Client, started: Draft
) -> None:
    """The page that asks to mend the mistake must not pass for one that saw the other save."""
    page = save_stale(client, started, data={"settled_part_name": "x" * 81})
    assert title(page).startswith("Error: ")
    form = form_of(page)
    mended = controls(form) | {"settled_part_name": "mended"}
    assert client.post(str(form["action"]), mended).status_code == 409
    assert started.answers.values["settled_part_name"] == "night run"
