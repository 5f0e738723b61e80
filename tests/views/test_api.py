"""The scoring API: a report for an answers file, and a reason for whatever else is sent."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.test import Client

from assessments.engine.report import build_report
from assessments.exports import json_report
from assessments.models import Assessment, Bucket, Project
from assessments.views.api import LARGEST_FILE, MOST_MISTAKES
from tests.exports.items import item
from tests.factories import Json, answers, lens, only, parsed, stable_answers
from tests.schemas.checking import mistakes, report_validator
from tests.views.scoring import SCORE, post, refused

# ---------------------------------------------------------------- what it answers


@pytest.mark.parametrize(
    "file", [answers(), stable_answers(), only()], ids=["change", "go", "open"]
)
def test_an_answers_file_gives_the_engines_report(client: Client, file: Json) -> None:
    response = post(client, file)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    report = build_report(lens(), parsed(file))
    found = response.json()
    assert {key: found[key] for key in report} == report
    assert found["$schema"] == "http://testserver/schema/report-1.json"
    assert [found[key] for key in ("finished_at", "review_on", "review", "link")] == [None] * 4
    assert mistakes(report_validator(), found) == []


def test_it_is_the_document_that_a_result_offers_but_for_what_came_of_it(client: Client) -> None:
    offered = json.loads(json_report.render(item(site="http://testserver")))
    came_of_it = ("finished_at", "review_on")
    expected = json_report.written(offered | dict.fromkeys(came_of_it))
    assert post(client, answers()).content == expected


def test_the_operator_says_where_the_schema_is(client: Client, settings: Any) -> None:
    settings.SITE_URL = "https://stackpick.example.org"
    found = post(client, only()).json()
    assert found["$schema"] == "https://stackpick.example.org/schema/report-1.json"


def test_over_tls_it_answers_and_over_http_it_leads_there(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 3600
    secure = post(Client(), only(), secure=True)
    assert secure.status_code == 200
    assert secure.json()["$schema"].startswith("https://testserver/")
    assert "Strict-Transport-Security" in secure
    plain = post(Client(), only())
    assert (plain.status_code, plain["Location"]) == (301, f"https://testserver{SCORE}")


@pytest.mark.django_db
def test_nothing_is_stored_and_no_cookie_is_set(client: Client) -> None:
    response = post(client, answers())
    assert not response.cookies
    assert not client.cookies
    assert response["Cache-Control"] == "no-store"
    assert not Assessment.objects.exists()
    assert not Project.objects.exists()
    assert not Bucket.objects.exists()


def test_it_needs_no_token_of_a_form() -> None:
    assert post(Client(enforce_csrf_checks=True), only()).status_code == 200


def test_a_byte_order_mark_and_a_charset_are_taken(client: Client) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(only()).encode()
    assert post(client, body, "application/json; charset=utf-8").status_code == 200
    assert post(client, body, "Application/JSON").status_code == 200


# ---------------------------------------------------------------- what it refuses


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_are_told_which_one_it_is(client: Client, method: str) -> None:
    response = client.generic(method, SCORE)
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    if method != "HEAD":
        refused(response, 405)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/problem+json",
        "application/jsonl",
    ],
)
def test_only_json_is_taken(client: Client, content_type: str) -> None:
    said = refused(post(client, only(), content_type), 415)
    assert said["detail"] == "Send the answers file as application/json."


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "is not JSON: Expecting value"),
        (b"{", "Line 1: the body is not JSON"),
        (b'{\n"format": }', "Line 2: the body is not JSON"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"[" * 60_000, "nested too deeply"),
        (b'{"a":' * 10_000, "nested too deeply"),
        (b'{"format": "x", "format": "y"}', "gives the key “format” twice"),
        (b'{"answers": {"peak_rps": NaN}}', "contains NaN"),
        (b'{"answers": {"peak_rps": -Infinity}}', "contains -Infinity"),
        (b'{"answers": {"peak_rps": ' + b"9" * 5000 + b"}}", "a number of 5000 digits"),
        (b"{} {}", "Extra data"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else None,
)
def test_what_is_not_json_is_said_to_be_none(client: Client, body: bytes, detail: str) -> None:
    assert detail in refused(post(client, body), 400)["detail"]


def test_each_mistake_is_named_with_its_place(client: Client) -> None:
    file = only(stage="late", changes=[{"text": " ", "kind": "money"}], peak_rps=-1)
    said = refused(post(client, file | {"note": 1}), 422)
    assert said["detail"] == "The answers file has 5 mistakes."
    found = {each["path"]: each["detail"] for each in said["errors"]}
    assert found.keys() == {
        "note",
        "answers.stage",
        "answers.changes[0].text",
        "answers.changes[0].kind",
        "answers.peak_rps",
    }
    assert "“late” is not one of the options" in found["answers.stage"]


@pytest.mark.parametrize("document", [[], 7, "x", None])
def test_json_that_is_no_object_is_a_mistake_as_a_whole(client: Client, document: Any) -> None:
    said = refused(post(client, document), 422)
    assert said["detail"] == "The answers file has a mistake."
    assert said["errors"][0]["path"] == ""


@pytest.mark.parametrize("huge", [b"1e999", b"-1e999", b"1" + b"0" * 300])
def test_a_number_beyond_all_limits_is_a_mistake(client: Client, huge: bytes) -> None:
    body = json.dumps(only(peak_rps=0)).encode().replace(b": 0", b": " + huge)
    assert refused(post(client, body), 422)["errors"][0]["path"] == "answers.peak_rps"


def test_of_very_many_mistakes_the_first_are_named(client: Client) -> None:
    file = only(**{f"q{number}": 1 for number in range(1000)})
    response = post(client, file)
    said = refused(response, 422)
    assert len(said["errors"]) == MOST_MISTAKES
    assert "has 1000 mistakes; these are the first 200" in said["detail"]
    assert len(response.content) < 256 * 1024


# ---------------------------------------------------------------- how much it takes


def padded(size: int) -> bytes:
    body = json.dumps(only()).encode()
    return body + b" " * (size - len(body))


def test_64_kb_are_taken_and_not_a_byte_more(client: Client) -> None:
    assert post(client, padded(LARGEST_FILE)).status_code == 200
    assert "64 KB" in refused(post(client, padded(LARGEST_FILE + 1)), 413)["detail"]
    refused(post(client, padded(1024 * 1024)), 413)


@pytest.mark.parametrize("declared", ["70000", "999999999999", "7", "0", "", "-1", "many"])
def test_what_is_said_of_its_size_never_lets_more_in(client: Client, declared: str) -> None:
    """The server stops at the size that was said; what is read is what counts."""
    response = post(client, padded(LARGEST_FILE + 1), CONTENT_LENGTH=declared)
    assert response.status_code in (400, 413)
    assert response["Content-Type"] == "application/problem+json"


def test_a_body_in_chunks_is_read_to_its_end(client: Client) -> None:
    def send(body: bytes) -> Any:
        environment: Json = {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True}
        return post(client, b"", HTTP_TRANSFER_ENCODING="chunked", **environment)

    assert send(padded(1000)).status_code == 200
    refused(send(padded(LARGEST_FILE + 1)), 413)


def test_a_body_that_breaks_off_is_no_error_of_ours(client: Client) -> None:
    class Broken(io.BytesIO):
        def read(self, *args: Any) -> bytes:
            raise OSError("connection reset")

    environment: Json = {"wsgi.input": Broken(), "CONTENT_LENGTH": "10"}
    response = post(client, b"", **environment)
    assert "ended before its body did" in refused(response, 400)["detail"]
