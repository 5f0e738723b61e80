"""The public pages: home, the worked examples, the model."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from assessments.engine.headroom import figures
from tests.web import (
    FOUNDERS,
    LENS,
    Draft,
    draft,
    heading,
    says,
    soup,
    text_of,
)

pytestmark = pytest.mark.django_db
FILE = FOUNDERS["with a settled part"].file


@pytest.fixture
def examples() -> None:
    call_command("load_examples", verbosity=0)


@pytest.fixture
def finished(examples: None) -> Draft:
    return draft(FILE, finished=True)


def test_home_says_what_it_decides_and_shows_three_examples(client: Client, examples: None) -> None:
    page = soup(client.get("/"))
    assert heading(client.get("/")) == "FastAPI buys change. Go buys stability."
    cards = {text_of(card.h3): card for card in page.select(".example-card")}
    assert list(cards) == ["Ledgerly", "Tidegate", "Harbourmaster"]
    assert "Start with FastAPI" in text_of(cards["Ledgerly"])
    assert "Start with Go" in text_of(cards["Tidegate"])
    assert "with a seam around the tariff engine" in text_of(cards["Harbourmaster"])
    for card in cards.values():
        assert card.select_one("svg.map")
        link = card.select_one("a")
        assert link
        assert client.get(str(link["href"])).status_code == 200


def test_home_without_examples_says_how_to_load_them(client: Client) -> None:
    assert "The worked examples are not loaded here." in says(client.get("/"))


def test_only_examples_are_on_the_home_page(client: Client, finished: Draft) -> None:
    assert "Marina" not in says(client.get("/"))


def test_an_example_cannot_be_changed_or_shared(client: Client, examples: None) -> None:
    page = client.get("/examples/tidegate/")
    assert heading(page).startswith("Start with Go.")
    assert "A worked example" in says(page)
    assert [form["action"] for form in soup(page).select("form")] == ["/start/"]


@pytest.mark.parametrize("slug", ["nope", "LEDGERLY", "1-ledgerly", "None"])
def test_an_example_that_does_not_exist_is_not_found(
    client: Client, finished: Draft, slug: str
) -> None:
    assert client.get(f"/examples/{slug}/").status_code == 404


def test_the_model_page_shows_the_whole_lens(client: Client) -> None:
    words = says(client.get("/model/"))
    for question in LENS.questions:
        assert question.label in words
        assert question.why in words
        for option in question.options:
            assert option.label in words
            assert " ".join(option.reason.split()) in words
    for kind in LENS.kinds:
        assert kind.buys in words
    for advice in (*LENS.guardrails, *LENS.costs):
        assert advice.text in words


def test_the_model_page_shows_every_weight_and_reading(client: Client) -> None:
    page = soup(client.get("/model/"))
    for question in LENS.questions:
        head = page.find(id=f"q-{question.id}")
        assert head
        for axis, weight in question.weights.items():
            assert f"{weight:g} on {axis}" in text_of(head)
        if question.kind == "choice":
            table = head.find_next("table")
            assert table
            for option, row in zip(question.options, table.select("tbody tr"), strict=True):
                shown = [text_of(cell) for cell in row.select("td.num")]
                for reading in [*option.readings.values(), *option.fit.values()]:
                    assert any(float(number) == reading for number in shown), option.id


def test_the_model_page_shows_what_is_assumed_asked_and_measured(client: Client) -> None:
    page = says(client.get("/model/"))
    assert all(kind.implies.one in page for kind in LENS.kinds if kind.implies)
    assert all(prompt.title in page for prompt in LENS.prompts)
    assert all(" ".join(rule.better.split()) in page for rule in LENS.coach)
    rates = soup(client.get("/model/")).select("#headroom tbody tr")
    for row, result in zip(rates, figures().results, strict=True):
        assert text_of(row.th) == result.says
        assert text_of(row.td) == f"{result.rps.median:,.10g}"


def test_the_model_page_says_how_it_does_on_the_cases(client: Client) -> None:
    table = soup(client.get("/model/")).select_one("#cases table")
    assert table
    assert len(table.select("tbody tr")) == 4


def test_the_process_says_that_it_lives_without_a_database(
    client: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok"
