"""Kinds that are still open on check your answers: filled in as suggested, corrected, saved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from bs4 import Tag
from django.test import Client

from assessments import lens as lens_in_use
from assessments.models import Assessment
from stackpick.environment import Rate
from tests.suggesting import COLUMN, STRIPE, UNKNOWN, Keywords, put_in_use
from tests.views.test_suggested_kinds import with_changes
from tests.web import (
    CHANGE_HEAVY,
    LENS,
    Draft,
    controls,
    draft,
    form_of,
    says,
    soup,
    text_of,
    title,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> Keywords:
    keywords = Keywords()
    put_in_use(monkeypatch, keywords)
    return keywords


def check_form(page: Any) -> dict[str, str]:
    return controls(form_of(page, "See the verdict"))


def kinds(started: Draft) -> list[str | None]:
    return [change.kind for change in started.answers.changes]


def test_what_has_no_kind_gets_the_suggested_one_filled_in_and_says_so(client: Client) -> None:
    started = with_changes({"text": COLUMN, "kind": "api_contract"}, STRIPE, UNKNOWN)
    page = client.get(started.url("check"))
    assert check_form(page) == {
        "csrfmiddlewaretoken": check_form(page)["csrfmiddlewaretoken"],
        "version": "1",
        "change_1_kind": "integration",
        "change_2_kind": "",
    }
    words = text_of(form_of(page, "See the verdict"))
    assert f"“{STRIPE}”" in words
    because = "because of “Stripe” and “webhook”. Correct it if it is wrong."
    assert f"Suggested from your words, {because}" in words
    assert "Not sure what kind this is: please choose." in words
    assert "The kinds chosen here are saved and count once you go on with" in words
    options = soup(page).select("#id_change_1_kind option")
    assert {"", *LENS.kind} == {str(option["value"]) for option in options}


def test_one_change_without_a_kind_is_spoken_of_as_one(client: Client) -> None:
    words = text_of(form_of(client.get(with_changes(STRIPE).url("check")), "See the verdict"))
    assert "This change has no kind yet. The kind chosen here is saved and counts once" in words


def test_each_list_is_described_by_what_is_said_of_it(client: Client) -> None:
    page = soup(client.get(with_changes(STRIPE).url("check")))
    select = page.find(id="id_change_0_kind")
    assert isinstance(select, Tag)
    described = page.find(id=str(select["aria-describedby"]))
    assert text_of(described).startswith("Suggested from your words")


def test_nothing_is_asked_where_every_change_has_its_kind(client: Client, fake: Keywords) -> None:
    page = client.get(draft(CHANGE_HEAVY).url("check"))
    assert "Kinds of change" not in says(page)
    assert fake.asked == []


def test_the_verdict_is_on_the_kinds_as_they_stood(client: Client) -> None:
    started = with_changes(STRIPE, COLUMN, UNKNOWN)
    sent = check_form(client.get(started.url("check"))) | {"change_1_kind": "data_script"}
    assert client.post(started.url("check"), sent)["Location"] == started.url("result")
    assert kinds(started) == ["integration", "data_script", None]
    pinned = started.now.pinned()["answers"]["changes"]
    assert [change.get("kind") for change in pinned] == ["integration", "data_script", None]
    assert "changes" in started.now.touched


def test_what_is_left_at_not_sure_stays_open_and_is_not_asked_again(client: Client) -> None:
    started = with_changes(STRIPE)
    sent = check_form(client.get(started.url("check"))) | {"change_0_kind": ""}
    client.post(started.url("check"), sent)
    assert kinds(started) == [None]
    assert started.version == 1
    page = client.get(started.url("check"))
    assert check_form(page)["change_0_kind"] == ""
    words = text_of(form_of(page, "See the verdict"))
    assert "You left this at “Not sure”. Your words suggest New integration, because of" in words


def test_a_form_that_holds_no_kinds_finishes_without_any(client: Client) -> None:
    started = with_changes(STRIPE)
    answer = client.post(started.url("check"), {"version": 1})
    assert answer["Location"] == started.url("result")
    assert kinds(started) == [None]


def test_a_kind_that_is_none_is_refused_and_nothing_is_saved(client: Client) -> None:
    started = with_changes(STRIPE, COLUMN)
    sent = check_form(client.get(started.url("check")))
    page = client.post(started.url("check"), sent | {"change_0_kind": "nonsense"})
    assert page.status_code == 200
    assert title(page).startswith("Error: ")
    [link] = soup(page).select(".error-summary a")
    assert link["href"] == "#id_change_0_kind"
    assert "That is not one of the options." in text_of(link)
    assert check_form(page)["change_1_kind"] == "schema"
    assert started.version == 1
    assert started.now.report is None


def test_a_kind_cannot_be_put_over_one_that_was_chosen(client: Client) -> None:
    started = with_changes({"text": COLUMN, "kind": "schema"}, STRIPE)
    sent = check_form(client.get(started.url("check"))) | {"change_0_kind": "deployment"}
    client.post(started.url("check"), sent)
    assert kinds(started) == ["schema", "integration"]


@pytest.mark.parametrize("step", ["changes", "team"])
def test_answers_that_have_changed_since_are_shown_and_nothing_is_saved(
    client: Client, step: str
) -> None:
    started = with_changes(STRIPE)
    sent = check_form(client.get(started.url("check")))
    if step == "changes":
        started.save("changes", changes=[{"text": COLUMN}])
    else:
        started.save("team", python="fluent")
    page = client.post(started.url("check"), sent)
    assert "Your answers have changed" in says(page)
    assert kinds(started) == [None]
    assert started.now.report is None
    assert check_form(page)["version"] == "2"


@pytest.mark.parametrize("step", ["changes", "team"])
def test_answers_that_change_in_that_very_moment_are_never_finished_unseen(
    client: Client, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = with_changes(STRIPE)
    sent = check_form(client.get(started.url("check")))
    record = Assessment.record

    def overtaken(self: Assessment, *args: Any) -> None:
        monkeypatch.setattr(Assessment, "record", record)
        given = {"changes": [{"text": COLUMN}]} if step == "changes" else {"python": "fluent"}
        started.save(step, **given)
        record(self, *args)

    monkeypatch.setattr(Assessment, "record", overtaken)
    page = client.post(started.url("check"), sent)
    assert "Your answers have changed" in says(page)
    assert started.now.report is None
    assert kinds(started) == (["integration"] if step == "team" else [None])


def test_the_same_form_sent_twice_leads_to_the_same_verdict(client: Client) -> None:
    started = with_changes(STRIPE)
    sent = check_form(client.get(started.url("check")))
    first, second = (client.post(started.url("check"), sent) for _ in range(2))
    assert first["Location"] == second["Location"] == started.url("result")
    assert started.version == 2


def test_a_form_with_other_kinds_than_those_saved_is_not_the_same_form(client: Client) -> None:
    started = with_changes(STRIPE)
    sent = check_form(client.get(started.url("check")))
    client.post(started.url("check"), sent)
    page = client.post(started.url("check"), sent | {"change_0_kind": "deployment"})
    assert "Your answers have changed" in says(page)
    assert kinds(started) == ["integration"]


def test_a_new_version_has_what_was_left_open_suggested(client: Client) -> None:
    started = with_changes(STRIPE)
    started.now.finish(LENS)
    answer = client.post(started.url("again"), {}, follow=True)
    assert check_form(answer)["change_0_kind"] == "integration"


# ---- When somebody thinks again, or somebody else saves ----


def test_what_is_taken_back_after_the_verdict_is_not_the_same_form(client: Client) -> None:
    started = with_changes(STRIPE, COLUMN)
    sent = check_form(client.get(started.url("check")))
    client.post(started.url("check"), sent)
    page = client.post(started.url("check"), sent | {"change_0_kind": ""})
    assert "Your answers have changed" in says(page)
    assert kinds(started) == ["integration", "schema"]


def test_what_was_corrected_stands_when_another_step_was_saved_meanwhile(client: Client) -> None:
    started = with_changes(STRIPE, COLUMN)
    sent = check_form(client.get(started.url("check")))
    started.save("team", python="fluent")
    corrected = {"change_0_kind": "deployment", "change_1_kind": ""}
    page = client.post(started.url("check"), sent | corrected)
    assert "Your answers have changed" in says(page)
    assert corrected.items() <= check_form(page).items()
    assert client.post(started.url("check"), check_form(page)).status_code == 302
    assert kinds(started) == ["deployment", None]


def test_what_was_corrected_is_not_put_on_another_change(client: Client) -> None:
    started = with_changes(STRIPE, COLUMN)
    sent = check_form(client.get(started.url("check")))
    started.save("changes", changes=[{"text": COLUMN}, {"text": STRIPE}])
    page = client.post(started.url("check"), sent | {"change_0_kind": "deployment"})
    assert check_form(page)["change_0_kind"] == "schema"
    assert check_form(page)["change_1_kind"] == "integration"


def test_what_a_newer_lens_does_not_take_is_said_and_can_be_passed_by(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = with_changes("A change of more than thirty letters", STRIPE)
    short = replace(LENS.changes, max_length=30)
    questions = tuple(short if q.id == short.id else q for q in LENS.questions)
    newer = replace(LENS, questions=questions)
    monkeypatch.setattr(lens_in_use, "_loaded", lambda path: newer)
    sent = check_form(client.get(started.url("check")))
    page = client.post(started.url("check"), sent)
    assert title(page).startswith("Error: ")
    assert "The kinds cannot be saved" in says(page)
    assert "36 characters" in says(page)
    assert started.now.report is None
    none = {name: "" for name in sent if name.endswith("_kind")}
    assert client.post(started.url("check"), sent | none).status_code == 302


def test_above_the_limit_it_asks_without_saying_that_the_words_do_not_tell(
    client: Client, settings: Any
) -> None:
    settings.RATES = {**settings.RATES, "suggest": Rate(1, 3600)}
    page = client.get(with_changes(STRIPE, COLUMN).url("check"))
    assert check_form(page)["change_0_kind"] == "integration"
    assert check_form(page)["change_1_kind"] == ""
    assert "Not sure what kind this is" not in says(page)


def test_with_a_lens_of_other_kinds_nothing_is_asked(client: Client, fake: Keywords) -> None:
    fake.kinds = ("other", "another")
    assert "Kinds of change" not in says(client.get(with_changes(STRIPE).url("check")))
    assert fake.asked == []


def test_an_error_names_the_change_that_it_is_about(client: Client) -> None:
    started = with_changes(STRIPE)
    sent = check_form(client.get(started.url("check"))) | {"change_0_kind": "nonsense"}
    summary = soup(client.post(started.url("check"), sent)).select_one(".error-summary")
    assert summary
    assert STRIPE in text_of(summary)
