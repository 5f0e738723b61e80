"""What may be begun and looked at only so often from one address, and how the refusal reads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from assessments.exports.documents import DOCUMENTS
from assessments.models import Assessment, ShareLink
from assessments.shared_pages import shared_files
from stackpick.environment import Rate
from tests.web import CHANGE_HEAVY, HTMX, Draft, draft, heading, says, soup

pytestmark = pytest.mark.django_db
MOST = 2


@pytest.fixture(autouse=True)
def _limited(settings: Any) -> None:
    rate = Rate(MOST, 3600 * MOST)
    settings.RATES = settings.RATES | {"start": rate, "whatif": rate, "documents": rate}
    settings.TRUSTED_PROXIES = 1


@pytest.fixture
def finished() -> Draft:
    return draft(CHANGE_HEAVY, finished=True)


def ask(method: str, address: str, who: str = "192.0.2.7", **headers: str) -> Any:
    return Client().generic(method, address, headers={"X-Forwarded-For": who} | headers)


def refused(answer: Any) -> bool:
    return answer.status_code == 429 and 0 < int(answer["Retry-After"]) <= 3600


def test_so_many_assessments_are_started_and_no_more() -> None:
    answers = [ask("POST", "/start/") for _ in range(MOST + 1)]
    assert [answer.status_code for answer in answers] == [302] * MOST + [429]
    assert Assessment.objects.count() == MOST
    assert refused(answers[-1])
    assert heading(answers[-1]) == "Too many assessments were started."
    assert "go back and start again" in says(answers[-1])


def test_the_page_that_offers_it_opens_as_ever_and_others_start(finished: Draft) -> None:
    for _ in range(MOST + 1):
        ask("POST", "/start/")
    assert ask("GET", "/start/").status_code == 200
    assert ask("GET", finished.url("result")).status_code == 200
    assert ask("POST", "/start/", who="192.0.2.8").status_code == 302


def test_what_somebody_writes_into_the_header_themselves_does_not_help() -> None:
    answers = [ask("POST", "/start/", who=f"198.51.100.{n}, 192.0.2.7") for n in range(MOST + 1)]
    assert refused(answers[-1])


def test_versions_count_as_starts(finished: Draft) -> None:
    answers = [ask("POST", finished.url("again")) for _ in range(MOST + 1)]
    assert refused(answers[-1])


def test_looking_ahead_is_refused_and_saving_is_not(finished: Draft) -> None:
    address = finished.url("what_if")
    for _ in range(MOST):
        assert ask("GET", address).status_code == 200
    page = ask("GET", address)
    assert refused(page)
    assert heading(page) == "Too many answers were tried at once."
    assert "no-store" in page["Cache-Control"]
    assert ask("GET", finished.step("team")).status_code == 200


def test_looking_ahead_for_the_head_of_the_page_alone_counts_as_well(finished: Draft) -> None:
    answers = [ask("HEAD", finished.url("what_if")) for _ in range(MOST + 1)]
    assert [answer.status_code for answer in answers] == [200] * MOST + [429]


def test_the_live_panel_counts_with_it_and_gets_the_inside_of_a_page(finished: Draft) -> None:
    panel = f"{finished.step('team')}so-far/"
    answers = [ask("POST", panel, **HTMX) for _ in range(MOST + 1)]
    assert not any(refused(answer) for answer in answers[:MOST])
    assert refused(answers[-1])
    assert not soup(answers[-1]).select("header")
    assert refused(ask("GET", finished.url("what_if")))


@pytest.fixture
def _typeset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents that take no time."""
    shared_files.clear()
    for extension in ("pdf", "png", "md"):
        made = replace(DOCUMENTS[extension], render=lambda item: b"a document")
        monkeypatch.setitem(DOCUMENTS, extension, made)


@pytest.mark.usefixtures("_typeset")
def test_so_many_documents_are_set_and_those_that_are_kept_are_had_as_ever(
    finished: Draft, settings: Any
) -> None:
    """Each name of the host is another document, as it stands in it."""
    settings.ALLOWED_HOSTS = ["testserver"]
    pdf = f"/a/{finished.token}.pdf"
    hosts = [f"testserver:{port}" for port in range(1, MOST + 2)]
    answers = [ask("GET", pdf, Host=host) for host in hosts]
    assert [answer.status_code for answer in answers] == [200] * MOST + [429]
    assert refused(answers[-1])
    assert heading(answers[-1]) == "Too many documents were made at once."
    assert ask("GET", pdf, Host=hosts[0]).status_code == 200
    assert refused(ask("HEAD", f"/a/{finished.token}.png"))
    assert ask("GET", f"/a/{finished.token}.md").status_code == 200
    assert ask("GET", pdf, who="192.0.2.8").status_code == 200


@pytest.mark.usefixtures("_typeset")
def test_a_document_is_the_same_for_a_host_in_capitals(finished: Draft) -> None:
    pdf = f"/a/{finished.token}.pdf"
    for host in ("testserver", "TESTSERVER", "TestServer", "tESTsERVER"):
        assert ask("GET", pdf, Host=host).status_code == 200


@pytest.mark.usefixtures("_typeset")
def test_documents_of_links_and_of_examples_count_with_them(finished: Draft) -> None:
    token = ShareLink.objects.issue(finished.assessment, "For the board")[1]
    call_command("load_examples", verbosity=0)
    addresses = (f"/r/{token}.pdf", "/examples/ledgerly.pdf", "/examples/ledgerly.png")
    answers = [ask("GET", address) for address in addresses]
    assert [answer.status_code for answer in answers] == [200] * MOST + [429]
    assert refused(ask("GET", f"/r/{token}.png"))


def test_an_address_that_opens_nothing_is_refused_in_the_same_way(finished: Draft) -> None:
    unknown = finished.url("what_if").replace(finished.token, "x" * 43)
    for _ in range(MOST):
        ask("GET", unknown)
    assert says(ask("GET", unknown)) == says(ask("GET", finished.url("what_if")))
