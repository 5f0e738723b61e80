"""Figures for Prometheus: right over several workers, without secrets, and not there by default."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve
from prometheus_client import Counter
from prometheus_client.parser import text_string_to_metric_families

from assessments.exports.documents import DOCUMENTS
from assessments.exports.failures import RenderingFailed
from stackpick import metrics
from stackpick.errors import server_error
from stackpick.metrics.counts import Counts
from tests.servers import QUICKER, free_port, processes_of, run_beside, running_server
from tests.web import CHANGE_HEAVY, LENS, draft

SHARE_AN_EXAMPLE = """
from assessments.models import Assessment, ShareLink
print(ShareLink.objects.issue(Assessment.objects.get(slug="ledgerly"), "For the board")[1])
"""
ANSWERS = Path(__file__).parent.parent / "assessments" / "examples"


class Site:
    """A real server that serves figures."""

    def __init__(self, url: str, port: int) -> None:
        self.url, self._figures = url, f"http://127.0.0.1:{port}/metrics"

    def figures(self) -> str:
        for _ in range(100):
            try:
                return httpx.get(self._figures, timeout=10).text
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError("nobody serves figures")

    def figure(self, name: str, **labels: str) -> float:
        """The sum of all samples with these labels."""
        return sum(
            sample.value
            for family in text_string_to_metric_families(self.figures())
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    port, file = free_port(), tmp_path_factory.mktemp("metrics") / "site.sqlite3"
    wanted = {"METRICS": str(port), "RATE_API": "3/h", "SUGGEST": "0", "LOG_FORMAT": "json"}
    with running_server(f"sqlite:///{file}", env=wanted) as url:
        yield Site(url, port)


def servers_of_figures(site: Site) -> list[int]:
    commands = {
        number: Path(f"/proc/{number}/cmdline").read_bytes() for number in processes_of(site.url)
    }
    return [number for number, command in commands.items() if b"metrics/server.py" in command]


@pytest.mark.server
def test_requests_are_counted_by_view_and_never_by_address(site: Site) -> None:
    token = run_beside(site.url, SHARE_AN_EXAMPLE).strip()
    before = site.figure("stackpick_requests_total", view="shared")
    for address in (f"/r/{token}/", f"/r/{token}/", f"/r/{token}.md", "/nothing/", "/healthz"):
        httpx.get(site.url + address)
    httpx.request("NONSENSE", f"{site.url}/model/")
    figures = site.figures()
    assert site.figure("stackpick_requests_total", view="shared", status="200") == before + 2
    assert site.figure("stackpick_requests_total", view="shared_document", method="GET") == 1
    assert site.figure("stackpick_requests_total", view="none", status="404") == 1
    assert site.figure("stackpick_requests_total", view="probe") >= 1
    assert site.figure("stackpick_requests_total", method="other", status="403") == 1
    assert site.figure("stackpick_request_seconds_count", view="shared") == before + 2
    assert site.figure("stackpick_requests_under_way") == 0
    assert token not in figures
    assert "/r/" not in figures


@pytest.mark.server
def test_the_counts_of_all_workers_add_up_and_outlive_them(site: Site) -> None:
    before = site.figure("stackpick_requests_total", view="privacy")
    for _ in range(40):
        assert httpx.get(f"{site.url}/privacy/").status_code == 200
    assert site.figure("stackpick_requests_total", view="privacy") == before + 40
    (server,) = servers_of_figures(site)
    folder = Path(Path(f"/proc/{server}/cmdline").read_text().split("\0")[3])
    assert {file.name for file in folder.glob("counter_*")} == {"counter_0.db", "counter_1.db"}
    master = os.getsid(server)
    workers = [
        number
        for number in processes_of(site.url)
        if f"\nPPid:\t{master}\n" in Path(f"/proc/{number}/status").read_text() and number != server
    ]
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    for _ in range(200):
        try:
            if httpx.get(f"{site.url}/privacy/", timeout=30).status_code == 200:
                break
        except httpx.TransportError:
            time.sleep(0.1)
    assert site.figure("stackpick_requests_total", view="privacy") == before + 41
    assert {file.name for file in folder.glob("counter_*")} == {"counter_0.db", "counter_1.db"}


@pytest.mark.server
def test_a_reload_keeps_the_counts_and_goes_on_with_them(site: Site) -> None:
    (server,) = servers_of_figures(site)
    before = site.figure("stackpick_requests_total", view="privacy")
    old = set(processes_of(site.url))
    os.kill(os.getsid(server), signal.SIGHUP)
    assert eventually(lambda: len(set(processes_of(site.url)) - old) >= 2)
    assert eventually(lambda: httpx.get(f"{site.url}/privacy/", timeout=30).status_code == 200)
    assert site.figure("stackpick_requests_total", view="privacy") >= before + 1
    assert servers_of_figures(site) == [server]


def eventually(holds: Callable[[], bool]) -> bool:
    for _ in range(300):
        with suppress(httpx.TransportError):
            if holds():
                return True
        time.sleep(0.1)
    return False


@pytest.mark.server
def test_what_a_limit_refuses_is_counted(site: Site) -> None:
    answers = json.loads(next(ANSWERS.glob("*.json")).read_text())
    for _ in range(5):
        httpx.post(f"{site.url}/api/score", json=answers)
    assert site.figure("stackpick_refused_total", limit="api") == 2


@pytest.mark.server
def test_without_being_asked_for_nothing_listens_and_nothing_is_loaded(tmp_path: Path) -> None:
    with running_server(f"sqlite:///{tmp_path / 'site.sqlite3'}", env=QUICKER) as url:
        httpx.get(url)
        listening = {
            line.split()[1]
            for number in processes_of(url)
            for line in Path(f"/proc/{number}/net/tcp").read_text().splitlines()[1:]
            if line.split()[3] == "0A" and line.split()[9] in sockets_of(number)
        }
        loaded = [Path(f"/proc/{number}/maps").read_text() for number in processes_of(url)]
    assert [int(address.split(":")[1], 16) for address in listening] == [int(url.split(":")[2])]
    assert not any("stackpick-metrics-" in maps for maps in loaded)


def sockets_of(number: int) -> set[str]:
    links = [
        os.readlink(link) for link in Path(f"/proc/{number}/fd").iterdir() if link.is_symlink()
    ]
    return {link.removeprefix("socket:[").rstrip("]") for link in links if "socket:" in link}


@pytest.mark.server
def test_the_site_goes_on_where_the_port_of_the_figures_is_taken(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        wanted = {"METRICS": str(other.getsockname()[1]), "SUGGEST": "0"}
        log = tmp_path / "log"
        file = tmp_path / "site.sqlite3"
        with running_server(f"sqlite:///{file}", env=wanted, log=log) as url:
            assert httpx.get(url).status_code == 200
            for _ in range(100):
                if "cannot be served" in log.read_text():
                    break
                time.sleep(0.1)
    assert log.read_text().count("The metrics cannot be served yet") == 1


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counts:
    """This process counts, in its own memory."""
    counts = Counts()
    monkeypatch.setattr(metrics, "_counts", counts)
    return counts


def counted(counter: Counter) -> dict[tuple[str, ...], float]:
    return {
        tuple(sample.labels.values()): sample.value
        for family in counter.collect()
        for sample in family.samples
        if sample.name.endswith("_total")
    }


@pytest.mark.django_db
def test_a_verdict_is_counted_when_it_is_given_and_not_again_for_the_same_answers(
    counts: Counts,
) -> None:
    finished = draft(CHANGE_HEAVY, finished=True).assessment
    given = {(finished.stack, finished.strength): 1.0}
    assert counted(counts.verdicts) == given
    finished.finish(LENS)
    assert counted(counts.verdicts) == given


@pytest.mark.parametrize("page", ["/model/", "/api/score"])
def test_what_the_database_could_not_do_is_counted_by_kind(counts: Counts, page: str) -> None:
    for said in ("database is locked", "database or disk is full", "database is locked"):
        try:
            raise OperationalError(said)
        except OperationalError:
            assert server_error(RequestFactory().get(page)).status_code == 503
    assert counted(counts.database_errors) == {("locked",): 2.0, ("disk",): 1.0}


@pytest.mark.django_db
def test_a_file_that_could_not_be_made_is_counted(
    counts: Counts, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(item: object) -> bytes:
        raise RenderingFailed("not this time")

    _, token = draft(CHANGE_HEAVY, finished=True).share()
    broken = replace(DOCUMENTS["pdf"], render=fail)
    monkeypatch.setitem(DOCUMENTS, "pdf", broken)
    response = client.get(f"/r/{token}.pdf")
    assert response.status_code == 503
    assert response["X-Request-ID"] in response.content.decode()
    assert counted(counts.not_rendered) == {("pdf",): 1.0}


def test_where_nothing_is_counted_no_request_goes_through_the_middleware() -> None:
    with pytest.raises(MiddlewareNotUsed):
        metrics.counted(lambda request: HttpResponse())


def test_a_view_is_named_and_what_is_none_too(settings: object) -> None:
    request = RequestFactory().get("/static/css/site.css")
    assert metrics.view_of(request) == "static"
    request = RequestFactory().get("/a/secret/check/")
    assert metrics.view_of(request) == "none"
    request.resolver_match = resolve("/a/secret/check/")
    assert metrics.view_of(request) == "check"
