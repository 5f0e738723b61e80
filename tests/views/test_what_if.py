"""What if an answer were another: tried without saving, then kept or left."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.web import (
    CHANGE_HEAVY,
    FOUNDERS,
    HTMX,
    Draft,
    controls,
    draft,
    form_of,
    heading,
    says,
    soup,
    text_of,
    title,
)

pytestmark = pytest.mark.django_db
SEAM = FOUNDERS["with a settled part"].file
TO_GO = {"backend": "stream_processor", "mistake": "loose_much", "stage": "relied_on"}


@pytest.fixture
def finished() -> Draft:
    return draft(SEAM, finished=True)


def tried(client: Client, finished: Draft, **answers: str) -> Any:
    return client.get(finished.url("what_if"), answers)


def panel(page: Any) -> str:
    return text_of(soup(page).find(id="what-if-panel"))


def test_it_begins_with_the_founders_own_answers_and_verdict(
    client: Client, finished: Draft
) -> None:
    page = tried(client, finished)
    assert heading(page) == "What if an answer were another?"
    assert "Marina" in title(page)
    form = soup(page).find(id="what-if-form")
    chosen = controls(form)  # type: ignore[arg-type]
    answers = SEAM["answers"]
    assert chosen["schema"] == answers["schema"]
    assert chosen["change_3_kind"] == answers["changes"][3]["kind"]
    assert chosen["library_pull"] == ""
    assert "Your verdict: start with FastAPI" in panel(page)
    assert "Keep these answers" not in panel(page)


def test_other_answers_show_another_verdict_and_save_nothing(
    client: Client, finished: Draft
) -> None:
    page = tried(client, finished, **TO_GO)
    assert "If so: start with Go" in panel(page)
    assert "The verdict turns: it was FastAPI." in panel(page)
    assert "readings consistent with your answers" in panel(page)
    assert "Kind of backend: A product → A stream processor" in panel(page)
    assert soup(page).select("#what-if-map-here, circle.was")
    assert finished.version == finished.assessment.version
    assert heading(client.get(finished.url("result"))).startswith("Start with FastAPI.")


def test_a_change_can_become_another_kind_or_less_likely(client: Client, finished: Draft) -> None:
    page = tried(client, finished, change_0_kind="throughput", change_1_likelihood="unlikely")
    assert "Throughput · likely" in panel(page)
    assert "Data model · unlikely" in panel(page)


def test_not_sure_can_be_tried_too(client: Client, finished: Draft) -> None:
    assert "The worse mistake: Both the same → Not sure" in panel(
        tried(client, finished, mistake="")
    )


@pytest.mark.parametrize(
    "wrong", [{"backend": "nonsense"}, {"peak_rps": "many"}, {"peak_rps": "-1"}, {"x": "y"}]
)
def test_what_cannot_be_read_is_left_open(
    client: Client, finished: Draft, wrong: dict[str, str]
) -> None:
    assert tried(client, finished, **wrong).status_code == 200


def test_htmx_gets_the_panel_alone_or_all_of_it_in_place(client: Client, finished: Draft) -> None:
    address = finished.url("what_if")
    part = client.get(address, TO_GO, headers=HTMX | {"HX-Target": "what-if-panel"})
    assert not soup(part).select("h1, title:not(svg title), #what-if-form, aside")
    assert "If so: start with Go" in says(part)
    assert text_of(soup(part).find(id="what-if-status")).startswith("If so: start with Go.")
    whole = client.get(address, headers=HTMX | {"HX-Target": "what-if"})
    assert soup(whole).select("#what-if-form")
    assert not soup(whole).select("h1, main")


def keep(client: Client, finished: Draft, **answers: str) -> Any:
    form = form_of(tried(client, finished, **answers), "Keep these answers")
    return lambda: client.post(str(form["action"]), controls(form))


def test_keeping_them_saves_them_and_finds_the_verdict(client: Client, finished: Draft) -> None:
    answer = keep(client, finished, **TO_GO)()
    assert answer["Location"] == finished.url("result")
    assert finished.answers.values["backend"] == "stream_processor"
    assert finished.answers.values["schema"] == SEAM["answers"]["schema"]
    assert finished.answers.values["settled_part_name"] == "tariff engine"
    assert len(finished.answers.changes) == 5
    page = client.get(finished.url("result"))
    assert heading(page).startswith("Start with Go.")
    assert "have changed since" not in says(page)


def test_keeping_them_twice_is_harmless(client: Client, finished: Draft) -> None:
    send = keep(client, finished, schema="settled")
    assert send()["Location"] == finished.url("result")
    version = finished.version
    assert send().status_code == 200  # based on answers that are gone: shown again
    assert finished.version == version


def test_answers_changed_elsewhere_are_not_overwritten(client: Client, finished: Draft) -> None:
    send = keep(client, finished, **TO_GO)
    finished.save("team", go="none")
    page = send()
    assert page.status_code == 200
    assert "Your answers have changed" in says(page)
    assert finished.answers.values["backend"] == "product"
    assert "If so: start with Go" in panel(page)
    form = form_of(page, "Keep these answers")
    assert client.post(str(form["action"]), controls(form))["Location"] == finished.url("result")
    assert finished.answers.values["go"] == "none"
    assert finished.answers.values["backend"] == "stream_processor"


@pytest.mark.parametrize("version", ["", "-1", "99", "text"])
def test_a_tampered_version_keeps_nothing(client: Client, finished: Draft, version: str) -> None:
    page = client.post(finished.url("what_if"), TO_GO | {"version": version})
    assert page.status_code == 200
    assert finished.answers.values["backend"] == "product"


def test_a_draft_has_no_verdict_to_try_others_against(client: Client) -> None:
    started = draft(CHANGE_HEAVY)
    assert client.get(started.url("what_if"))["Location"] == started.url("check")


def test_each_tripwire_can_be_tried(client: Client, finished: Draft) -> None:
    page = soup(client.get(finished.url("result")))
    links = page.select(".tripwires a")
    assert links
    for link in links:
        assert "If so: start with Go" in panel(client.get(str(link["href"])))


def test_whoever_has_only_the_share_link_cannot_try(client: Client, finished: Draft) -> None:
    shared = client.get(f"/r/{finished.share()[1]}/")
    assert not soup(shared).select(".tripwires a")
    assert finished.token not in shared.content.decode()
