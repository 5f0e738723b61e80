"""Guessing at secret addresses: after too many that open nothing, none opens for a while."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.crypto import salted_hmac

from assessments import guessing, limits
from assessments.guessing import Refused, RefusedElsewhere, refused
from assessments.models import Bucket
from assessments.tokens import new_token
from stackpick.environment import Rate
from tests.invited import invited
from tests.web import CHANGE_HEAVY, HTMX, Draft, draft, heading, says, soup

pytestmark = pytest.mark.django_db
MOST, SECONDS = 4, 400
EACH = SECONDS // MOST


@pytest.fixture(autouse=True)
def _limited(settings: Any) -> Any:
    settings.RATES = settings.RATES | {"guesses": Rate(MOST, SECONDS)}
    settings.TRUSTED_PROXIES = 1
    refused.clear()
    yield
    refused.clear()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time in seconds, to be moved."""
    now = [1_800_000_000.0]
    monkeypatch.setattr(limits.time, "time", lambda: now[0])
    return now


@pytest.fixture
def finished() -> Draft:
    return draft(CHANGE_HEAVY, finished=True)


def ask(address: str, who: str = "192.0.2.7", **kwargs: Any) -> Any:
    headers = {"X-Forwarded-For": who} | kwargs.pop("headers", {})
    return Client().get(address, headers=headers, **kwargs)


def guess(times: int, who: str = "192.0.2.7") -> list[int]:
    return [ask(f"/r/{new_token()}/", who).status_code for _ in range(times)]


def test_a_few_addresses_that_open_nothing_are_forgiven(finished: Draft) -> None:
    assert guess(MOST) == [404] * MOST
    assert ask(finished.url("result")).status_code == 200


def test_after_too_many_whoever_guesses_is_told_to_wait() -> None:
    assert guess(MOST + 2) == [404] * MOST + [429] * 2
    page = ask(f"/r/{new_token()}/")
    assert heading(page) == "Too many addresses that open nothing."
    assert "Wait 2 minutes" in says(page)
    assert page["Retry-After"] == str(EACH)
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize(
    "address",
    [
        *("/r/{token}/", "/r/{token}.md", "/a/{token}/", "/a/{token}.md", "/i/{token}/"),
        *("/a/{token}/check/", "/a/{token}/what-if/", "/r/short/", "/i/%C3%A9/", "/r/a.md"),
    ],
)
def test_every_kind_of_secret_address_counts(address: str) -> None:
    codes = [ask(address.format(token=new_token())).status_code for _ in range(MOST + 1)]
    assert codes == [404] * MOST + [429]


def told(page: Any) -> tuple[int, bytes, str]:
    """All that an answer says, but for the second and the name of this very request."""
    own = {"Expires", "X-Request-ID"}
    headers = {name: value for name, value in page.headers.items() if name not in own}
    return page.status_code, page.content, str(headers)


def test_no_answer_then_tells_what_is_there_from_what_is_not(finished: Draft) -> None:
    link, revoked = finished.share()
    link.revoke()
    _, share = finished.share()
    ask(f"/r/{share}/")  # kept: the short cut must not answer either
    guess(MOST + 1)
    there = [f"/r/{share}/", f"/r/{share}.md", finished.url("result"), f"/i/{invited().token}/"]
    there += [f"/a/{finished.token}.md", finished.step("team"), finished.url("check")]
    missing = [f"/r/{new_token()}/", f"/r/{revoked}/", f"/a/{new_token()}/", "/i/x/", "/r/x.md"]
    answers = {told(page) for page in map(ask, [*there, *missing])}
    assert len(answers) == 1
    assert next(iter(answers))[0] == 429


def test_forms_are_refused_as_well_and_do_nothing(finished: Draft) -> None:
    guess(MOST + 1)
    page = Client().post(finished.url("share"), headers={"X-Forwarded-For": "192.0.2.7"})
    assert page.status_code == 429
    assert not finished.now.share_links.exists()


def test_others_and_public_pages_do_not_notice(finished: Draft) -> None:
    guess(MOST + 1)
    _, share = finished.share()
    for address in (f"/r/{share}/", finished.url("result")):
        assert ask(address, "198.51.100.1").status_code == 200
    for address in ("/", "/model/", "/healthz"):
        assert ask(address).status_code == 200


def test_one_ipv6_network_is_one_guesser() -> None:
    codes = [guess(1, f"2001:db8:1:2::{number:x}")[0] for number in range(1, MOST + 2)]
    assert codes == [404] * MOST + [429]
    assert guess(1, "2001:db8:1:3::1") == [404]


def test_after_a_while_it_may_be_tried_again(finished: Draft, clock: list[float]) -> None:
    guess(MOST + 1)
    clock[0] += EACH - 1
    assert ask(finished.url("result"))["Retry-After"] == "1"
    clock[0] += 1
    assert ask(finished.url("result")).status_code == 200
    assert guess(2) == [404, 429]


def test_who_is_refused_costs_the_database_nothing(finished: Draft) -> None:
    _, share = finished.share()
    guess(MOST + 1)
    with CaptureQueriesContext(connection) as asked:
        for address in (f"/r/{share}/", f"/r/{new_token()}/", finished.url("result")):
            assert ask(address).status_code == 429
    assert len(asked) == 0


def test_while_nobody_is_refused_a_reader_pays_nothing(
    finished: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(request: Any) -> str:
        raise AssertionError("nobody has to know where a reader comes from")

    _, share = finished.share()
    monkeypatch.setattr(guessing, "caller", asked)
    assert guessing.seconds_refused(HttpRequest()) == 0
    assert [ask(f"/r/{share}/").status_code for _ in range(2)] == [200, 200]


def test_htmx_is_told_too(finished: Draft) -> None:
    guess(MOST + 1)
    page = ask(finished.url("check"), headers=HTMX)
    assert page.status_code == 429
    assert not soup(page).select("header")


def test_neither_the_address_nor_the_token_is_stored(caplog: pytest.LogCaptureFixture) -> None:
    token = new_token()
    with caplog.at_level(logging.WARNING, guessing.__name__):
        for _ in range(MOST + 3):
            ask(f"/r/{token}/")
    stored = str(list(Bucket.objects.values_list()))
    assert "192.0.2.7" not in stored
    assert token not in stored
    lines = [record.getMessage() for record in caplog.records if record.name == guessing.__name__]
    assert lines == [f"Secret addresses are refused to 192.0.2.7 for {EACH} s."]


def test_only_so_many_are_remembered(clock: list[float]) -> None:
    few = Refused(remembered=2)
    for who in ("one", "two", "three"):
        few.add(who, 60)
    assert [few.seconds(who) for who in ("one", "two", "three")] == [0, 60, 60]


def test_whose_time_is_over_is_forgotten(clock: list[float]) -> None:
    few = Refused()
    few.add("one", 60)
    clock[0] += 60
    assert few.seconds("one") == 0
    assert not few


def test_whoever_is_refused_anew_is_remembered_longer(clock: list[float]) -> None:
    few = Refused(remembered=2)
    for who in ("one", "two", "one", "three"):
        few.add(who, 60)
    assert [few.seconds(who) for who in ("one", "two", "three")] == [60, 0, 60]


# ---- In other processes ----


class Kept:
    """A shared cache, and how often it was asked."""

    def __init__(self) -> None:
        self.values: dict[str, tuple[bytes, int]] = {}
        self.asked = 0

    def put(self, name: str, value: bytes, seconds: int) -> None:
        self.values[name] = value, seconds

    def get(self, name: str) -> bytes | None:
        self.asked += 1
        return self.values.get(name, (None,))[0]


@pytest.fixture
def kept() -> Kept:
    return Kept()


def elsewhere(kept: Kept, clock: list[float]) -> RefusedElsewhere:
    return RefusedElsewhere(kept, lambda: clock[0])  # type: ignore[arg-type]


def test_what_others_learn_is_no_address_and_goes_with_its_time(
    kept: Kept, clock: list[float]
) -> None:
    elsewhere(kept, clock).add("one", 60)
    of_one = salted_hmac("assessments.guessing", "one", algorithm="sha256").hexdigest()
    until = b"1800000060.0"
    assert kept.values == {"refused": (until, 60), f"refused:{of_one}": (until, 60)}


def test_others_know_within_a_few_seconds_for_how_long(kept: Kept, clock: list[float]) -> None:
    here, there = elsewhere(kept, clock), elsewhere(kept, clock)
    assert not there
    here.add("one", 60)
    told = []
    for seconds in (2, 2.5, 59.5, 60):
        clock[0] = 1_800_000_000.0 + seconds
        told.append((bool(there), there.seconds("one"), there.seconds("two")))
    assert told == [(False, 0, 0), (True, 58, 0), (True, 1, 0), (False, 0, 0)]


def test_while_nobody_is_refused_that_is_asked_once_in_a_while(
    kept: Kept, clock: list[float]
) -> None:
    there = elsewhere(kept, clock)
    for _ in range(9):
        assert there.seconds("one") == 0
        clock[0] += 0.1
    assert kept.asked == 1


def test_it_is_asked_at_once_where_it_never_was(kept: Kept, clock: list[float]) -> None:
    clock[0] = 2.5
    elsewhere(kept, clock).add("one", 60)
    assert elsewhere(kept, clock).seconds("one") == 60


def test_whoever_guesses_is_refused_by_all_processes(
    finished: Draft, kept: Kept, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guessing, "refused_elsewhere", elsewhere(kept, clock))
    guess(MOST + 1)
    guessing.refused.clear()  # as in a process that has not heard of it
    clock[0] += 3
    page = ask(finished.url("result"))
    assert (page.status_code, page["Retry-After"]) == (429, str(EACH - 3))
    assert ask(finished.url("result"), "198.51.100.1").status_code == 200
