"""Where the links in the mails lead: stopping with one click, and answering again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.test.client import MULTIPART_CONTENT

from assessments.models import Assessment, Reminder
from tests.reminding import confirmed
from tests.web import (
    CHANGE_HEAVY,
    LENS,
    STEPS,
    Draft,
    controls,
    draft,
    form_of,
    heading,
    says,
    soup,
    text_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def finished() -> Draft:
    return draft(CHANGE_HEAVY, finished=True)


@pytest.fixture
def reminder(finished: Draft) -> Reminder:
    return confirmed(finished.assessment)


@pytest.fixture
def again(reminder: Reminder) -> str:
    """The path of the link in the mail of the day."""
    return f"/again/{reminder.claim()}/"


def stop_url(reminder: Reminder) -> str:
    return f"/stop/{reminder.stop_key()}/"


# ---- Stopping ----


def test_opening_the_link_stops_nothing(client: Client, reminder: Reminder) -> None:
    for method in ("GET", "HEAD"):
        assert client.generic(method, stop_url(reminder)).status_code == 200
    page = client.get(stop_url(reminder))
    assert heading(page) == "Stop reminding?"
    assert "f•••@example.org" in says(page)
    assert Reminder.objects.exists()


def test_its_button_forgets_the_address(client: Client, reminder: Reminder) -> None:
    form = form_of(client.get(stop_url(reminder)), "Stop reminding")
    page = client.post(str(form["action"]), controls(form))
    assert heading(page) == "No more mails will come"
    assert not Reminder.objects.exists()
    assert Assessment.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        ({"List-Unsubscribe": "One-Click"}, MULTIPART_CONTENT),
        ("", "application/octet-stream"),
    ],
    ids=["form", "multipart", "nothing"],
)
def test_a_mail_program_stops_it_by_itself(
    reminder: Reminder, body: Any, content_type: str
) -> None:
    """RFC 8058: a POST with that body, without cookies, and no redirect after it."""
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(stop_url(reminder), body, content_type=content_type)
    assert answer.status_code == 200
    assert not answer.cookies
    assert not Reminder.objects.exists()


def test_a_link_that_was_used_says_that_nothing_is_left(client: Client, reminder: Reminder) -> None:
    address = stop_url(reminder)
    client.post(address)
    for page in (client.get(address), client.post(address)):
        assert page.status_code == 200
        assert heading(page) == "There is nothing to stop any more"


@pytest.mark.parametrize("key", ["{0}-", "{0}-{1}x", "{0}", "{1}", "{2}-{1}", "0{0}-{1}x", "٣-{1}"])
def test_a_link_that_never_was_gets_the_same_page(
    client: Client, reminder: Reminder, key: str
) -> None:
    number, _, signature = reminder.stop_key().partition("-")
    page = client.post(f"/stop/{key.format(number, signature, int(number) + 1)}/")
    assert heading(page) == "There is nothing to stop any more"
    assert Reminder.objects.exists()


@pytest.mark.parametrize("number", ["9" * 18, "9" * 19, "9" * 400])
def test_so_does_a_number_that_no_row_has(client: Client, number: str) -> None:
    page = client.get(f"/stop/{number}-{'x' * 43}/")
    assert heading(page) == "There is nothing to stop any more"


def test_the_link_of_one_address_does_not_stop_another(
    client: Client, reminder: Reminder, settings: Any
) -> None:
    address = stop_url(reminder)
    Reminder.objects.update(email="other@example.org")
    client.post(address)
    assert Reminder.objects.exists()


def test_a_link_outlives_a_change_of_the_secret_key(
    client: Client, reminder: Reminder, settings: Any
) -> None:
    address = stop_url(reminder)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-" + "y" * 40
    client.post(address)
    assert not Reminder.objects.exists()


def test_a_stopped_mail_begins_nothing(client: Client, reminder: Reminder, again: str) -> None:
    client.post(stop_url(reminder))
    assert client.get(again).status_code == 404


# ---- Answering again ----


def begin(client: Client, page: Any) -> Any:
    form = form_of(page, "Begin")
    return client.post(str(form["action"]), controls(form))


def test_opening_the_link_begins_nothing(client: Client, again: str, finished: Draft) -> None:
    page = client.get(again)
    assert heading(page) == "Answer again, with what you know now"
    assert "the verdict was: start with FastAPI" in says(page)
    assert f"{finished.now.review_on:%-d %B %Y}" in says(page)
    assert Assessment.objects.count() == 1


def test_its_button_begins_a_version_with_the_same_answers(
    client: Client, again: str, finished: Draft
) -> None:
    answer = begin(client, client.get(again))
    version = Assessment.objects.get(previous=finished.assessment)
    assert version.engine_answers(LENS) == finished.answers
    assert version.project_id == finished.assessment.project_id
    page = client.get(answer["Location"])
    assert heading(page) == "Check your answers"
    assert finished.now.report == finished.assessment.report


def test_pressing_twice_makes_one_version_and_says_so(client: Client, again: str) -> None:
    page = client.get(again)
    begin(client, page)
    second = begin(client, page)
    assert second.status_code == 200
    told = text_of(soup(second).find(role="status"))
    assert told.startswith("A new version was begun on ")
    assert Assessment.objects.count() == 2


def test_another_is_begun_once_that_is_confirmed(client: Client, again: str) -> None:
    begin(client, client.get(again))
    page = client.get(again)
    assert form_of(page, "Begin another version")
    first = begin(client, page)
    second = begin(client, page)
    assert (first.status_code, second.status_code) == (302, 200)
    assert Assessment.objects.count() == 3


@pytest.mark.parametrize("begun", ["", "-1", "x", "1", "9" * 30])
def test_a_form_that_is_not_the_pages_begins_nothing(
    client: Client, again: str, begun: str
) -> None:
    assert client.post(again, {"begun": begun}).status_code == 200
    assert Assessment.objects.count() == 1


def test_it_begins_from_the_newest_version(client: Client, again: str, finished: Draft) -> None:
    newer, token = Assessment.objects.again(finished.now)
    Draft(newer, token).save(STEPS[0], project={"name": "Renamed"})
    Draft(newer, token).now.finish(LENS)
    page = client.get(again)
    assert "Renamed" in says(page)
    begin(client, page)
    assert Assessment.objects.filter(previous=newer).count() == 1


def test_the_link_of_an_earlier_mail_opens_nothing(
    client: Client, again: str, reminder: Reminder
) -> None:
    Reminder.objects.update(claimed_at=None)
    reminder.claim()
    assert client.get(again).status_code == 404


def test_neither_an_edit_link_nor_a_share_link_begins_anything(
    client: Client, again: str, finished: Draft
) -> None:
    for token in (finished.token, finished.share()[1], "x" * 43, "short"):
        assert client.get(f"/again/{token}/").status_code == 404


def test_no_other_site_can_press_the_button(again: str) -> None:
    assert Client(enforce_csrf_checks=True).post(again, {"begun": "0"}).status_code == 403
    assert Assessment.objects.count() == 1
