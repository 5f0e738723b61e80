"""Whatever is sent, at whatever address: an answer, and never one that says the site broke.

A failure names the seed and the number of the request, prints a line for curl, and the traceback
that the server has left in its log.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.faults.fuzz_ground import Ground
from tests.faults.fuzzing import Fuzz, Line, Request, read_forms
from tests.servers import APPLICATION, RATES_OFF, manage_site, running_server

CONNECTIONS = 6
# Of both databases together, for a check of each change and for the whole bench.
REQUESTS, REQUESTS_OF_THE_SOAK = 5_000, 50_000
A_SEED, OF_THE_CONTROL = 2_500, 1_000
SEED = 7
TOLD, TOLD_LINES = 5, 12
NO_LIMITS = dict.fromkeys((*RATES_OFF, "RATE_GUESSES"), "off")


@dataclass
class Told:
    """What came of it: how often which status, and the requests that broke something."""

    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[tuple[int, Request]] = field(default_factory=list)

    def add(self, status: int, request: Request) -> None:
        self.statuses[status] += 1
        if status == 0 or status >= 500:
            self.broken.append((status, request))


def tell(site: str, fuzz: Fuzz, count: int) -> Told:
    """Sends so many requests over several connections."""
    told = Told()

    def send(first: int) -> None:
        line = Line(site)
        for number in range(first, count, CONNECTIONS):
            request = fuzz.request(number)
            told.add(line.status(request), request)
        line.close()

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        for done in [threads.submit(send, first) for first in range(CONNECTIONS)]:
            done.result()
    return told


@contextmanager
def fuzzed(
    database_url: str, log: Path, seed: int, application: str = APPLICATION
) -> Iterator[tuple[str, Fuzz]]:
    env = NO_LIMITS | {"SUGGEST": "0", "EMAIL_URL": "dummy:"}
    with running_server(database_url, env=env, log=log, application=application) as site:
        ground = Ground.read(manage_site(site, "-m", "tests.faults.fuzz_ground"))
        yield site, Fuzz(seed, ground, *read_forms(site, ground))


def report(site: str, seed: int, told: Told, log: Path) -> str:
    lines = [
        f"{len(told.broken)} of {told.statuses.total()} requests broke something (seed {seed})"
    ]
    for status, request in sorted(told.broken, key=lambda each: each[1].number)[:TOLD]:
        lines.append(f"{status} for number {request.number}: {request.curl(site)[:3_000]}")
    return "\n".join(
        [*lines, *dict.fromkeys(failures_in(log.read_text(errors="replace")))][:TOLD_LINES]
    )


def failures_in(log: str) -> Iterator[str]:
    """What the log says of requests that broke something: the lines with their tracebacks."""
    for entry in re.split(r"^(?=\d{4}-\d\d-\d\d \d\d:|127\.0\.0\.1 - )", log, flags=re.MULTILINE):
        if " ERROR django.request: " in entry or " CRITICAL " in entry:
            yield entry.partition(": ")[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[int], str]:
    """The URL of a database for each seed."""
    if request.param == "sqlite":
        return lambda seed: f"sqlite:///{tmp_path / f'{seed}.sqlite3'}"
    url: str = request.getfixturevalue("postgres_url")
    return lambda seed: another(url, f"fuzzed_{seed}")


def another(url: str, name: str) -> str:
    """A new database on the same server."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return f"{url.rpartition('/')[0]}/{name}"


def test_nothing_that_is_sent_breaks_the_site(
    new_database: Callable[[int], str],
    tmp_path: Path,
    amount: Callable[[int, int], int],
    figure: Callable[..., None],
    request: pytest.FixtureRequest,
) -> None:
    statuses: Counter[int] = Counter()
    reports = []
    for seed in range(SEED, SEED + amount(REQUESTS, REQUESTS_OF_THE_SOAK) // 2 // A_SEED):
        log = tmp_path / f"log-{seed}"
        with fuzzed(new_database(seed), log, seed) as (site, fuzz):
            told = tell(site, fuzz, A_SEED)
        statuses += told.statuses
        if told.broken:
            reports.append(report(site, seed, told, log))
    assert not reports, "\n\n".join(reports)
    database = request.node.callspec.id
    figure(f"Fuzzed requests on {database}", statuses.total(), "requests")
    figure(f"Answers of them with a status of 500 or more on {database}", 0, "", wanted="0")
    # It would prove little where hardly anything came further than to the door.
    assert statuses[200] + statuses[302] > statuses.total() / 4, statuses


@pytest.mark.control
def test_a_site_that_trusts_what_is_sent_is_caught(tmp_path: Path) -> None:
    log, url = tmp_path / "log", f"sqlite:///{tmp_path / 'site.sqlite3'}"
    with fuzzed(url, log, SEED, "tests.faults.broken.trusts_numbers") as (site, fuzz):
        told = tell(site, fuzz, OF_THE_CONTROL)
    said = report(site, SEED, told, log)
    assert told.broken, told.statuses
    assert "curl -i" in said
    assert "trusts_numbers.py" in said, "the report does not say where it broke"
