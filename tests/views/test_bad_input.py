"""Whatever is put into a form: a clear message beside the field, and nothing saved is lost."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import Tag
from django.test import Client

from tests.web import (
    FOUNDERS,
    HTMX,
    LENS,
    STEPS,
    Draft,
    draft,
    post_step,
    says,
    soup,
    text_of,
    title,
    typed,
)

pytestmark = pytest.mark.django_db
FILE = FOUNDERS["with a settled part"].file
ROWS = range(5)
MULTIPART = "multipart/form-data; boundary=x"

Field = tuple[str, str, int]


def texts() -> list[Field]:
    """Every text field of the wizard: its step, its name, its limit."""
    found = [(STEPS[0], "project_name", 100), (STEPS[0], "project_summary", 300)]
    for question in LENS.questions:
        if question.kind == "changes":
            found += [(question.step, f"change_{n}_text", question.max_length) for n in ROWS]
        elif question.kind == "text":
            found.append((question.step, question.id, question.max_length))
    return found


def choices() -> list[tuple[str, str]]:
    found = [(q.step, q.id) for q in LENS.questions if q.kind == "choice"]
    parts = ("kind", "likelihood")
    return found + [(LENS.changes.step, f"change_{n}_{part}") for n in ROWS for part in parts]


NUMBERS = [(q.step, q.id, q.minimum, q.maximum) for q in LENS.questions if q.kind == "number"]
every_text = pytest.mark.parametrize(("step", "field", "limit"), texts())
every_choice = pytest.mark.parametrize(("step", "field"), choices())


def send(client: Client, started: Draft, step: str, **data: Any) -> Any:
    """One step as the founder filled it in, but for the values given."""
    filled = typed(FILE, next(s for s in LENS.steps if s.id == step))
    return post_step(client, started, step, filled | data)


def control(page: Any, field: str) -> Tag:
    found = soup(page).select_one(f"[name={field}]")
    assert found, f"there is no field {field}"
    return found


def assert_problem(page: Any, field: str, message: str) -> None:
    """The page came back with the message beside the field and in the summary, linked to it."""
    assert page.status_code == 200
    assert title(page).startswith("Error: ")
    links = [a for a in soup(page).select(".error-summary a") if message in text_of(a)]
    targets = [soup(page).select_one(str(link["href"])) for link in links]
    assert None not in targets, "the summary links to what is not on the page"
    target = next((tag for tag in targets if tag and tag.get("name") == field), None)
    assert target, f"the summary has no link to {field} with this message"
    group = target.find_parent("fieldset", class_="question")
    described = target.get("aria-describedby") or (group and group.get("aria-describedby"))
    beside = [text_of(soup(page).find(id=name)) for name in str(described).split()]
    assert any(message in text for text in beside), beside


def assert_nothing_was_lost(started: Draft) -> None:
    assert started.version == started.assessment.version
    assert started.answers.to_file(LENS) == FILE


# ---- Texts ----


@every_text
def test_the_limit_stands_beside_the_field(
    client: Client, step: str, field: str, limit: int
) -> None:
    page = client.get(draft().step(step))
    described = str(control(page, field)["aria-describedby"]).split()
    assert any(str(limit) in text_of(soup(page).find(id=name)) for name in described)


@every_text
def test_a_text_that_is_too_long_comes_back_whole(
    client: Client, step: str, field: str, limit: int
) -> None:
    started, text = draft(FILE), "é" * (limit + 1)
    page = send(client, started, step, **{field: text})
    assert_problem(page, field, f"At most {limit} characters, please: this has {limit + 1}.")
    assert control(page, field)["value"] == text
    assert_nothing_was_lost(started)


@every_text
def test_a_null_byte_gets_a_message(client: Client, step: str, field: str, limit: int) -> None:
    started = draft(FILE)
    page = send(client, started, step, **{field: "bef\0re"})
    assert_problem(page, field, "Null characters are not allowed.")
    assert_nothing_was_lost(started)


@every_text
def test_a_control_character_gets_a_message(
    client: Client, step: str, field: str, limit: int
) -> None:
    started = draft(FILE)
    page = send(client, started, step, **{field: "be\x07ll"})
    assert_problem(page, field, "control character (U+0007)")
    assert_nothing_was_lost(started)


@pytest.mark.parametrize(
    "text",
    [
        "🦀" * 80,
        "خدمة الفواتير للمستقلين",
        "<script>alert('1')</script><b>&amp;\"</b>",
        "{{ 7 }}{% url %}",
        "a\u202etxt.exe",
        "'; DROP TABLE assessments_assessment; --",
    ],
    ids=["emoji", "right-to-left", "HTML", "template", "direction override", "SQL"],
)
@every_text
def test_any_text_is_kept_and_shown_as_it_was_written(
    client: Client, step: str, field: str, limit: int, text: str
) -> None:
    started = draft(FILE)
    assert send(client, started, step, **{field: text}).status_code == 302
    assert control(client.get(started.step(step)), field)["value"] == text
    check = client.get(started.url("check"))
    assert text in says(check)
    assert b"<script>alert" not in check.content
    assert client.post(started.url("check"), {"version": started.version}).status_code == 302
    result = client.get(started.url("result"))
    assert result.status_code == 200
    assert b"<script>alert" not in result.content


@pytest.mark.parametrize("name", ["", "   ", "\t\n"])
def test_the_name_is_the_one_thing_that_is_needed(client: Client, name: str) -> None:
    started = draft(FILE)
    page = send(client, started, STEPS[0], project_name=name)
    assert_problem(page, "project_name", "Give the project a name; any name will do.")
    assert_nothing_was_lost(started)


def test_a_change_without_words_is_told_so_beside_its_own_row(client: Client) -> None:
    started = draft(FILE)
    page = send(client, started, "changes", change_1_text="", change_3_text=" ")
    for field in ("change_1_text", "change_3_text"):
        assert_problem(page, field, "is empty; say in a few words what will change")
    assert_nothing_was_lost(started)


def test_empty_rows_between_changes_do_not_shift_a_message(client: Client) -> None:
    started, none = draft(), {"change_0_text": "", "change_0_kind": "", "change_0_likelihood": ""}
    page = send(client, started, "changes", **none, change_3_text="be\x07ll")
    assert_problem(page, "change_3_text", "control character")


def test_mistakes_in_several_rows_that_have_only_a_text_each_get_their_message(
    client: Client,
) -> None:
    started = draft()
    bells = {f"change_{number}_text": "be\x07ll" for number in ROWS}
    page = post_step(client, started, "changes", bells)
    for field in bells:
        assert_problem(page, field, "control character")


# ---- Options and numbers ----


@pytest.mark.parametrize("value", ["no-such-option", "<b>", "\0", "🦀", "x" * 10_000])
@every_choice
def test_an_option_that_does_not_exist_is_refused(
    client: Client, step: str, field: str, value: str
) -> None:
    started = draft(FILE)
    page = send(client, started, step, **{field: value})
    message = "That is not one of the options. Choose one of those listed."
    assert_problem(page, field, message)
    assert_nothing_was_lost(started)


@pytest.mark.parametrize("value", ["-1", "1.5", "1e3", "many", "9" * 30, "9" * 5000, "\0", "🦀"])
@pytest.mark.parametrize(("step", "field", "low", "high"), NUMBERS)
def test_what_is_no_number_in_the_range_is_refused(
    client: Client, step: str, field: str, low: int, high: int, value: str
) -> None:
    started = draft(FILE)
    page = send(client, started, step, **{field: value})
    assert_problem(page, field, f"from {low:,} to {high:,}")
    assert control(page, field)["value"] == value
    assert_nothing_was_lost(started)


@pytest.mark.parametrize(("step", "field", "low", "high"), NUMBERS)
def test_a_number_may_be_written_as_the_message_writes_it(
    client: Client, step: str, field: str, low: int, high: int
) -> None:
    started = draft(FILE)
    assert send(client, started, step, **{field: f"{high:,}"}).status_code == 302
    assert started.answers.number(field) == high


# ---- Without JavaScript and with ----


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "HTMX"])
def test_an_invalid_form_answers_200_with_the_summary_first(
    client: Client, headers: dict[str, str]
) -> None:
    page = send_empty_name(client, headers)
    assert page.status_code == 200
    summary = soup(page).select_one(".error-summary")
    assert summary
    assert summary["tabindex"] == "-1"
    assert summary["role"] == "alert"
    assert bool(soup(page).select("html")) is not bool(headers)


def send_empty_name(client: Client, headers: dict[str, str]) -> Any:
    return post_step(client, draft(), STEPS[0], {"project_name": ""}, headers=headers)
