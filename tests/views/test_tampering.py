"""What no form of ours sends: tampered versions and steps, bodies that are no form, wrong files."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.views.test_bad_input import assert_nothing_was_lost, control, send
from tests.web import (
    FOUNDERS,
    LENS,
    STEPS,
    controls,
    draft,
    form_of,
    heading,
    says,
    title,
    typed,
)

pytestmark = pytest.mark.django_db
FILE = FOUNDERS["with a settled part"].file
MULTIPART = "multipart/form-data; boundary=x"


@pytest.mark.parametrize("step", STEPS)
def test_fields_that_nobody_asked_for_are_ignored(client: Client, step: str) -> None:
    started = draft(FILE)
    extra = {"id": "1", "edit_hash": "x", "report": "{}", "slug": "mine", "touched": "{}"}
    assert send(client, started, step, **extra).status_code == 302
    assert_nothing_was_lost(started)
    assert started.now.slug is None


@pytest.mark.parametrize("number", ["5", "9", "9" * 9])
def test_a_sixth_change_is_refused_in_words(client: Client, number: str) -> None:
    started = draft(FILE)
    page = send(client, started, "changes", **{f"change_{number}_text": "One too many"})
    assert page.status_code == 200
    assert "At most 5 changes are taken" in says(page)
    assert_nothing_was_lost(started)


@pytest.mark.parametrize(
    "version",
    [None, "", "text", "-1", "1.5", "99", "2147483648", "9" * 5000, "\0", "0 OR 1=1", "🦀"],
)
def test_a_tampered_version_saves_nothing_and_keeps_what_was_typed(
    client: Client, version: str | None
) -> None:
    started = draft(FILE)
    filled = typed(FILE, LENS.steps[0]) | {"project_name": "Renamed"}
    data = filled if version is None else filled | {"version": version}
    page = client.post(started.step(STEPS[0]), data)
    assert page.status_code == 200
    assert title(page).startswith("Error: ")
    assert "It is not clear which version of your answers" in says(page)
    assert control(page, "project_name")["value"] == "Renamed"
    assert_nothing_was_lost(started)
    again = form_of(page)
    assert client.post(str(again["action"]), controls(again)).status_code == 302
    assert started.answers.name == "Renamed"


@pytest.mark.parametrize("body", [b"", b"--x\r\nnonsense"], ids=["empty", "broken"])
def test_a_form_without_any_field_is_told_so(client: Client, body: bytes) -> None:
    started = draft(FILE)
    page = client.generic("POST", started.step(STEPS[0]), body, content_type=MULTIPART)
    assert title(page).startswith("Error: ")
    assert_nothing_was_lost(started)


@pytest.mark.parametrize("step", ["nope", "PROJECT", "project2", "0", "-", "start", "revoke"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_step_that_does_not_exist_is_not_found(client: Client, step: str, method: str) -> None:
    started = draft(FILE)
    page = getattr(client, method)(f"/a/{started.token}/{step}/")
    assert page.status_code == 404
    assert_nothing_was_lost(started)


@pytest.mark.parametrize("then", ["\0", "<script>", "x" * 5000, "🦀"])
def test_a_strange_place_to_return_to_is_harmless(client: Client, then: str) -> None:
    started = draft(FILE)
    page = client.get(started.step(STEPS[0]), {"then": then})
    assert page.status_code == 200
    assert b"<script>" not in page.content.replace(b"<script src", b"")
    assert send(client, started, STEPS[0], then=then).status_code == 302


URL_ENCODED = "application/x-www-form-urlencoded"
BROKEN = {
    "more fields than a form has": (b"&".join(b"a=%d" % n for n in range(500)), None),
    "a body that is too large": (b"project_name=" + b"x" * 400_000, None),
    "multipart without a boundary": (b"--x", "multipart/form-data"),
    "another charset": (b"project_name=x", "application/x-www-form-urlencoded; charset=utf-7"),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_body_that_no_form_sends_is_a_bad_request(
    client: Client, body: tuple[bytes, str | None]
) -> None:
    started = draft(FILE)
    raw, content_type = body
    page = client.generic("POST", started.step(STEPS[0]), raw, content_type or URL_ENCODED)
    assert page.status_code == 400
    assert heading(page) == "That request made no sense to us."
    assert_nothing_was_lost(started)


def part(name: str, content: bytes, filename: str = "") -> bytes:
    file = f'; filename="{filename}"' if filename else ""
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + content + b"\r\n"


ODD = {
    "a file that is too large": part("project_name", b"x" * 400_000, "name.txt"),
    "a file in place of a text": part("project_name", b"x", "name.txt"),
    "bytes that are no UTF-8": part("version", b"0") + part("project_name", b"\xff\xfe"),
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_odd_multipart_is_never_a_server_error(client: Client, body: bytes) -> None:
    client.raise_request_exception = False
    page = client.generic("POST", draft().step(STEPS[0]), body + b"--x--\r\n", MULTIPART)
    assert page.status_code < 500


def test_a_large_file_is_refused_as_a_large_text_is(client: Client) -> None:
    body = ODD["a file that is too large"] + b"--x--\r\n"
    page = client.generic("POST", draft().step(STEPS[0]), body, MULTIPART)
    assert page.status_code == 400
