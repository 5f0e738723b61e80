"""Projects at the desk, and which client they belong to."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from assessments.models import Client, Project
from tests.desk.forms import Refusals, desk, filled_in, main_form
from tests.desk.people import assessment_of, client_of, signed_in, superuser
from tests.factories import answers, stable_answers
from tests.invited import Invited, invited, two_invited
from tests.web import controls, form_of, says, soup, text_of

pytestmark = pytest.mark.django_db


def project_of(client: Client | None, name: str = "Locks") -> Project:
    return Project.objects.create(client=client, name=name)


def saved(browser: Browser, project: Project, **filled: object) -> int:
    address = desk("project_change", project.pk)
    return browser.post(address, main_form(browser, address) | filled).status_code


def test_the_list_has_the_projects_of_ones_own_clients(ada: User, ben: User) -> None:
    client = client_of(ada)
    assessment_of(client)
    project_of(client_of(ben), "Gates")
    project_of(None, "A founder's")
    page = soup(signed_in(ada).get(desk("project_changelist")))
    assert [text_of(row) for row in page.select("th.field-__str__")] == ["Ledgerly"]
    assert [text_of(row) for row in page.select("td.field-assessments")] == ["1"]
    assert "delete_selected" not in str(page)
    everything = soup(signed_in(superuser()).get(desk("project_changelist")))
    assert len(everything.select("th.field-__str__")) == 3


def test_a_project_of_no_client_is_a_superusers_alone(ada: User, refusals: Refusals) -> None:
    founders = project_of(None)
    address = desk("project_change", founders.pk)
    assert signed_in(ada).get(address).status_code == 404
    assert f"project {founders.pk}" in refusals
    assert signed_in(superuser()).get(address).status_code == 200


def test_a_project_moves_between_ones_own_clients(ada: User) -> None:
    project, other = project_of(client_of(ada)), client_of(ada, "Keel")
    assert saved(signed_in(ada), project, client=other.pk) == 302
    project.refresh_from_db()
    assert project.client == other


@pytest.mark.parametrize("key", ["{theirs}", "99999", "&#0;"])
def test_the_address_of_a_new_project_names_a_client_in_scope_or_none(
    ada: User, ben: User, refusals: Refusals, key: str
) -> None:
    own, named = client_of(ada), key.format(theirs=client_of(ben).pk)
    page = desk("project_add")
    opened = soup(signed_in(ada).get(page, {"client": own.pk}))
    chosen = opened.select_one("#id_client option[selected]")
    assert chosen
    assert chosen["value"] == str(own.pk)
    assert signed_in(ada).get(page, {"client": named}).status_code == 404
    assert f"client {named}" in refusals
    assert signed_in(ada).get(page, {"client": ""}).status_code == 200


@pytest.mark.parametrize("key", ["{theirs}", "99999", "x"])
def test_a_project_moves_to_nobody_elses_client(
    ada: User, ben: User, key: str, refusals: Refusals
) -> None:
    project, key = project_of(client_of(ada)), key.format(theirs=client_of(ben, "Rudder").pk)
    assert saved(signed_in(ada), project, client=key) == 403
    assert f"client {key}" in refusals
    project.refresh_from_db()
    assert project.client is not None
    assert project.client.owner == ada


def test_nor_is_one_added_there(ada: User, ben: User, refusals: Refusals) -> None:
    theirs = client_of(ben, "Rudder")
    browser, address = signed_in(ada), desk("project_add")
    form = main_form(browser, address) | {"client": theirs.pk, "name": "Gates"}
    assert browser.post(address, form).status_code == 403
    assert f"client {theirs.pk}" in refusals
    assert not Project.objects.exists()


def test_a_consultant_cannot_take_a_project_away_from_all_clients(ada: User) -> None:
    project = project_of(client_of(ada))
    assert saved(signed_in(ada), project, client="") == 200  # the form again, with the reason
    project.refresh_from_db()
    assert project.client is not None
    assert saved(signed_in(superuser()), project, client="") == 302
    project.refresh_from_db()
    assert project.client is None


def test_who_a_client_is_shared_with_takes_no_project_away_from_it(
    ada: User, ben: User, refusals: Refusals
) -> None:
    project, own = project_of(client_of(ada, "Ballast", ben)), client_of(ben, "Rudder")
    browser = signed_in(ben)
    assert saved(browser, project, client=own.pk) == 403
    assert f"client of project {project.pk}" in refusals
    assert saved(browser, project, name="Sluices") == 302
    project.refresh_from_db()
    assert (project.name, project.client) == ("Sluices", Client.objects.get(name="Ballast"))


def test_clients_to_choose_by_typing_are_ones_own(ada: User, ben: User) -> None:
    for owner, name in ((ada, "Ballast"), (ben, "Ballad")):
        client_of(owner, name)
    asked = {"term": "bal", "app_label": "assessments", "model_name": "project"}
    address = reverse("admin:autocomplete")
    for user, names in ((ada, ["Ballast"]), (superuser(), ["Ballad", "Ballast"])):
        page = signed_in(user).get(address, asked | {"field_name": "client"})
        assert [each["text"] for each in json.loads(page.content)["results"]] == names


def test_the_client_chosen_already_is_shown_and_no_other(ada: User, ben: User) -> None:
    project = project_of(client_of(ada, "Ballast"))
    client_of(ben, "Rudder")
    page = soup(signed_in(ada).get(desk("project_change", project.pk)))
    options = page.select("select[name=client] option")
    assert [text_of(option) for option in options if option.get("value")] == ["Ballast"]


def test_an_address_that_fills_in_anothers_client_tells_nothing_of_it(ada: User, ben: User) -> None:
    theirs = client_of(ben, "Rudder")
    page = signed_in(ada).get(desk("project_add"), {"client": theirs.pk})
    assert "Rudder" not in page.content.decode()


def test_a_project_with_assessments_is_not_deleted_by_itself(ada: User) -> None:
    client = client_of(ada)
    full, empty = assessment_of(client).project, project_of(client)
    root = signed_in(superuser())
    assert root.post(desk("project_delete", full.pk), {"post": "yes"}).status_code == 403
    assert root.post(desk("project_delete", empty.pk), {"post": "yes"}).status_code == 302
    assert list(client.projects.all()) == [full]


# ---- What came by invitation ----


def both_done(client: Client) -> tuple[Invited, Invited]:
    _, one, other = two_invited(client=client)
    one.answer(answers())
    other.answer(stable_answers())
    return one, other


@pytest.mark.parametrize("who", ["owner", "superuser"])
def test_what_came_by_invitation_stays_with_the_client_of_the_invitation(
    ada: User, ben: User, who: str, refusals: Refusals
) -> None:
    """Or the pair would go on showing its answers to those with whom that client is shared."""
    one, _ = both_done(client_of(ada, "Shared", ben))
    elsewhere = client_of(ada, "Keel")
    assessment = one.now.assessment
    assert assessment is not None
    browser = signed_in(ada if who == "owner" else superuser())
    assert saved(browser, assessment.project, client=elsewhere.pk) == 403
    assert f"client of project {assessment.project_id}" in refusals
    assert not elsewhere.projects.exists()
    assert saved(browser, assessment.project, summary="Ours") == 302


def test_nor_does_what_two_have_settled_on_move(ada: User) -> None:
    client = client_of(ada)
    pair, _, _ = two_invited(client=client)
    pair.joint = assessment_of(client)
    pair.save()
    elsewhere = client_of(ada, "Keel")
    assert saved(signed_in(ada), pair.joint.project, client=elsewhere.pk) == 403


# ---- Texts that the founder changes as well ----


def by_the_founder(project: Project, **texts: str) -> None:
    Project.objects.filter(pk=project.pk).update(**texts)


def test_a_key_that_cannot_be_stored_names_nobodys_client(ada: User) -> None:
    assert saved(signed_in(ada), project_of(client_of(ada)), client="a\0b") == 403


@pytest.mark.parametrize("where", ["client", "project"])
def test_a_text_that_no_answers_file_takes_is_refused_and_the_founder_can_go_on(
    ada: User, where: str
) -> None:
    project = project_of(client_of(ada))
    assert project.client is not None
    browser, inline = signed_in(ada), where == "client"
    address = desk(f"{where}_change", project.client.pk if inline else project.pk)
    own = "projects-0-name" if inline else "name"
    told = browser.post(address, main_form(browser, address) | {own: "Locks \x80 and gates"})
    assert "It contains a control character (U+0080)." in says(told)
    assert now(project) == ("Locks", "")


def test_a_row_that_says_what_it_was_and_is_new_is_no_crash(ada: User) -> None:
    """As if the page had been opened with a row that is gone."""
    client = client_of(ada)
    project_of(client)
    browser, address = signed_in(ada), desk("client_change", client.pk)
    form = main_form(browser, address)
    assert "initial-projects-0-name" in form
    form |= {"projects-INITIAL_FORMS": "0", "projects-0-id": ""}
    assert browser.post(address, form).status_code == 302
    assert client.projects.count() == 2


def now(project: Project) -> tuple[str, str]:
    project.refresh_from_db()
    return project.name, project.summary


@pytest.mark.parametrize("page", ["client", "project"])
def test_what_the_founder_changed_meanwhile_is_not_put_back(ada: User, page: str) -> None:
    project = project_of(client_of(ada))
    assert project.client is not None
    browser, inline = signed_in(ada), page == "client"
    address = desk(f"{page}_change", project.client.pk if inline else project.pk)
    form = main_form(browser, address)
    by_the_founder(project, name="Sluices")
    own = "projects-0-summary" if inline else "summary"
    assert browser.post(address, form).status_code == 302
    assert now(project) == ("Sluices", "")
    assert browser.post(address, form | {own: "In words"}).status_code == 302
    assert now(project) == ("Sluices", "In words")


@pytest.mark.parametrize("page", ["client", "project"])
def test_a_text_that_both_have_changed_is_told_and_not_overwritten(ada: User, page: str) -> None:
    project = project_of(client_of(ada))
    assert project.client is not None
    browser, inline = signed_in(ada), page == "client"
    address = desk(f"{page}_change", project.client.pk if inline else project.pk)
    form = main_form(browser, address) | {"projects-0-name" if inline else "name": "Weirs"}
    by_the_founder(project, name="Sluices")
    told = browser.post(address, form)
    assert "Meanwhile it was changed to “Sluices”" in told.content.decode()
    assert now(project) == ("Sluices", "")
    again = filled_in(soup(told).select_one("#content form[id$=_form]"))  # type: ignore[arg-type]
    assert browser.post(address, again).status_code == 302
    assert now(project) == ("Weirs", "")


def test_a_founders_open_form_does_not_put_the_name_back(ada: User) -> None:
    person = invited(client=client_of(ada))
    person.answer(answers(), finished=False)
    opened = Browser().get(person.own("project"))
    founders = form_of(opened)
    project = Project.objects.get()
    assert saved(signed_in(ada), project, name="Keelhaul") == 302
    page = Browser().post(str(founders["action"]), controls(founders) | {"stage": "growing"})
    assert page.status_code == 409
    assert {"Keelhaul", "Ledgerly"} <= set(soup(page).stripped_strings)
    project.refresh_from_db()
    assert project.name == "Keelhaul"
    history = says(signed_in(ada).get(desk("assessment_history", person.now.assessment_id)))
    assert "project renamed: “Ledgerly” → “Keelhaul”" in history
