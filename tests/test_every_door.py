"""Every address of the public site, for everybody, by every method, with every kind of key.

The addresses come from the resolver. One that is not in `tests.doors` fails: say there what it
answers. The desk has a list of its own (`tests.desk.test_every_address`).
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils.crypto import get_random_string

from assessments.together import Together
from tests.doors import (
    ALL,
    CHANGES,
    CHANGES_NOTHING,
    DOORS,
    METHODS,
    WITHOUT_FORM_TOKEN,
    expected,
)
from tests.keys import CODE, MARKER, Keyring, keyring
from tests.reminding import EMAIL, in_days
from tests.web import CHANGE_HEAVY, LENS

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
FORM_TOKEN = get_random_string(32)
# Who comes: who is signed in at the desk, and which keys they may have got hold of.
ROLES: dict[str, tuple[str, str]] = {
    "nobody": ("", "nothing, a number, the stored hash, too short, a name"),
    "the founder": (
        "",
        "own, own in another case, own with one more, own with a blank, own with a null, draft, "
        "own of what was deleted",
    ),
    "a reader": (
        "",
        "share, share without names, share in another case, share with one more, revoked share, "
        "replaced share, expired share, share of a draft, share of what was deleted",
    ),
    "somebody invited": (
        "",
        "invitation, invitation taken up, invitation taken up with another, revoked invitation, "
        "replaced invitation, expired invitation, deleted invitation",
    ),
    "somebody reminded": ("", "reminder, older reminder, stop, stop of another, stop of none"),
    "one of a pair": ("", "one of two, one who waits"),
    "the founder of another": ("", "another's own"),
    # Whoever is signed in gets at this site what anybody gets: with a key what it opens.
    "the consultant": ("ada", "nothing, a number, own, share"),
    "another consultant": ("ben", "nothing, a number, own, share"),
    "a superuser": ("root", "nothing, a number, own, share"),
}


def keys_of(role: str) -> list[str]:
    return ROLES[role][1].split(", ")


@pytest.fixture
def ring(settings: Any) -> Iterator[Keyring]:
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    logging.disable()  # each refusal is a line, and there are thousands
    yield keyring()
    logging.disable(logging.NOTSET)


# ---- The addresses ----


def routes() -> Iterator[tuple[str, str]]:
    """Name and route of every pattern but the desk's."""
    for route, name in _walk(get_resolver().url_patterns):
        if not route.startswith("admin/"):
            yield name or route, route


def _walk(patterns: Any, before: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route, pattern.name


def test_every_address_is_on_the_list() -> None:
    found = {name for name, _ in routes()}
    assert found - set(DOORS) == set(), "say in tests/doors.py what these answer"
    assert set(DOORS) - found == set(), "these are gone"


def test_every_form_that_is_taken_is_sent_where_it_should_change_something() -> None:
    takes_forms = {name for name, doors in DOORS.items() if "POST" in doors}
    assert {*CHANGES, *CHANGES_NOTHING} >= takes_forms


def test_somebody_holds_each_key(ring: Keyring) -> None:
    assert {key for role in ROLES for key in keys_of(role)} == set(ring.keys)


# ---- Knocking ----


@dataclass
class Visit:
    """One request of a role: where, how and with which key, and what it sends."""

    name: str
    method: str
    key: str
    address: str
    body: str
    how: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.name} with {self.key}"


Answer = tuple[int, bytes]


def address_of(route: str, ring: Keyring, key: str) -> str:
    places = {
        "token": ring.keys[key],
        "key": ring.keys[key],
        "slug": "ledgerly",
        "extension": "json",
        "step_id": "team",
        "link_id": ring.link_id,
    }
    return "/" + re.sub(r"<\w+:(\w+)>", lambda match: str(places[match[1]]), route)


def form_for(name: str, ring: Keyring, key: str) -> str:
    """What whoever may would send: filled in so that something changes."""
    assessment = ring.opened(key)
    version = assessment.version if assessment else 0
    forms: dict[str, Callable[[], str]] = {
        "score": lambda: json.dumps(CHANGE_HEAVY),
        "tie": lambda: f"address={ring.free.token}",
        "check": lambda: f"version={version}",
        "step": lambda: f"version={version}&go=some&python=none",
        "what_if": lambda: f"version={version}&mistake=loose_much",
        "review": lambda: f"review_on={in_days(30)}",
        "remind": lambda: f"email={EMAIL}",
        "confirm_reminder": lambda: f"code={CODE}",
        "reminded": lambda: "begun=0",
        "together": lambda: _settling(ring),
    }
    return forms.get(name, lambda: "label=x")()


def _settling(ring: Keyring) -> str:
    two = Together(LENS, ring.pair)
    chosen = "".join(f"&settle_{item.question}=second" for item in two.found.items)
    return f"seen={ring.pair.basis}{chosen}"


def visits(ring: Keyring, keys: Sequence[str]) -> Iterator[Visit]:
    """Every address by every method with the first key of a role; addresses with a secret in them
    with its other keys as well, by the methods that they take and one that they do not."""
    for place, (name, route) in enumerate(routes()):
        for number, key in enumerate(keys if "<str:" in route else keys[:1]):
            address, body = address_of(route, ring, key), form_for(name, ring, key)
            for method in METHODS if number == 0 else _taken_and_another(name, place + number):
                yield Visit(name, method, key, address, body)


def _taken_and_another(name: str, number: int) -> Iterator[str]:
    """All others come to their turn from one address and key to the next."""
    yield from DOORS[name]
    others = [method for method in METHODS if method not in DOORS[name]]
    yield others[number % len(others)]


def browser_of(ring: Keyring, user: str) -> Client:
    browser = Client(enforce_csrf_checks=True)
    if user:
        browser.force_login(ring.users[user])
    browser.cookies["csrftoken"] = FORM_TOKEN
    return browser


def knock(browser: Client, visit: Visit, **headers: str) -> Answer:
    content_type = "application/json" if visit.name == "score" else FORM
    response: Any = browser.generic(
        visit.method, visit.address, visit.body, content_type, headers=headers
    )
    body = b"".join(response) if response.streaming else response.content
    return response.status_code, body


# ---- What changes ----


class Writes:
    """Listens for statements that could change anything; those of a savepoint do not count."""

    READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")

    def __init__(self) -> None:
        self.heard: list[str] = []

    def __call__(self, execute: Any, sql: str, *arguments: Any) -> Any:
        if not sql.lstrip("( ").upper().startswith(self.READS):
            self.heard.append(sql)
        return execute(sql, *arguments)


def digest() -> str:
    """A fingerprint of every row of every table."""
    seen = hashlib.sha256()
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            seen.update(repr((table, sorted(map(repr, cursor.fetchall())))).encode())
    return seen.hexdigest()


@dataclass
class Tour:
    """All visits of one role, and what was wrong in them."""

    browser: Client
    asked: set[tuple[str, str]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    refusals: set[bytes] = field(default_factory=set)
    done: set[str] = field(default_factory=set)

    def judge(self, visit: Visit) -> None:
        """Asks with all that a browser sends, and compares with the table."""
        wanted = expected(visit.name, visit.method, visit.key)
        may_change = visit.method == "POST" and wanted < 400
        writes = Writes()
        with connection.execute_wrapper(writes), transaction.atomic():
            status, body = knock(self.browser, visit, **{"X-CSRFToken": FORM_TOKEN})
            if may_change:
                transaction.set_rollback(True)
        self.asked.add((visit.name, visit.method))
        if status != wanted:
            self.wrong.append(f"{visit}: {status}, and not {wanted}")
        if writes.heard and may_change:
            self.done.add(visit.name)
        elif writes.heard:
            self.wrong.append(f"{visit} changed something: {writes.heard[0][:80]}")
        if status == 404 and visit.method != "HEAD":
            self.refusals.add(body)
        if wanted >= 400 and MARKER.encode() in body:
            self.wrong.append(f"{visit} was refused, and showed it all the same")

    def judge_forged(self, visit: Visit) -> None:
        """Asks as another site would: without the form's token, and from elsewhere with it."""
        forged: list[dict[str, str]] = [
            {},
            {"X-CSRFToken": get_random_string(32)},
            {"X-CSRFToken": FORM_TOKEN, "Origin": "https://elsewhere.example"},
            {"X-CSRFToken": FORM_TOKEN, "Origin": "null"},
        ]
        for headers in forged:
            status, _ = knock(self.browser, visit, **headers)
            if status != 403:
                self.wrong.append(f"{visit} was let in with {headers}: {status}")


def tour(ring: Keyring, role: str) -> Tour:
    found = Tour(browser_of(ring, ROLES[role][0]))
    before = digest()
    for visit in visits(ring, keys_of(role)):
        found.judge(visit)
        is_form = visit.method == "POST" and visit.name not in WITHOUT_FORM_TOKEN
        if is_form and expected(visit.name, "POST", visit.key) < 400:
            found.judge_forged(visit)
    assert digest() == before, "a visit that was refused, or only looked, has changed something"
    return found


@pytest.mark.parametrize("role", ROLES)
def test_everybody_gets_what_their_keys_open_and_no_more(ring: Keyring, role: str) -> None:
    found = tour(ring, role)
    assert found.wrong == []
    assert found.asked == {(name, method) for name, _ in routes() for method in METHODS}
    assert len(found.refusals) == 1, "refusals can be told apart"
    keys = keys_of(role)
    meant = {name for name, key in CHANGES.items() if key in keys}
    assert meant - found.done == set(), "these should have changed something"


# ---- The check itself ----


def test_a_visit_that_changes_something_is_heard_and_seen(ring: Keyring) -> None:
    """The same tour over an address that stores what it is asked must not pass."""
    before, writes = digest(), Writes()
    with connection.execute_wrapper(writes):
        ring.own.now.look_again_on(in_days(9))
    assert writes.heard
    assert digest() != before


def test_a_wrong_entry_of_the_table_is_found(
    ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DOORS, "delete", {"GET": {ALL: 200}, "POST": {ALL: 302}})
    found = Tour(browser_of(ring, ""))
    for visit in visits(ring, ("nothing",)):
        found.judge(visit)
    assert {each.partition(" with")[0] for each in found.wrong} == {
        "GET delete",
        "HEAD delete",
        "POST delete",
    }
