"""What describes the API: schemas and an OpenAPI document that say where they are, and a page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from assessments.schemas.answers import answers_schema
from assessments.schemas.report import report_schema
from stackpick.environment import Rate
from tests.factories import Json, lens
from tests.schemas.checking import answers_validator, mistakes, places, report_validator
from tests.web import heading, says, soup

SCHEMAS = ["/schema/report-1.json", "/schema/answers-1.json"]
OPENAPI = "/api/openapi.json"


def document(client: Client, address: str) -> Json:
    return dict(client.get(address).json())


@pytest.mark.parametrize("address", SCHEMAS)
def test_a_schema_is_one_and_says_where_it_is(client: Client, address: str) -> None:
    response = client.get(address)
    assert response["Content-Type"] == "application/schema+json"
    found = response.json()
    Draft202012Validator.check_schema(found)
    assert found["$id"] == f"http://testserver{address}"
    assert [*found][:2] == ["$schema", "$id"]


def test_the_schemas_are_the_published_ones(client: Client) -> None:
    for address, expected in zip(SCHEMAS, (report_schema(), answers_schema(lens())), strict=True):
        found = document(client, address)
        assert found.pop("$id")
        assert found == expected


def test_the_operator_says_where_they_are(client: Client, settings: Any) -> None:
    settings.SITE_URL = "https://stackpick.example.org"
    assert document(client, SCHEMAS[0])["$id"] == "https://stackpick.example.org" + SCHEMAS[0]
    assert document(client, OPENAPI)["servers"] == [{"url": "https://stackpick.example.org"}]


@pytest.mark.parametrize("address", [*SCHEMAS, OPENAPI])
def test_they_may_be_kept_and_read_by_any_site(client: Client, address: str) -> None:
    response = client.get(address, headers={"Origin": "https://elsewhere.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=3600"
    assert not response.cookies
    again = client.get(address, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    assert client.post(address).status_code == 405


def test_the_openapi_document_refers_to_nothing_that_is_not_in_it(client: Client) -> None:
    found = document(client, OPENAPI)
    references = {at_path(found, path) for path in places(found) if path[-1] == "$ref"}
    assert len(references) > 10
    names = {f"#/components/schemas/{name}" for name in found["components"]["schemas"]}
    assert references == names
    assert "$defs" not in json.dumps(found)


def at_path(part: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        part = part[key]
    return part


def test_its_example_is_a_real_one(client: Client) -> None:
    asked = document(client, OPENAPI)["paths"]["/api/score"]["post"]
    sent = example(asked["requestBody"]["content"])
    given = example(asked["responses"]["200"]["content"])
    assert mistakes(answers_validator(), sent) == []
    assert mistakes(report_validator(), given) == []
    assert client.post("/api/score", sent, content_type="application/json").json() == given


def example(content: Json) -> Any:
    return content["application/json"]["examples"]["ledgerly"]["value"]


def test_every_refusal_is_in_it(client: Client) -> None:
    responses = document(client, OPENAPI)["paths"]["/api/score"]["post"]["responses"]
    assert [*responses] == ["200", "400", "413", "415", "422", "429", "503"]
    for status in ("429", "503"):
        assert responses[status]["headers"]["Retry-After"]["required"]


# ---------------------------------------------------------------- the page


def test_the_page_shows_a_call_that_works(client: Client) -> None:
    page = client.get("/api/")
    assert heading(page) == "For programs"
    call = soup(page).select_one("pre")
    assert call
    body = call.get_text().split("-d '")[1].split("'")[0]
    assert call.get_text().startswith("curl http://testserver/api/score \\\n")
    assert client.post("/api/score", body, content_type="application/json").status_code == 200


def test_it_says_how_often_one_may_ask(client: Client, settings: Any) -> None:
    settings.RATES = settings.RATES | {"api": Rate(120, 60)}
    assert "More than 120 requests came from one address in 60 seconds" in says(client.get("/api/"))
    settings.RATES = settings.RATES | {"api": None}
    assert "Too many requests came from one address;" in says(client.get("/api/"))


def test_every_page_leads_there(client: Client) -> None:
    footer = soup(client.get("/model/")).select_one("footer")
    assert footer
    assert footer.select_one("a[href='/api/']")
