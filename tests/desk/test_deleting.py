"""Deleting a client, which takes everything with it, and deleting assessments."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.auth.models import User
from django.db.models import ProtectedError
from django.test import Client as Browser

from assessments.models import (
    AnticipatedChange,
    Assessment,
    Client,
    Invite,
    Milestone,
    Note,
    Project,
    Review,
    ShareLink,
    SuggestionCount,
)
from tests.desk.forms import Refusals, desk
from tests.desk.people import assessment_of, client_of, consultant, signed_in, superuser
from tests.factories import answers
from tests.invited import invited
from tests.web import says, soup, text_of

pytestmark = pytest.mark.django_db
HANGING = (Project, Assessment, AnticipatedChange, ShareLink, Review, Note, Milestone, Invite)


@pytest.fixture
def full(ada: User) -> Client:
    """A client with one of everything, and a draft."""
    client = client_of(ada, "Ballast & Sons")
    finished, report = assessment_of(client), {"stack": "go"}
    assessment_of(client, finished=False)
    ShareLink.objects.issue(finished, "For the board")
    Review.objects.create(assessment=finished, text="Agreed.", author=ada)
    Note.objects.create(assessment=finished, text="Call them.", author=ada)
    Milestone.objects.create(assessment=finished, name="First", answers_file={}, report=report)
    Invite.objects.create(client=client, recipient="Founder", token_hash="x" * 64)
    return client


def facts(browser: Browser, client: Client) -> dict[str, str]:
    page = soup(browser.get(desk("client_delete", client.pk)))
    rows = page.select(".desk-facts > div")
    return {text_of(row.dt): text_of(row.dd) for row in rows}


def test_the_page_says_what_would_go_and_offers_to_archive_first(ada: User, full: Client) -> None:
    browser = signed_in(ada)
    assert facts(browser, full) == {
        "Projects": "2",
        "Assessments": "2",
        "Drafts among them": "1",
        "Share links": "1",
        "Reviews": "1",
    }
    page = soup(browser.get(desk("client_delete", full.pk)))
    assert [text_of(item) for item in page.select("#content-main li")] == ["Ledgerly", "Ledgerly"]
    buttons = page.select("#content-main button")
    assert [text_of(button) for button in buttons] == [
        "Archive",
        "Delete the client and all of this",
    ]
    assert buttons[0]["class"] == ["button"]
    assert "button-danger" in buttons[1]["class"]


def test_counts_of_suggested_kinds_are_told_and_go_along(ada: User, full: Client) -> None:
    SuggestionCount.objects.add(full.pk, {("schema", "schema"): 3, ("schema", ""): 2})
    browser, address = signed_in(ada), desk("client_delete", full.pk)
    assert "Counted suggestions of kinds5" in says(browser.get(address))
    browser.post(address, {"name": full.name})
    assert not SuggestionCount.objects.exists()


def test_of_many_projects_the_first_ten_are_named(ada: User, full: Client) -> None:
    Project.objects.bulk_create(Project(client=full, name=f"A{n:02}") for n in range(12))
    page = soup(signed_in(ada).get(desk("client_delete", full.pk)))
    items = [text_of(item) for item in page.select("#content-main li")]
    assert items == [*(f"A{n:02}" for n in range(10)), "and 4 more"]


@pytest.mark.parametrize(
    "sent", [{}, {"post": "yes"}, {"name": ""}, {"name": "ballast & sons"}, {"name": "Ballast"}]
)
def test_without_its_name_nothing_is_deleted(ada: User, full: Client, sent: dict[str, str]) -> None:
    page = signed_in(ada).post(desk("client_delete", full.pk), sent)
    assert page.status_code == 200
    assert ("nothing was deleted" in says(page)) == ("name" in sent)
    assert Assessment.objects.count() == 2


def test_its_name_in_an_address_deletes_nothing(ada: User, full: Client) -> None:
    signed_in(ada).get(desk("client_delete", full.pk), {"name": full.name, "post": "yes"})
    assert Assessment.objects.count() == 2


def test_with_its_name_everything_of_it_goes_and_nothing_else(ada: User, full: Client) -> None:
    other = assessment_of(client_of(ada, "Keel"))
    page = signed_in(ada).post(desk("client_delete", full.pk), {"name": full.name})
    assert page.status_code == 302
    assert list(Client.objects.values_list("name", flat=True)) == ["Keel"]
    assert list(Assessment.objects.all()) == [other]
    assert [model.objects.count() for model in HANGING] == [1, 1, 5, 0, 0, 0, 0, 0]
    assert set(Assessment.history.values_list("id", flat=True)) == {other.pk}
    assert not Review.history.exists()


def test_it_is_logged(ada: User, full: Client) -> None:
    signed_in(ada).post(desk("client_delete", full.pk), {"name": full.name})
    entry = LogEntry.objects.get()
    assert (entry.user, entry.action_flag) == (ada, DELETION)


def logged(*rows: Any) -> None:
    """As if each had been changed at the desk before."""
    for row in rows:
        LogEntry.objects.log_actions(User.objects.get().pk, [row], CHANGE, f"Changed {row}.")


def in_log() -> str:
    columns = LogEntry.objects.values_list("object_repr", "change_message")
    return " ".join(text for line in columns for text in line)


def test_its_name_and_those_of_all_that_goes_with_it_leave_the_log(ada: User, full: Client) -> None:
    kept = client_of(ada, "Keel")
    logged(full, *full.projects.all(), *full.invites.all(), ShareLink.objects.get(), kept)
    for name in ("Ballast", "Ledgerly", "For the board", "Invitation of Founder", "Keel"):
        assert name in in_log()
    signed_in(ada).post(desk("client_delete", full.pk), {"name": full.name})
    for name in ("Ballast", "Ledgerly", "For the board", "Invitation of Founder"):
        assert name not in in_log()
    assert "Keel" in in_log()
    assert "client (deleted)" in in_log()
    assert LogEntry.objects.count() == 7


@pytest.mark.parametrize("how", ["alone", "among several"])
def test_the_name_of_a_deleted_assessment_leaves_the_log(ada: User, full: Client, how: str) -> None:
    one, other = full.projects.order_by("pk")
    Project.objects.filter(pk=one.pk).update(name="Rudder")
    gone, kept = one.assessments.get(), other.assessments.get()
    logged(gone, kept)
    browser = signed_in(ada)
    if how == "alone":
        browser.post(desk("assessment_delete", gone.pk), {"post": "yes"})
    else:
        assert chosen(browser, gone.pk, post="yes") == 302
    assert "Rudder" not in in_log()
    assert "assessment (deleted)" in in_log()
    assert "Ledgerly" in in_log()


def test_a_client_without_assessments_leaves_the_log_as_well(ada: User) -> None:
    client = client_of(ada, "Keel")
    logged(client)
    signed_in(ada).post(desk("client_delete", client.pk), {"post": "yes"})
    assert not Client.objects.exists()
    assert "Keel" not in in_log()
    assert LogEntry.objects.count() == 2


def test_deletion_needs_the_forms_token(ada: User, full: Client) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(ada)
    page = browser.post(desk("client_delete", full.pk), {"name": full.name})
    assert page.status_code == 403
    assert Client.objects.exists()


def test_a_failure_on_the_way_leaves_everything(
    ada: User, full: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(Client, "delete", fail)
    browser = signed_in(ada)
    browser.raise_request_exception = False
    page = browser.post(desk("client_delete", full.pk), {"name": full.name})
    assert page.status_code == 500
    assert Project.objects.count() == 2
    assert not LogEntry.objects.exists()


def test_a_client_without_assessments_is_deleted_as_usual(ada: User) -> None:
    client = client_of(ada, "Keel")
    Project.objects.create(client=client, name="Empty")
    browser, address = signed_in(ada), desk("client_delete", client.pk)
    page = browser.get(address)
    assert "Are you sure" in says(page)
    assert "Project: Empty" in says(page)
    assert browser.post(address, {"post": "yes"}).status_code == 302
    assert not Client.objects.exists()
    assert not Project.objects.exists()


def test_an_assessment_made_meanwhile_stops_the_usual_way(ada: User) -> None:
    client = client_of(ada, "Keel")
    browser, address = signed_in(ada), desk("client_delete", client.pk)
    browser.get(address)
    assessment_of(client, finished=False)
    page = browser.post(address, {"post": "yes"})
    assert "type the client’s name" in says(page)
    assert Assessment.objects.count() == 1


def test_no_other_way_deletes_a_client_with_its_projects(full: Client) -> None:
    with pytest.raises(ProtectedError):
        full.delete()


# ---------------------------------------------------------------- assessments


def chosen(browser: Browser, *keys: object, **more: str) -> int:
    sent = {"action": "delete_selected", ACTION_CHECKBOX_NAME: keys, **more}
    return browser.post(desk("assessment_changelist"), sent).status_code


def test_assessments_in_scope_are_deleted_several_at_once(ada: User, full: Client) -> None:
    keys = Assessment.objects.values_list("pk", flat=True)
    browser = signed_in(ada)
    assert chosen(browser, *keys) == 200
    assert Assessment.objects.count() == 2
    assert chosen(browser, *keys, post="yes") == 302
    assert not Assessment.objects.exists()
    assert not full.projects.exists()


def test_anothers_among_them_stops_all(ada: User, full: Client, refusals: Refusals) -> None:
    theirs = assessment_of(client_of(consultant("ben"), "Rudder"))
    keys = Assessment.objects.values_list("pk", flat=True)
    assert chosen(signed_in(ada), *keys, post="yes") == 403
    assert f"assessment {theirs.pk}" in refusals
    assert Assessment.objects.count() == 3


def test_a_superuser_deletes_anybodys_client_the_same_way(full: Client) -> None:
    browser = signed_in(superuser())
    assert "type the client’s name" in says(browser.post(desk("client_delete", full.pk)))
    browser.post(desk("client_delete", full.pk), {"name": full.name})
    assert not Client.objects.exists()


def test_a_deleted_assessment_takes_its_project_and_its_invitation_along(ada: User) -> None:
    person = invited(client=client_of(ada))
    person.answer(answers())
    address = desk("assessment_delete", person.now.assessment_id)
    assert signed_in(ada).post(address, {"post": "yes"}).status_code == 302
    assert not Assessment.objects.exists()
    assert not Project.objects.exists()
    assert Browser().get(person.url).status_code == 404


def test_a_project_that_holds_another_assessment_stays(ada: User) -> None:
    first = assessment_of(client_of(ada))
    Assessment.objects.create(project=first.project)
    Assessment.objects.filter(pk=first.pk).forget()
    assert Project.objects.get() == first.project
