"""The wizard: what each step shows, where it leads, and what HTMX gets of it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from assessments.engine.lens import Step
from assessments.models import Assessment
from assessments.tokens import token_hash
from tests.web import (
    CHANGE_HEAVY,
    FOUNDERS,
    HISTORY,
    HTMX,
    LENS,
    STEPS,
    controls,
    draft,
    form_of,
    heading,
    post_step,
    says,
    soup,
    text_of,
    title,
    typed,
)

pytestmark = pytest.mark.django_db
SEAM = FOUNDERS["with a settled part"].file
every_step = pytest.mark.parametrize("step", LENS.steps, ids=STEPS)


# ---- Starting ----


def test_looking_at_the_start_page_stores_nothing(client: Client) -> None:
    page = client.get("/start/")
    assert page.status_code == 200
    assert heading(page) == "Start an assessment"
    assert not Assessment.objects.exists()


def test_start_gives_an_address_of_ones_own_and_stores_only_its_hash(client: Client) -> None:
    response = client.post("/start/")
    match = re.fullmatch(rf"/a/([\w-]{{43}})/{STEPS[0]}/", response["Location"])
    assert match
    stored = Assessment.objects.values().get()
    assert stored["edit_hash"] == token_hash(match[1])
    assert match[1] not in str(stored)


def test_every_start_is_an_assessment_of_its_own(client: Client) -> None:
    addresses = {client.post("/start/")["Location"] for _ in range(3)}
    assert len(addresses) == Assessment.objects.count() == 3


# ---- One step ----


@every_step
def test_a_step_asks_its_questions_and_says_why_and_what_each_answer_does(
    client: Client, step: Step
) -> None:
    page = client.get(draft().step(step.id))
    assert heading(page) == step.title
    assert f"Step {LENS.steps.index(step) + 1} of {len(LENS.steps) + 1}" in says(page)
    for question in LENS.questions_of(step.id):
        if question.kind == "changes":
            continue
        assert {question.label, question.why} <= set(soup(page).stripped_strings)
        for option in question.options:
            assert {option.label, option.says} <= set(soup(page).stripped_strings)


def test_the_step_of_the_changes_has_five_rows_with_every_kind_and_likelihood(
    client: Client,
) -> None:
    page = soup(client.get(draft().step("changes")))
    rows = page.select("fieldset.change-row")
    assert [text_of(row.legend) for row in rows] == [f"Change {n}" for n in range(1, 6)]
    for row in rows:
        words = text_of(row)
        assert all(f"{kind.label}: {kind.means}" in words for kind in LENS.kinds)
        assert all(item.label in words for item in LENS.likelihoods)


@every_step
def test_not_sure_is_always_there_and_chosen_at_first(client: Client, step: Step) -> None:
    page = soup(client.get(draft().step(step.id)))
    for question in LENS.questions_of(step.id):
        if question.kind == "choice":
            chosen = page.select(f"input[name={question.id}][checked]")
            assert [radio["value"] for radio in chosen] == [""]
            assert "Not sure" in text_of(page.find("label", {"for": chosen[0]["id"]}))


@every_step
def test_saved_answers_come_back_filled_in(client: Client, step: Step) -> None:
    page = client.get(draft(SEAM).step(step.id))
    filled = controls(form_of(page))
    given = {name: text for name, text in typed(SEAM, step).items() if text}
    assert filled | given == filled


@every_step
def test_a_step_saves_what_was_filled_in_and_goes_on_to_the_next(
    client: Client, step: Step
) -> None:
    started = draft()
    response = post_step(client, started, step.id, typed(SEAM, step))
    after = STEPS[STEPS.index(step.id) + 1 :]
    assert response.status_code == 302
    assert response["Location"] == (started.step(after[0]) if after else started.url("check"))
    saved = started.answers.to_file(LENS)
    own = {question.id for question in LENS.questions_of(step.id)}
    assert saved["answers"] == {k: v for k, v in SEAM["answers"].items() if k in own}
    assert saved["project"] == (SEAM["project"] if step == LENS.steps[0] else {})


@every_step
def test_back_leads_to_the_step_before(client: Client, step: Step) -> None:
    started, number = draft(), STEPS.index(step.id)
    page = client.get(started.step(step.id))
    back = soup(page).find("button", string="Back")
    if number == 0:
        assert back is None
    else:
        assert back
        sent = controls(form_of(page)) | {str(back["name"]): str(back["value"])}
        response = client.post(started.step(step.id), sent)
        assert response["Location"] == started.step(STEPS[number - 1])


def test_back_keeps_what_was_typed(client: Client) -> None:
    started = draft(SEAM)
    sent = controls(form_of(client.get(started.step("mistake")))) | {"mistake": "loose_much"}
    client.post(started.step("mistake"), sent | {"then": "back"})
    assert started.answers.choice("mistake") == "loose_much"


def test_after_a_back_that_was_refused_continue_goes_on(client: Client) -> None:
    started = draft(SEAM)
    sent = controls(form_of(client.get(started.step("backend"))))
    page = client.post(started.step("backend"), sent | {"backend": "nope", "then": "back"})
    form = form_of(page)
    response = client.post(str(form["action"]), controls(form) | {"backend": "product"})
    assert response["Location"] == started.step("mistake")


@every_step
def test_a_step_opened_from_check_your_answers_goes_straight_back_there(
    client: Client, step: Step
) -> None:
    started = draft(SEAM)
    page = client.get(started.step(step.id) + "?then=check")
    back = soup(page).find("a", string="Back")
    assert back
    assert back["href"] == started.url("check")
    form = form_of(page, "Save and return")
    response = client.post(str(form["action"]), controls(form))
    assert response["Location"] == started.url("check")


def test_an_unknown_place_to_go_back_to_is_only_the_next_step(client: Client) -> None:
    started = draft()
    data = typed(SEAM, LENS.steps[0]) | {"then": "https://evil.example.org/"}
    response = post_step(client, started, STEPS[0], data)
    assert response["Location"] == started.step(STEPS[1])


@every_step
def test_everything_may_be_left_at_not_sure(client: Client, step: Step) -> None:
    started = draft(SEAM)
    data = {"project_name": "Marina"} if step == LENS.steps[0] else {}
    for question in LENS.questions_of(step.id):
        data |= {question.id: ""} if question.kind == "choice" else {}
    assert post_step(client, started, step.id, data).status_code == 302
    for question in LENS.questions_of(step.id):
        assert question.id not in started.answers.answers_object(LENS)


def test_an_answer_that_no_longer_applies_is_not_kept(client: Client) -> None:
    started = draft(SEAM)
    data = typed(SEAM, LENS.steps[2]) | {"settled_part": "no"}
    post_step(client, started, "backend", data)
    assert "settled_part_name" not in started.answers.values


def test_the_same_save_twice_is_harmless(client: Client) -> None:
    started, step = draft(), LENS.steps[0]
    data = typed(SEAM, step) | {"version": 0}
    first = client.post(started.step(step.id), data)
    second = client.post(started.step(step.id), data)
    assert first["Location"] == second["Location"]
    assert started.version == 1


# ---- Where this points so far ----


def test_every_step_names_the_question_that_is_worth_most_and_leads_to_it(client: Client) -> None:
    aside = soup(client.get(draft().step("team"))).select_one("aside.so-far")
    assert aside
    assert "leaning to FastAPI" in text_of(aside)
    button = aside.select_one("button[form=step-form]")
    assert button
    following = str(button["value"]).removeprefix("step:")
    assert client.get(draft().step(following)).status_code == 200


def test_a_settled_verdict_offers_to_stop_there(client: Client) -> None:
    started = draft(CHANGE_HEAVY)
    started.save("mistake", mistake="slow_much")
    started.save("holding", **dict.fromkeys(("throughput", "concurrency", "keep_alive"), "none"))
    started.save("moving", **dict.fromkeys(("core_object", "schema", "contract"), "unknown"))
    aside = soup(client.get(started.step("team"))).select_one("aside.so-far")
    assert aside
    assert "Nothing left to answer can change the verdict." in text_of(aside)
    assert text_of(aside.select_one("button[value=verdict]")) == "See it now"


def test_the_map_beside_a_step_is_told_in_words(client: Client) -> None:
    svg = soup(client.get(draft().step("team"))).select_one("svg.map:not(.mini)")
    assert svg
    assert re.search(r"can still be \d to 9\d of 100", text_of(svg.desc))


# ---- HTMX ----


@every_step
def test_htmx_gets_the_title_and_the_inside_of_the_page_only(client: Client, step: Step) -> None:
    address = draft(SEAM).step(step.id)
    part, whole = client.get(address, headers=HTMX), client.get(address)
    assert part.content.lstrip().startswith(b"<title>") or b"<title>" in part.content[:200]
    assert not soup(part).select("html, head, body, header.site-header, main")
    assert title(part) == title(whole)
    assert text_of(soup(whole).select_one("main")) == says(part).removeprefix(title(part)).strip()


@pytest.mark.parametrize("headers", [{}, HISTORY], ids=["plain", "history restore"])
def test_a_history_restore_gets_the_whole_page(client: Client, headers: dict[str, str]) -> None:
    page = client.get(draft().step("team"), headers=headers)
    assert soup(page).select_one("html > body > main#page")


def test_caches_are_told_that_the_two_differ(client: Client) -> None:
    for headers in ({}, HTMX):
        vary = client.get(draft().step("team"), headers=headers)["Vary"]
        assert {"HX-Request", "HX-History-Restore-Request"} <= set(re.split(r",\s*", vary))
