"""What moves on a wizard step while it is filled in, and that none of it is saved."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import Tag
from django.test import Client

from assessments.engine.bounds import bounds
from tests.web import (
    CHANGE_HEAVY,
    FOUNDERS,
    HTMX,
    LENS,
    STABILITY_HEAVY,
    STEPS,
    Draft,
    controls,
    draft,
    form_of,
    says,
    soup,
    text_of,
    typed,
)

pytestmark = pytest.mark.django_db
SEAM = FOUNDERS["with a settled part"].file
CHANGES = [{"text": "Invoices in two currencies", "kind": "schema", "likelihood": "likely"}]


def filled(client: Client, started: Draft, step: str, **answers: str) -> dict[str, str]:
    """What the step's form would send, with some fields filled in otherwise."""
    return controls(form_of(client.get(started.step(step)), "Continue")) | answers


def live(client: Client, started: Draft, step: str, **answers: str) -> Any:
    data = filled(client, started, step, **answers)
    return client.post(f"{started.step(step)}so-far/", data, headers=HTMX)


def rectangle(page: Any) -> list[float] | None:
    rect = soup(page).select_one("rect.possible[id]")
    return [float(str(rect[key])) for key in ("width", "height")] if rect else None


def test_the_rectangle_moves_with_what_is_chosen_and_nothing_is_saved(client: Client) -> None:
    started = draft()
    before = rectangle(client.get(started.step("project")))
    after = rectangle(live(client, started, "project", stage="idea"))
    assert before
    assert after
    assert after[0] < before[0]
    assert after[1] < before[1]
    assert started.version == 0
    assert not started.answers.values


def test_it_says_in_words_where_this_points(client: Client) -> None:
    page = live(client, draft(), "backend", backend="queue_worker")
    status = soup(page).find(id="so-far-status")
    assert text_of(status).startswith("Leaning to Go. Uncertainty can still be ")
    assert text_of(soup(page).find(id="so-far-line")) == "Leaning to Go"


@pytest.mark.parametrize("file", [CHANGE_HEAVY, STABILITY_HEAVY, SEAM], ids=FOUNDERS)
def test_the_offer_to_stop_is_there_exactly_when_the_engine_says_so(
    client: Client, file: Any
) -> None:
    started = draft()
    for step in LENS.steps:
        page = live(client, started, step.id, **typed(file, step))
        client.post(started.step(step.id), filled(client, started, step.id, **typed(file, step)))
        assert ("See it now" in says(page)) is bounds(LENS, started.answers).settled


def test_the_offer_saves_the_step_and_shows_the_verdict(client: Client) -> None:
    started = draft(CHANGE_HEAVY)
    data = filled(client, started, "team", python="some", then="verdict")
    assert client.post(started.step("team"), data)["Location"] == started.url("result")
    assert started.answers.values["python"] == "some"
    assert started.now.pinned()["answers"]["python"] == "some"


def test_the_question_worth_most_is_reached_without_losing_the_step(client: Client) -> None:
    started = draft()
    button = soup(live(client, started, "project", stage="idea")).select_one("button[name=then]")
    assert button
    data = filled(client, started, "project", stage="idea", project_name="Kept")
    answer = client.post(started.step("project"), data | {"then": str(button["value"])})
    assert answer["Location"] == started.step(str(button["value"]).removeprefix("step:"))
    assert started.answers.name == "Kept"


def test_an_unknown_step_to_go_to_is_not_found(client: Client) -> None:
    started = draft()
    data = filled(client, started, "project", project_name="Any", then="step:nowhere")
    assert client.post(started.step("project"), data).status_code == 404


@pytest.mark.parametrize("step", STEPS)
def test_what_cannot_be_read_is_left_out_and_not_complained_about(
    client: Client, step: str
) -> None:
    wrong = dict.fromkeys(("stage", "backend", "schema", "peak_rps", "change_0_kind"), "nonsense")
    page = live(client, draft(), step, **wrong, change_0_text="x" * 500)
    assert page.status_code == 200
    assert not soup(page).select(".field-error")


def test_without_htmx_it_leads_back_to_the_step(client: Client) -> None:
    started = draft()
    answer = client.post(f"{started.step('team')}so-far/", {})
    assert answer["Location"] == started.step("team")


@pytest.mark.parametrize("part", ["so-far", "rows"])
def test_a_token_that_opens_nothing_and_a_step_that_is_none_are_not_found(
    client: Client, part: str
) -> None:
    started = draft()
    for address in (f"/a/{'x' * 43}/team/{part}/", f"{started.step('nowhere')}{part}/"):
        assert client.post(address, {}, headers=HTMX).status_code == 404
    assert client.get(f"{started.step('team')}{part}/").status_code == 405


# ---- What the changes imply ----


def assumptions(client: Client, started: Draft, step: str) -> list[str]:
    return [text_of(tag) for tag in soup(client.get(started.step(step))).select(".assumed")]


def test_a_change_fills_in_what_it_implies_and_says_why(client: Client) -> None:
    started = draft()
    started.save("changes", changes=CHANGES)
    [says] = assumptions(client, started, "moving")
    assert "touches the schema" in says
    assert filled(client, started, "moving")["schema"] == "moving"
    assert assumptions(client, started, "holding") == []


def test_an_assumption_counts_once_the_step_is_confirmed(client: Client) -> None:
    started = draft()
    started.save("changes", changes=CHANGES)
    before = rectangle(client.get(started.step("moving")))
    assert rectangle(live(client, started, "moving")) == before
    assert "schema" not in started.answers.values
    client.post(started.step("moving"), filled(client, started, "moving"))
    assert started.answers.values["schema"] == "moving"
    assert rectangle(client.get(started.step("moving"))) != before


def test_a_step_left_at_not_sure_is_not_filled_in_again(client: Client) -> None:
    started = draft()
    started.save("changes", changes=CHANGES)
    client.post(started.step("moving"), filled(client, started, "moving", schema=""))
    assert "schema" not in started.answers.values
    assert assumptions(client, started, "moving") == []


def test_an_answer_is_never_overridden(client: Client) -> None:
    started = draft()
    started.save("moving", schema="settled")
    started.save("changes", changes=CHANGES)
    assert assumptions(client, started, "moving") == []
    assert filled(client, started, "moving")["schema"] == "settled"


def test_check_your_answers_says_what_would_be_assumed(client: Client) -> None:
    started = draft()
    started.save("changes", changes=CHANGES)
    rows = soup(client.get(started.url("check"))).select(".summary-list > div")
    schema = next(row for row in rows if text_of(row.dt) == "Schema")
    assert text_of(schema.dd).startswith("Not sure “Moving” is assumed, and counts once")


# ---- Writing changes well ----


def row(page: Any, number: int) -> Tag:
    found = soup(page).find(id=f"change-{number}")
    assert isinstance(found, Tag)
    return found


def shown(page: Any) -> list[str]:
    return [
        str(field["value"]) for field in soup(page).select(".change-row:not(.spare) [name$=_text]")
    ]


def test_three_rows_stand_there_and_two_more_can_be_added(client: Client) -> None:
    page = client.get(draft().step("changes"))
    assert shown(page) == ["", "", ""]
    assert len(soup(page).select(".change-row")) == 5
    assert soup(page).select_one("button[value=add]")


def test_adding_a_row_keeps_what_is_typed_and_goes_to_the_new_one(client: Client) -> None:
    started = draft()
    data = filled(client, started, "changes", change_0_text="First", change_0_kind="schema")
    page = client.post(f"{started.step('changes')}rows/", data | {"rows": "add"}, headers=HTMX)
    assert shown(page) == ["First", "", "", ""]
    assert soup(page).select_one("[autofocus]")["name"] == "change_3_text"  # type: ignore[index]
    assert started.version == 0


def test_five_rows_are_all(client: Client) -> None:
    started = draft()
    data = filled(client, started, "changes", shown="5", rows="add")
    page = client.post(f"{started.step('changes')}rows/", data, headers=HTMX)
    assert len(shown(page)) == 5
    assert not soup(page).select("button[value=add]")


def test_removing_a_row_moves_the_others_up(client: Client) -> None:
    started = draft(SEAM)
    texts = [change["text"] for change in SEAM["answers"]["changes"]]
    data = filled(client, started, "changes", rows="remove-2")
    page = client.post(f"{started.step('changes')}rows/", data, headers=HTMX)
    assert shown(page) == [texts[0], *texts[2:]]
    kind = row(page, 2).select_one("[name=change_1_kind] [selected]")
    assert kind
    assert kind["value"] == SEAM["answers"]["changes"][2]["kind"]
    assert len(started.answers.changes) == 5


@pytest.mark.parametrize("wanted", ["", "remove-0", "remove-6", "remove-x", "add-1", "9" * 99])
def test_a_tampered_wish_leaves_the_rows_as_they_are(client: Client, wanted: str) -> None:
    started = draft(SEAM)
    data = filled(client, started, "changes", rows=wanted, shown="nonsense")
    page = client.post(f"{started.step('changes')}rows/", data, headers=HTMX)
    assert shown(page) == [change["text"] for change in SEAM["answers"]["changes"]]


def test_other_steps_have_no_rows(client: Client) -> None:
    started = draft()
    answer = client.post(f"{started.step('team')}rows/", {"rows": "add"}, headers=HTMX)
    assert answer["Location"] == started.step("team")


def test_a_vague_change_gets_a_better_example_and_is_saved_all_the_same(client: Client) -> None:
    started = draft()
    page = live(client, started, "changes", change_1_text="improve performance")
    hint = soup(page).find(id="coach-2")
    assert text_of(hint).startswith("This would fit any product.")
    assert hint.select_one(".better")  # type: ignore[union-attr]
    assert text_of(soup(page).find(id="coach-1")) == ""
    data = filled(client, started, "changes", change_1_text="improve performance")
    assert client.post(started.step("changes"), data).status_code == 302
    again = soup(client.get(started.step("changes"))).find(id="coach-1")
    assert text_of(again).startswith("This would fit any product.")


def test_five_of_one_kind_are_said_once_for_all(client: Client) -> None:
    started = draft(CHANGE_HEAVY)
    kinds = {f"change_{n}_kind": "schema" for n in range(5)}
    page = live(client, started, "changes", **kinds)
    assert text_of(soup(page).find(id="coach-all"))


def test_the_prompts_stand_beside_the_changes_only(client: Client) -> None:
    started = draft()
    page = says(client.get(started.step("changes")))
    assert all(prompt.title in page and prompt.example in page for prompt in LENS.prompts)
    assert LENS.prompts[0].title not in says(client.get(started.step("team")))


def test_enter_in_a_field_of_the_changes_continues(client: Client) -> None:
    """A browser takes the first button that submits, so that one has to be Continue."""
    form = form_of(client.get(draft(SEAM).step("changes")), "Continue")
    first = form.select_one("button[type=submit]")
    assert text_of(first) == "Continue"
