"""Of what is limited never more is let through than the bucket holds, whoever serves it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from assessments.tokens import new_token
from tests.factories import only
from tests.servers import APPLICATION, running_server
from tests.web import CHANGE_HEAVY, Visitor, soup

MOST = 10
# So slowly that nothing comes back while a test runs.
RATE = f"{MOST}/d"
KINDS = ("API", "GUESSES", "START", "WHATIF")
AT_ONCE = 12
FORWARDED = "X-Forwarded-For"
# Made once: it takes longer than a request does.
_CONTEXT = ssl.create_default_context()

Ask = Callable[[httpx.Client], httpx.Response]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'site.sqlite3'}"


@contextmanager
def site(database: str, rate: str = RATE, application: str = APPLICATION) -> Iterator[str]:
    env = {"SUGGEST": "0", "WEB_CONCURRENCY": "2"} | {f"RATE_{kind}": rate for kind in KINDS}
    with running_server(database, env=env, application=application) as url:
        yield url


def asked(site: str, ask: Ask, who: str, times: int) -> list[httpx.Response]:
    """So many answers to one address, asked for at once on connections of their own."""

    def one(_: int) -> httpx.Response:
        headers = {FORWARDED: who}
        with httpx.Client(base_url=site, headers=headers, timeout=60, verify=_CONTEXT) as client:
            return ask(client)

    with ThreadPoolExecutor(AT_ONCE) as many:
        return list(many.map(one, range(times)))


def start(client: httpx.Client) -> httpx.Response:
    token = soup(client.get("/start/").text).select_one("[name=csrfmiddlewaretoken]")
    assert token
    return client.post("/start/", data={"csrfmiddlewaretoken": str(token["value"])})


def guess(client: httpx.Client) -> httpx.Response:
    return client.get(f"/r/{new_token()}/")


def score(client: httpx.Client) -> httpx.Response:
    return client.post("/api/score", json=only())


def what_if(path: str) -> Ask:
    return lambda client: client.get(f"{path}what-if/?stage=relied_on")


def finished(site: str) -> str:
    visitor = Visitor(site)
    visitor.start()
    visitor.walk(CHANGE_HEAVY)
    visitor.send(button="See the verdict")
    return visitor.path


def let_through(answers: list[httpx.Response]) -> int:
    return sum(answer.status_code != 429 for answer in answers)


def test_never_more_is_let_through_than_the_bucket_holds(
    database: str, amount: Callable[[int, int], int], figure: Callable[..., None]
) -> None:
    times = amount(3, 50) * MOST
    with site(database) as url:
        path = finished(url)
        asks: dict[str, Any] = {"start": start, "what-if": what_if(path)}
        asks |= {"secret address": guess, "API": score}
        for number, (name, ask) in enumerate(asks.items()):
            answers = asked(url, ask, f"192.0.2.{number}", times)
            figure(f"Let through of {times}: {name}", let_through(answers), wanted=str(MOST))
            assert let_through(answers) == MOST, name
            for answer in answers:
                assert answer.status_code < 500
                assert answer.status_code != 429 or int(answer.headers["Retry-After"]) > 3600
            # Who has another address has another bucket.
            assert asked(url, ask, f"198.51.100.{number}", 1)[0].status_code != 429, name


@pytest.mark.control
def test_a_limiter_that_is_off_or_counts_loosely_is_seen(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'site.sqlite3'}"
    with site(database, rate="off") as url:
        assert let_through(asked(url, start, "192.0.2.1", 2 * MOST)) == 2 * MOST
    with site(database, application="tests.faults.broken.counts_loosely") as url:
        assert let_through(asked(url, start, "192.0.2.1", 3 * MOST)) > MOST
