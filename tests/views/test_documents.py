"""Results as files: from a share link, from the founder's own page, and of a worked example."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.exports.documents import DOCUMENTS, Document
from assessments.exports.failures import RenderingFailed
from assessments.exports.item import Item
from assessments.models import Assessment
from assessments.models import Client as ConsultantsClient
from assessments.shared_pages import shared_files
from assessments.tokens import new_token
from assessments.views import documents
from tests.web import FOUNDERS, LENS, Draft, draft, heading, says, soup

pytestmark = pytest.mark.django_db
FILE = FOUNDERS["with a settled part"].file
TYPES = {
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
    "ics": "text/calendar; charset=utf-8",
    "png": "image/png",
    "svg": "image/svg+xml",
}


class Renderers:
    """Plain formats in place of the real ones: each file says what it was made of."""

    def __init__(self) -> None:
        self.made: list[Item] = []
        self.fails: Exception | None = None

    def render(self, item: Item) -> bytes:
        if self.fails:
            raise self.fails
        self.made.append(item)
        assert item.report
        said = [item.project, item.client, item.link, item.site, item.report["headline"]["stack"]]
        return json.dumps(said).encode()

    def document(self, extension: str) -> Document:
        return Document(
            extension.upper(),
            f"What .{extension} is good for.",
            TYPES[extension],
            self.render,
            lambda item: f"start-with.{extension}",
        )


@pytest.fixture
def renderers(monkeypatch: pytest.MonkeyPatch) -> Renderers:
    plain = Renderers()
    for extension in TYPES:
        monkeypatch.setitem(DOCUMENTS, extension, plain.document(extension))
    return plain


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    shared_files.clear()
    yield
    shared_files.clear()


@pytest.fixture
def finished() -> Draft:
    return draft(FILE, finished=True)


@pytest.fixture
def token(finished: Draft) -> str:
    return finished.share()[1]


every_format = pytest.mark.parametrize("extension", TYPES)


# ---- The files that there are ----


@pytest.mark.parametrize("extension", DOCUMENTS)
def test_every_format_can_be_had_from_a_link_one_s_own_page_and_an_example(
    client: Client, finished: Draft, token: str, extension: str
) -> None:
    call_command("load_examples", verbosity=0)
    for place in (f"/r/{token}", f"/a/{finished.token}", "/examples/ledgerly"):
        file = client.get(f"{place}.{extension}")
        assert file.status_code == 200, place
        assert file["Content-Type"] == DOCUMENTS[extension].content_type
        assert f".{extension}" in file["Content-Disposition"]
        assert len(file.content) == int(file["Content-Length"])


# ---- What is in them ----


def test_a_file_from_a_link_carries_that_link(
    client: Client, renderers: Renderers, token: str
) -> None:
    said = json.loads(client.get(f"/r/{token}.pdf").content)
    assert said == ["Marina", "", f"http://testserver/r/{token}/", "http://testserver", "FastAPI"]


def test_a_file_from_ones_own_page_carries_no_link(
    client: Client, renderers: Renderers, finished: Draft
) -> None:
    file = client.get(f"/a/{finished.token}.pdf")
    assert json.loads(file.content) == ["Marina", "", "", "http://testserver", "FastAPI"]
    assert finished.token not in str(renderers.made)


def test_a_file_of_an_example_carries_its_page(client: Client, renderers: Renderers) -> None:
    call_command("load_examples", verbosity=0)
    said = json.loads(client.get("/examples/ledgerly.pdf").content)
    assert said[2] == "http://testserver/examples/ledgerly/"


def test_the_consultants_name_for_the_client_is_in_no_file(
    client: Client, renderers: Renderers, finished: Draft, token: str, django_user_model: Any
) -> None:
    owner = django_user_model.objects.create(username="ada")
    finished.assessment.project.client = ConsultantsClient.objects.create(name="X", owner=owner)
    finished.assessment.project.save()
    for place in (f"/r/{token}", f"/a/{finished.token}"):
        assert json.loads(client.get(f"{place}.pdf").content)[1] == ""


def test_a_file_says_what_the_page_says_and_not_what_was_typed_since(
    client: Client, renderers: Renderers, finished: Draft, token: str
) -> None:
    finished.save("project", project={"name": "Renamed"}, stage="relied_on")
    for place in (f"/r/{token}", f"/a/{finished.token}"):
        assert json.loads(client.get(f"{place}.json").content)[0] == "Marina"
    assert {item.stage for item in renderers.made} == {"Early users"}


# ---- Their headers ----


@every_format
def test_files_are_saved_and_pictures_are_shown(
    client: Client, renderers: Renderers, finished: Draft, token: str, extension: str
) -> None:
    for place in (f"/r/{token}", f"/a/{finished.token}"):
        file = client.get(f"{place}.{extension}")
        assert file["Content-Type"] == TYPES[extension]
        picture = extension in ("png", "svg")
        how = "inline" if picture else "attachment"
        assert file["Content-Disposition"] == f'{how}; filename="start-with.{extension}"'
        # A founder's own address is nothing to put into somebody else's page.
        embeddable = picture and place.startswith("/r/")
        policy = file["Cross-Origin-Resource-Policy"]
        assert policy == ("cross-origin" if embeddable else "same-origin")


@every_format
def test_no_file_is_sniffed_listed_or_told_to_another_site(
    client: Client, renderers: Renderers, finished: Draft, token: str, extension: str
) -> None:
    for address in (f"/r/{token}.{extension}", f"/a/{finished.token}.{extension}"):
        for _ in range(2):  # rendered, and kept
            file = client.get(address)
            assert file["X-Content-Type-Options"] == "nosniff"
            assert file["X-Robots-Tag"] == "noindex, nofollow"
            assert file["Referrer-Policy"] == "strict-origin"
            assert file["X-Frame-Options"] == "DENY"
            assert not file.cookies


def test_a_shared_file_may_be_kept_and_asked_about_and_ones_own_may_not(
    client: Client, renderers: Renderers, finished: Draft, token: str
) -> None:
    theirs, own = client.get(f"/r/{token}.pdf"), client.get(f"/a/{finished.token}.pdf")
    assert theirs["Cache-Control"] == "private, no-cache"
    assert theirs.has_header("ETag")
    assert "no-store" in own["Cache-Control"]
    assert not own.has_header("ETag")


def test_who_has_the_file_is_told_that_it_still_stands(
    client: Client, renderers: Renderers, token: str
) -> None:
    tag = client.get(f"/r/{token}.pdf")["ETag"]
    again = client.get(f"/r/{token}.pdf", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(f"/r/{token}.pdf", headers={"If-None-Match": '"another"'})
    assert other.status_code == 200


@pytest.mark.parametrize("headers", [{}, {"Accept-Encoding": "gzip"}], ids=["plain", "gzip"])
def test_the_kept_file_comes_with_the_headers_of_the_first_one(
    client: Client, renderers: Renderers, token: str, headers: dict[str, str]
) -> None:
    first, second = (client.get(f"/r/{token}.pdf", headers=headers) for _ in range(2))
    assert first.content == second.content
    for page in (first, second):
        del page["X-Request-ID"]
    assert dict(first.items()) == dict(second.items())


def test_a_compressed_file_is_the_same_file(
    client: Client, renderers: Renderers, token: str
) -> None:
    plain = client.get(f"/r/{token}.pdf").content
    zipped = client.get(f"/r/{token}.pdf", headers={"Accept-Encoding": "br, gzip"})
    assert zipped["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain


@pytest.mark.parametrize("address", ["/r/{share}.md", "/a/{edit}.md", "/examples/ledgerly.md"])
def test_files_are_read_and_nothing_else(
    client: Client, finished: Draft, token: str, address: str
) -> None:
    call_command("load_examples", verbosity=0)
    url = address.format(share=token, edit=finished.token)
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
        allowed = method in ("GET", "HEAD")
        assert client.generic(method, url).status_code == (200 if allowed else 405), method


# ---- Rendered once ----


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_a_file_is_rendered_once_and_then_is_one_query(
    client: Client, renderers: Renderers, finished: Draft, token: str
) -> None:
    call_command("load_examples", verbosity=0)
    for address, most in (
        (f"/r/{token}.pdf", 1),
        (f"/a/{finished.token}.pdf", 1),
        ("/examples/ledgerly.pdf", 1),
    ):
        renderers.made.clear()
        client.get(address)
        assert queries(client, address) <= most, address
        assert len(renderers.made) == 1, address


def test_formats_links_and_sites_are_kept_apart(
    client: Client, renderers: Renderers, finished: Draft, token: str
) -> None:
    other = finished.share()[1]
    bodies = [client.get(f"/r/{each}.pdf").content for each in (token, other)]
    bodies.append(client.get(f"/r/{token}.pdf", headers={"Host": "localhost"}).content)
    assert len(set(bodies)) == 3
    assert client.get(f"/r/{token}.md")["Content-Type"] == TYPES["md"]


def test_a_new_verdict_is_in_the_files_from_then_on(
    client: Client, renderers: Renderers, finished: Draft, token: str
) -> None:
    addresses = [f"/r/{token}.pdf", f"/a/{finished.token}.pdf"]
    assert [json.loads(client.get(each).content)[4] for each in addresses] == ["FastAPI"] * 2
    for step, given in (
        ("backend", {"backend": "stream_processor"}),
        ("mistake", {"mistake": "loose_much"}),
        ("changes", {"changes": None}),
        ("project", {"stage": "relied_on"}),
    ):
        finished.save(step, **given)
    finished.now.finish(LENS)
    assert [json.loads(client.get(each).content)[4] for each in addresses] == ["Go"] * 2


def test_a_revoked_link_gives_no_file_a_moment_longer(
    client: Client, renderers: Renderers, finished: Draft
) -> None:
    link, token = finished.share()
    tag = client.get(f"/r/{token}.pdf")["ETag"]
    link.revoke()
    for headers in ({}, {"If-None-Match": tag}):
        assert client.get(f"/r/{token}.pdf", headers=headers).status_code == 404


def test_a_host_that_is_not_ours_gets_no_file(
    client: Client, renderers: Renderers, token: str
) -> None:
    client.get(f"/r/{token}.pdf")
    assert client.get(f"/r/{token}.pdf", headers={"Host": "evil.example"}).status_code == 400


# ---- Addresses that open nothing ----


@pytest.mark.parametrize("place", ["r", "a"])
def test_whatever_opens_nothing_is_the_same_404(
    client: Client, finished: Draft, token: str, place: str
) -> None:
    link, revoked = finished.share()
    link.revoke()
    right, other = (token, finished.token) if place == "r" else (finished.token, token)
    unknown = [new_token(), revoked, other, right[:-1], f"{right}x", "é" * 43, "..", right.lower()]
    addresses = [f"/{place}/{each}.md" for each in unknown]
    addresses += [f"/{place}/{right}.{each}" for each in ("exe", "MD", "pdf-", "md5", "_")]
    answers = [client.get(address) for address in addresses]
    page = client.get(f"/{place}/{new_token()}/")
    for each in (*answers, page):
        del each.headers["Expires"], each.headers["X-Request-ID"]  # of this very request
    told = {(each.status_code, each.content, str(each.headers)) for each in [*answers, page]}
    assert len(told) == 1
    assert page.status_code == 404


def test_an_example_that_is_not_there_has_no_files(client: Client) -> None:
    call_command("load_examples", verbosity=0)
    for address in ("/examples/nothing.md", "/examples/ledgerly.exe"):
        assert client.get(address).status_code == 404


# ---- Too early, or failed ----


@every_format
def test_a_draft_has_no_file_yet_and_says_what_to_do(
    client: Client, renderers: Renderers, extension: str
) -> None:
    started = draft(FILE)
    page = client.get(f"/a/{started.token}.{extension}")
    assert page.status_code == 409
    assert heading(page) == "There is no verdict to put in a file yet."
    assert soup(page).select_one(f"a[href='{started.url('check')}']")
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert renderers.made == []


def test_a_link_to_a_draft_gives_no_file(client: Client, renderers: Renderers) -> None:
    assert client.get(f"/r/{draft(FILE).share()[1]}.pdf").status_code == 404


FAILURES: dict[str, Callable[[], Exception]] = {
    "it took too long": lambda: RenderingFailed("not done\nafter 10 s"),
    "a bug that quotes the founder": lambda: KeyError("Marina"),
    "no memory": MemoryError,
}


@pytest.mark.parametrize("why", FAILURES)
@pytest.mark.parametrize("place", ["shared", "own", "example"])
def test_a_file_that_fails_is_503_and_one_line_in_the_log(
    client: Client,
    renderers: Renderers,
    finished: Draft,
    token: str,
    caplog: pytest.LogCaptureFixture,
    place: str,
    why: str,
) -> None:
    call_command("load_examples", verbosity=0)
    before = {"shared": f"/r/{token}", "own": f"/a/{finished.token}"}
    address = before.get(place, "/examples/ledgerly")
    renderers.fails = FAILURES[why]()
    with caplog.at_level(logging.ERROR, documents.__name__):
        page = client.get(f"{address}.pdf")
    assert page.status_code == 503
    assert int(page["Retry-After"]) > 0
    assert "no-store" in page["Cache-Control"]
    assert heading(page) == "This file could not be made just now."
    assert soup(page).select_one(f"a[href='{address}/']")
    lines = [record for record in caplog.records if record.name == documents.__name__]
    assert len(lines) == 1
    line = lines[0].getMessage()
    assert line.startswith("No .pdf of assessment ")
    assert "\n" not in line
    assert lines[0].exc_info is None
    assert not {"Marina", token, finished.token} & set(line.replace("'", " ").split())


def test_a_file_that_failed_is_tried_again(
    client: Client, renderers: Renderers, token: str
) -> None:
    renderers.fails = RenderingFailed("not this time")
    assert client.get(f"/r/{token}.pdf").status_code == 503
    renderers.fails = None
    assert client.get(f"/r/{token}.pdf").status_code == 200


def test_the_other_formats_and_the_page_do_not_mind(
    client: Client, finished: Draft, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Renderers()
    broken.fails = RenderingFailed("not this time")
    monkeypatch.setitem(DOCUMENTS, "pdf", broken.document("pdf"))
    assert client.get(f"/r/{token}.pdf").status_code == 503
    assert client.get(f"/r/{token}.md").status_code == 200
    assert client.get(f"/r/{token}/").status_code == 200
    assert "could not be made" not in says(client.get(finished.url("result")))


def test_an_assessment_that_breaks_its_renderer_breaks_no_other(
    client: Client, finished: Draft, token: str
) -> None:
    """As stored by hand, or by a version that is still to come."""
    Assessment.objects.filter(pk=finished.assessment.pk).update(
        report={**finished.now.pinned(), "headline": {}}
    )
    assert client.get(f"/r/{token}.md").status_code == 503
    assert client.get(f"/r/{draft(FILE, finished=True).share()[1]}.md").status_code == 200
