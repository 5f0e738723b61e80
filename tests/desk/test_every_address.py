"""Every address of the desk, for everybody, by GET and by POST, with another's ids in it.

The addresses come from the resolver. One that is not in `DOORS` fails: say who may open it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client as Browser
from django.urls import URLResolver, get_resolver
from django_otp import DEVICE_ID_SESSION_KEY

from assessments import scope
from assessments.models import Invite, Milestone, Note, Pair, PendingImport, Review, ShareLink
from tests.desk.doors import (
    AUTHOR,
    CLOSED,
    DOORS,
    OPEN,
    OWNERS,
    READ,
    ROW,
    ROWS,
    SET_UP,
    SUPERUSERS,
)
from tests.desk.people import assessment_of, client_of, consultant, signed_in, superuser
from tests.desk.signing_in import with_device
from tests.factories import lens

pytestmark = pytest.mark.django_db
MARKER = "Marker of hers"
REFUSED = {403, 404}
# What a page or a form answers to who may use it; a form that is sent empty says what is missing.
ANSWERED = {200, 302, 400, 405}


@dataclass
class Practice:
    """What Ada has, shared with Cleo, and Ben must not see; and what is in the addresses."""

    ada: User
    ben: User
    cleo: User
    root: User
    ids: dict[str, Any]


@pytest.fixture
def practice() -> Practice:
    ada, ben, cleo, root = consultant("ada"), consultant("ben"), consultant("cleo"), superuser()
    client = client_of(ada, MARKER, cleo)
    mine = assessment_of(client, settled_part="yes", settled_part_name=MARKER)
    mine.project.name = MARKER
    mine.project.save()
    assessment_of(client_of(ben, "Somebody else"))
    file, report = mine.answers_file(lens()), mine.report
    rows: dict[str, Any] = {
        "client": client,
        "project": mine.project,
        "assessment": mine,
        "anticipatedchange": mine.changes.get(position=0),
        "sharelink": ShareLink.objects.issue(mine, MARKER)[0],
        "review": Review.objects.create(assessment=mine, text=MARKER, version=1),
        "pair": Pair.objects.create(client=client, project_name=MARKER),
        "invite": Invite.objects.create(client=client, recipient=MARKER, token_hash="x"),
        "note": Note.objects.create(assessment=mine, author=ada, text=MARKER),
        "milestone": Milestone.objects.create(
            assessment=mine, name=MARKER, answers_file=file, report=report
        ),
        "pendingimport": PendingImport.objects.create(
            client=client, author=ada, file_name=MARKER, content=b"{}"
        ),
        "accessattempt": AccessAttempt.objects.create(username=MARKER, failures_since_start=1),
        "accesslog": AccessLog.objects.create(username=MARKER),
        "accessfailurelog": AccessFailureLog.objects.create(username=MARKER),
        "user": ada,
        "group": Group.objects.get(),
    }
    ids = {name: row.pk for name, row in rows.items()}
    return Practice(ada, ben, cleo, root, ids)


# ---- The addresses ----


def routes() -> Iterator[tuple[str, str]]:
    """Name and route of every pattern under the desk."""
    for route, name in _walk(get_resolver().url_patterns):
        if route.startswith("admin/"):
            yield name or route, route


def _walk(patterns: Any, before: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route, pattern.name


# What stands in the places of a route, where it is not the key of the model it is about.
PLACES = {
    "step_id": "changes",
    "content_type_id": 1,
    "note_id": "note",
    "client_id": "client",
    "pending_id": "pendingimport",
    "link_id": "sharelink",
    "milestone_key": "milestone",
    "id": "user",
}
# Addresses whose route is a pattern of its own.
WHOLE = {"app_list": "/admin/assessments/", "admin/(?P<url>.*)$": "/admin/no/such/page/"}
# What names another's row in the query or in the form, and not in the path.
ASKED = {
    "autocomplete": "app_label=assessments&model_name=project&field_name=client&term=Marker",
    "assessments_assessment_compare": "a=assessment-{assessment}&b=milestone-{milestone}",
    "assessments_assessment_rescore_chosen": "seen={assessment}:1&lens=another",
}
FORM = "application/x-www-form-urlencoded"


def filled(name: str, route: str, ids: dict[str, Any]) -> str:
    """The route as an address, with the keys of Ada's rows in their places."""

    def place(match: re.Match[str]) -> str:
        key = PLACES.get(match["name"], route.split("/")[2])
        return str(ids.get(str(key), key if match["name"] in PLACES else 1))

    return WHOLE.get(name) or "/" + re.sub(r"<(?:\w+:)?(?P<name>\w+)>", place, route)


def knocks(ids: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Of each address its name, itself, and what is asked there."""
    for name, route in routes():
        yield name, filled(name, route, ids), ASKED.get(name, "").format(**ids)


def test_every_address_is_on_the_list() -> None:
    found = {name for name, _ in routes()}
    assert found - set(DOORS) == set(), "say in doors.py who may open these"
    assert set(DOORS) - found == set(), "these are gone"


# ---- Everybody knocks at every door ----


def knock(browser: Browser, method: str, address: str, asked: str) -> tuple[int, str, str]:
    """Status, text and where it leads; nothing of it stays, in the database or in the browser."""
    cookies = SimpleCookie(browser.cookies.output(header="", sep=";"))
    with transaction.atomic():
        if method == "GET":
            response = browser.get(f"{address}?{asked}")
        else:
            response = browser.post(address, asked, content_type=FORM)
        body = b"".join(response) if response.streaming else response.content
        transaction.set_rollback(True)
    browser.cookies = cookies
    return response.status_code, body.decode("utf-8", "replace"), response.get("Location", "")


Judge = Callable[[str, int, str, str], bool]


def wrong_answers(browser: Browser, method: str, ids: dict[str, Any], judge: Judge) -> list[str]:
    """Where the answer is not the one expected."""
    wrong = []
    for name, address, asked in knocks(ids):
        status, body, leads_to = knock(browser, method, address, asked)
        door = DOORS[name]
        if door == READ:  # what is only read is refused to everybody who sends a form
            door = ROW if method == "GET" else CLOSED
        if not judge(door, status, body, leads_to):
            wrong.append(f"{method} {name} {status} {leads_to}")
    return wrong


def no_way_in(door: str, status: int, body: str, leads_to: str) -> bool:
    """Sent to sign in, whatever it is."""
    sent = status == 302 and leads_to.startswith("/admin/login/")
    return MARKER not in body and (door == OPEN or sent)


def only_set_up(door: str, status: int, body: str, leads_to: str) -> bool:
    sent = status == 302 and leads_to == "/admin/two-step/"
    return MARKER not in body and (door in (OPEN, SET_UP) or sent)


def of_the_owner(door: str, status: int, body: str, leads_to: str) -> bool:
    if door in (SUPERUSERS, CLOSED):
        return status in REFUSED
    if door == ROWS and status == 200:
        return MARKER in body
    return status in ANSWERED


def of_a_colleague(door: str, status: int, body: str, leads_to: str) -> bool:
    """With whom the client is shared."""
    if door in (OWNERS, AUTHOR):
        return status in {*REFUSED, 405}
    return of_the_owner(door, status, body, leads_to)


def of_a_stranger(door: str, status: int, body: str, leads_to: str) -> bool:
    if MARKER in body:
        return False
    if door in (ROW, OWNERS, AUTHOR, SUPERUSERS, CLOSED):
        return status in {*REFUSED, 405}
    return status in ANSWERED


def of_a_superuser(door: str, status: int, body: str, leads_to: str) -> bool:
    return status in (REFUSED if door in (CLOSED, AUTHOR) else ANSWERED)


def without_code(user: User) -> Browser:
    """A session of somebody who has a device, and gave the password alone."""
    with_device(user)
    return signed_in(user)


def with_code(user: User) -> Browser:
    device, _ = with_device(user)
    browser = signed_in(user)
    session = browser.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return browser


# Who knocks: a name in the practice, how they come in, whether codes are required, what they get.
ROLES: dict[str, tuple[str, Callable[[User], Browser], bool, Judge]] = {
    "nobody": ("ada", lambda user: Browser(), False, no_way_in),
    "the consultant": ("ada", signed_in, False, of_the_owner),
    "the consultant, with a code": ("ada", with_code, False, of_the_owner),
    "the consultant, who owes the code": ("ada", without_code, False, no_way_in),
    "the consultant where codes are required of superusers": ("ada", signed_in, True, of_the_owner),
    "a colleague": ("cleo", signed_in, False, of_a_colleague),
    "a colleague, with a code": ("cleo", with_code, False, of_a_colleague),
    "a colleague, who owes the code": ("cleo", without_code, False, no_way_in),
    "another consultant": ("ben", signed_in, False, of_a_stranger),
    "another consultant, with a code": ("ben", with_code, False, of_a_stranger),
    "another consultant, who owes the code": ("ben", without_code, False, no_way_in),
    "a superuser": ("root", signed_in, False, of_a_superuser),
    "a superuser, with a code": ("root", with_code, True, of_a_superuser),
    "a superuser, who owes the code": ("root", without_code, True, no_way_in),
    "a superuser, who has to set up codes first": ("root", signed_in, True, only_set_up),
}


# Those who get furthest in, and those who would see what is not theirs.
ON_BOTH_DATABASES = ("the consultant", "another consultant")
roles = [
    pytest.param(role, marks=[pytest.mark.queries] if role in ON_BOTH_DATABASES else [])
    for role in ROLES
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("role", roles)
def test_everybody_gets_what_is_theirs_and_no_more(
    practice: Practice, settings: Any, role: str, method: str
) -> None:
    name, come_in, settings.REQUIRE_MFA, judge = ROLES[role]
    browser = come_in(getattr(practice, name))
    assert wrong_answers(browser, method, practice.ids, judge) == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_reaches_for_anothers_row_leaves_a_line_in_the_log(
    practice: Practice, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    browser, silent = signed_in(practice.ben), []
    for name, address, asked in knocks(practice.ids):
        if DOORS[name] not in (ROW, OWNERS, AUTHOR) and (DOORS[name], method) != (READ, "GET"):
            continue
        caplog.clear()
        with caplog.at_level(logging.WARNING, scope.__name__):
            status, _, _ = knock(browser, method, address, asked)
        if status != 405 and f"User {practice.ben.pk} was refused" not in caplog.text:
            silent.append(f"{method} {address}: {status}")
    assert silent == []
