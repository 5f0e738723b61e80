"""A question added to the lens file, and to nothing else, is asked, counted and explained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from jsonschema import Draft202012Validator

from assessments.lens import current_lens
from assessments.models import Assessment
from tests.engine.lens_text import SHIPPED, write
from tests.factories import lens as shipped_lens

pytestmark = pytest.mark.django_db

QUESTION = """
[[question]]
id = "pricing"
step = "moving"
kind = "choice"
label = "The way it is paid for"
short = "Pricing"
why = "Who pays, for what, and how often: a price that moves takes half of the schema with it."
weight = { uncertainty = 10 }

[[question.option]]
id = "fixed"
label = "One price"
says = "Printed on the box."
reason = "The price is printed on the box, so nothing hangs on it."
sign = "the price is printed on the box"
reading = { uncertainty = 0.0 }

[[question.option]]
id = "tried_out"
label = "Being tried out"
says = "Another scheme every month."
reason = "Another price scheme every month, and each wants other columns."
sign = "the price scheme changes every month"
reading = { uncertainty = 1.0 }
"""
GUARDRAIL = """
[[guardrail]]
id = "fastapi-pricing"
about = "fastapi"
text = "Keep every price scheme in one table of its own."
when = { pricing = ["tried_out"] }
"""


@pytest.fixture(autouse=True)
def one_question_more(settings: Any, tmp_path: Path) -> None:
    settings.LENS_FILE = write(tmp_path, SHIPPED + QUESTION + GUARDRAIL)


@pytest.fixture
def token(client: Client) -> str:
    """The edit token of an assessment that was just started."""
    started = client.post(reverse("start"))
    return str(started["Location"].split("/")[2])


def page(client: Client, name: str, *arguments: str) -> str:
    """A page's text, blanks evened out."""
    response = client.get(reverse(name, args=arguments))
    assert response.status_code == 200
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


def answer(client: Client, token: str, step: str, **given: str) -> None:
    """Sends a step's form as a browser would: what it holds already, and what was filled in."""
    address = reverse("step", args=[token, step])
    form = BeautifulSoup(client.get(address).content, "html.parser").select_one("main form")
    assert form
    fields = {
        str(field["name"]): str(field.get("value", ""))
        for field in form.select("input")
        if field.get("type") != "radio" or field.has_attr("checked")
    }
    assert given.keys() <= fields.keys()
    assert client.post(address, fields | given).status_code == 302


def finish(client: Client, token: str) -> dict[str, Any]:
    """Checks the answers and finishes; the pinned report."""
    address = reverse("check", args=[token])
    form = BeautifulSoup(client.get(address).content, "html.parser")
    version = form.select_one("main form input[name=version]")
    assert version
    done = client.post(address, {"version": str(version["value"])})
    assert done["Location"] == reverse("result", args=[token])
    return dict(Assessment.objects.get().pinned())


def test_the_wizard_asks_it(client: Client, token: str) -> None:
    text = page(client, "step", token, "moving")
    for words in (
        "The way it is paid for",
        "Who pays, for what, and how often",
        "One price",
        "Another scheme every month.",
    ):
        assert words in text


def test_it_can_be_checked_before_the_verdict(client: Client, token: str) -> None:
    answer(client, token, "project", project_name="Ledgerly")
    answer(client, token, "moving", pricing="tried_out")
    assert "Pricing Being tried out" in page(client, "check", token)


def test_it_moves_the_score_and_gives_its_reason(client: Client, token: str) -> None:
    answer(client, token, "project", project_name="Ledgerly")
    answer(client, token, "moving", pricing="tried_out")
    report = finish(client, token)
    (row,) = report["contributions"]
    # 10 points of a weight of 110 on the axis, from the middle to the end
    assert row["question"] == "pricing"
    assert row["points"] == pytest.approx(100 * 10 / 110 / 2)
    assert row["reason"] == "Another price scheme every month, and each wants other columns."
    assert report["uncertainty"]["score"] == pytest.approx(50 + 100 * 10 / 110 / 2)
    assert report["answers"] == {"pricing": "tried_out"}
    assert report["guardrails"][-1]["id"] == "fastapi-pricing"


def test_the_result_page_shows_it(client: Client, token: str) -> None:
    answer(client, token, "project", project_name="Ledgerly")
    answer(client, token, "moving", pricing="tried_out")
    finish(client, token)
    text = page(client, "result", token)
    assert "Pricing: Being tried out" in text
    assert "Another price scheme every month" in text
    assert "Keep every price scheme in one table of its own." in text
    assert "Pricing: being tried out" in text


def test_an_answer_to_it_can_flip_the_verdict(client: Client, token: str) -> None:
    answer(client, token, "project", project_name="Ledgerly")
    report = finish(client, token)
    flips = {flip["says"]: flip["stack"] for flip in report["flips"]}
    assert flips["the price is printed on the box"] == "go"


def test_left_open_it_widens_the_bounds(client: Client, token: str) -> None:
    answer(client, token, "project", project_name="Ledgerly")
    open_one = finish(client, token)
    answer(client, token, "moving", pricing="fixed")
    closed = finish(client, token)
    width = {
        name: report["uncertainty"]["high"] - report["uncertainty"]["low"]
        for name, report in (("open", open_one), ("closed", closed))
    }
    assert width["open"] - width["closed"] == pytest.approx(100 * 10 / 110)


def test_an_option_that_it_does_not_have_is_refused(client: Client, token: str) -> None:
    address = reverse("step", args=[token, "moving"])
    response = client.post(address, {"version": "0", "pricing": "free"})
    assert response.status_code == 200
    assert "not one of the options" in response.content.decode()
    assert Assessment.objects.get().answers == {}


def test_the_model_page_shows_it_whole(client: Client) -> None:
    text = page(client, "model")
    for words in (
        "The way it is paid for",
        "10 on uncertainty",
        "Who pays, for what, and how often",
        "Being tried out",
        "1 Another price scheme every month, and each wants other columns.",
        "Keep every price scheme in one table of its own.",
    ):
        assert words in text


def test_programs_can_answer_it(client: Client) -> None:
    schema = client.get(reverse("answers_schema")).json()
    asked = schema["properties"]["answers"]["properties"]["pricing"]
    assert asked["enum"] == ["fixed", "tried_out", None]
    assert "Who pays, for what, and how often" in asked["description"]
    file = {"format": "stackpick-answers/1", "answers": {"pricing": "tried_out"}}
    Draft202012Validator(schema).validate(file)
    report = client.post(reverse("score"), file, content_type="application/json").json()
    assert report["contributions"][0]["question"] == "pricing"
    described = json.dumps(client.get(reverse("openapi")).json())
    assert "Being tried out" in described


def test_the_answers_are_stored_with_the_others(client: Client, token: str) -> None:
    answer(client, token, "moving", pricing="fixed", schema="moving")
    assessment = Assessment.objects.get()
    assert assessment.answers_file(current_lens())["answers"] == {
        "pricing": "fixed",
        "schema": "moving",
    }
    json.dumps(assessment.answers_file(current_lens()))


def test_the_lens_that_ships_does_not_ask_it(client: Client, settings: Any) -> None:
    settings.LENS_FILE = None
    assert "pricing" not in shipped_lens().question
    assert "The way it is paid for" not in page(client, "model")


def test_answers_to_a_question_that_is_gone_count_as_not_given(
    client: Client, token: str, settings: Any
) -> None:
    answer(client, token, "project", project_name="Ledgerly")
    answer(client, token, "moving", pricing="fixed", schema="moving")
    settings.LENS_FILE = None
    report = finish(client, token)
    assert report["answers"] == {"schema": "moving"}
