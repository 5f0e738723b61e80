"""Two process groups and a PgBouncer in front of one PostgreSQL, either group killed.

Whoever is in the middle of something tries again at the other port, as a proxy in front would.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import Event, Thread
from urllib.parse import urljoin

import httpx
import psycopg
import pytest

from tests.conftest import missing
from tests.desk.people import PASSWORD
from tests.pgbouncer import PgBouncerMissing, throwaway_pgbouncer
from tests.postgres import PostgresMissing, throwaway_postgres
from tests.servers import ONE_WORKER, another_server, processes_of, run_beside, running_server
from tests.web import FOUNDERS, LENS, controls, form_of, heading, says, soup, typed

FILE = FOUNDERS["with a settled part"].file
TRIES = 25
FILL = """
from assessments.models import Assessment, ShareLink
from tests.desk.people import client_of, consultant
client_of(consultant("ada"), "Harbour & Sons")
print(ShareLink.objects.issue(Assessment.objects.get(slug="ledgerly"), "board")[1])
"""

LOOK = """
import json
from django.db import connection
from assessments.models import Assessment
from assessments.models.search import Search
rows = Assessment.objects.all()
def one(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]
print(json.dumps({
    "found": len(Search("ledger", "default").within(rows)),
    "all": len(list(rows.iterator(chunk_size=1))),
    "prepared": one("SELECT count(*) FROM pg_prepared_statements"),
    "advisory locks": one("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"),
}))
"""


@dataclass
class Groups:
    """The sites of both groups, and the PostgreSQL behind the pool."""

    sites: list[str]
    url: str
    shared: str
    started: ExitStack

    def kill(self, number: int) -> None:
        """All processes of a group at once, with nothing said to them before."""
        for process in processes_of(self.sites[number]):
            os.kill(process, signal.SIGKILL)

    def start_again(self, number: int) -> None:
        port = int(self.sites[number].rpartition(":")[2])
        self.started.enter_context(another_server(self.sites[number], port))


@pytest.fixture(scope="module")
def groups() -> Iterator[Groups]:
    with ExitStack() as stack:
        try:
            url = stack.enter_context(throwaway_postgres())
            pooled = stack.enter_context(throwaway_pgbouncer(url))
        except (PostgresMissing, PgBouncerMissing) as problem:
            missing(str(problem))
        env = ONE_WORKER
        one = stack.enter_context(running_server(pooled, env=env))
        other = stack.enter_context(another_server(one))
        yield Groups([one, other], url, run_beside(one, FILL).strip(), stack)


@dataclass
class Browser:
    """Sends to one of several sites, and to the next one where that does not answer.

    It keeps no connection: as a proxy would, it finds out anew who is there.
    """

    sites: list[str]
    failed_over: int = 0
    client: httpx.Client = field(
        default_factory=lambda: httpx.Client(
            follow_redirects=False, timeout=30, limits=httpx.Limits(max_keepalive_connections=0)
        )
    )
    page: httpx.Response = field(default_factory=lambda: httpx.Response(0))
    path: str = "/"

    def ask(self, method: str, path: str, data: dict[str, str] | None = None) -> httpx.Response:
        for _ in range(TRIES):
            try:
                answer = self.client.request(method, self.sites[0] + path, data=data)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code < 500:
                return self._follow(answer, path)
            self.failed_over += 1
            self.sites.append(self.sites.pop(0))
            time.sleep(0.1)
        raise AssertionError(f"nobody answers {method} {path}")

    def _follow(self, answer: httpx.Response, path: str) -> httpx.Response:
        if answer.is_redirect:
            return self.ask("GET", urljoin(path, answer.headers["Location"]))
        self.page, self.path = answer, path
        return answer

    def send(self, filled: dict[str, str] | None = None, button: str = "") -> httpx.Response:
        form = soup(self.page).select_one("#login-form") or form_of(self.page, button)
        where = urljoin(self.path, str(form["action"]) if form.has_attr("action") else "")
        return self.ask("POST", where, {**controls(form), **(filled or {})})


def assess(browser: Browser, name: str) -> str:
    """A founder's whole journey; the address of the result."""
    file = FILE | {"project": {"name": name, "summary": "Berths by the night"}}
    browser.ask("GET", "/start/")
    browser.send()
    for step in LENS.steps:
        assert heading(browser.page) == step.title
        browser.send(typed(file, step))
    browser.send(button="See the verdict")
    assert heading(browser.page).startswith("Start with ")
    return browser.path


def read(browser: Browser, shared: str) -> None:
    answer = browser.ask("GET", f"/r/{shared}/")
    assert answer.status_code == 200
    assert "Ledgerly" in says(answer)


def sign_in(browser: Browser) -> None:
    browser.client.cookies.clear()
    browser.ask("GET", "/admin/login/?next=/admin/assessments/client/")
    browser.send({"username": "ada", "password": PASSWORD})
    assert "Harbour & Sons" in says(browser.page)


@dataclass
class Busy:
    """Somebody who does the same thing again and again, until told to stop."""

    sites: list[str]
    act: Callable[[Browser, int], None]
    times: int = 0
    failed_over: int = 0
    error: BaseException | None = None
    stop: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.thread = Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while not self.stop.is_set():
            browser = Browser(list(self.sites))
            try:
                self.act(browser, self.times)
            except BaseException as error:
                self.error = error
                return
            self.times += 1
            self.failed_over += browser.failed_over

    def wait_for(self, times: int, seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while self.times < times and self.error is None:
            assert time.monotonic() < deadline, "nothing goes on"
            time.sleep(0.05)

    def end(self) -> None:
        self.stop.set()
        self.thread.join(120)
        if self.error is not None:
            raise self.error


def journeys(groups: Groups, sites: list[str], results: dict[str, str]) -> list[Busy]:
    """A founder, a reader and a consultant, each of whom asks another site first."""

    def founder(browser: Browser, number: int) -> None:
        name = f"Marina {sites[0][-5:]} {number}"
        results[name] = assess(browser, name)

    return [
        Busy(sites, founder),
        Busy(sites, lambda browser, _: read(browser, groups.shared)),
        Busy(sites, lambda browser, _: sign_in(browser)),
    ]


def kept(groups: Groups, results: dict[str, str]) -> set[str]:
    """The names of finished assessments, asked of PostgreSQL itself."""
    with psycopg.connect(groups.url) as connection:
        rows = connection.execute(
            "SELECT p.name FROM assessments_assessment AS a JOIN assessments_project AS p"
            " ON p.id = a.project_id WHERE a.report IS NOT NULL"
        ).fetchall()
    return {name for (name,) in rows} & results.keys()


def test_nothing_of_a_session_is_relied_upon_behind_the_pool(groups: Groups) -> None:
    said = run_beside(groups.sites[0], LOOK)
    assert json.loads(said) == {"found": 1, "all": 3, "prepared": 0, "advisory locks": 0}


@pytest.mark.parametrize("victim", [0, 1])
def test_journeys_go_on_while_either_group_is_killed(
    groups: Groups, victim: int, amount: Callable[[int, int], int], figure: Callable[..., None]
) -> None:
    times, results = amount(1, 20), dict[str, str]()
    # They ask the one first that is to die, and are in the middle of something then.
    busy = journeys(groups, [groups.sites[victim], groups.sites[1 - victim]], results)
    for each in busy:
        each.wait_for(times)
    groups.kill(victim)
    before = [each.times for each in busy]
    for each, seen in zip(busy, before, strict=True):
        each.wait_for(seen + times + 1)
    for each in busy:
        each.end()
    assert all(each.failed_over for each in busy), "nobody noticed, so nothing was shown"
    assert kept(groups, results) == results.keys()
    survivor = Browser([groups.sites[1 - victim]])
    for name, path in results.items():
        assert name in says(survivor.ask("GET", path))
    figure("Journeys around the kill of a group", sum(each.times for each in busy))
    figure("Finished assessments lost", len(results) - len(kept(groups, results)), wanted="0")
    with pytest.raises(AssertionError, match="nobody answers"):  # without the other it would show
        read(Browser([groups.sites[victim]]), groups.shared)
    groups.start_again(victim)
    read(Browser([groups.sites[victim]]), groups.shared)
