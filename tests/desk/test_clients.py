"""The desk's list of clients, and the page of one."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client as Browser
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from assessments.admin.recent import recent_actions
from assessments.models import Client, Project
from tests.desk.forms import Refusals, desk, filled_in, main_form
from tests.desk.people import assessment_of, client_of, consultant, signed_in, superuser
from tests.web import says, soup, text_of

pytestmark = pytest.mark.django_db
LIST = "client_changelist"
ROWS = "projects-{}-{}"


def named(browser: Browser, query: str = "") -> list[str]:
    page = soup(browser.get(f"{desk(LIST)}{query}"))
    return [text_of(cell) for cell in page.select("th.field-name")]


def cells(browser: Browser) -> dict[str, str]:
    page = soup(browser.get(desk(LIST)))
    found = page.select("#result_list tbody tr:first-child > [class^=field-]")
    return {str(cell["class"][0]).removeprefix("field-"): text_of(cell) for cell in found}


# ---------------------------------------------------------------- the list


def test_the_list_has_ones_own_clients_and_those_shared_with_one(ada: User, ben: User) -> None:
    client_of(ada, "Ballast")
    client_of(ben, "Keel", ada)
    client_of(ben, "Rudder")
    assert named(signed_in(ada)) == ["Ballast", "Keel"]
    assert named(signed_in(superuser())) == ["Ballast", "Keel", "Rudder"]


def test_a_row_says_whose_it_is_and_how_much_there_is(ada: User, ben: User) -> None:
    client = client_of(ada, "Ballast", ben)
    for finished in (True, False):
        assessment_of(client, finished=finished)
    Project.objects.create(client=client)
    found = cells(signed_in(ada))
    assert (found["owner"], found["shared"]) == ("ada", "ben")
    assert (found["projects"], found["assessments"]) == ("3", "2")
    assert found["last_activity"]


def test_archived_clients_are_only_there_when_the_filter_says_so(ada: User) -> None:
    client_of(ada, "Ballast")
    client_of(ada, "Keel").archive()
    browser = signed_in(ada)
    assert named(browser) == ["Ballast"]
    assert named(browser, "?standing=archived") == ["Keel"]
    assert named(browser, "?standing=all") == ["Ballast", "Keel"]


def test_clients_are_found_by_their_name_and_their_projects(ada: User) -> None:
    client_of(ada, "Ballast")
    Project.objects.create(client=client_of(ada, "Keel"), name="Tidal gates")
    browser = signed_in(ada)
    assert named(browser, "?q=ball") == ["Ballast"]
    assert named(browser, "?q=tidal") == ["Keel"]


def test_more_clients_take_no_more_queries(ada: User, ben: User) -> None:
    browser, counts = signed_in(ada), []
    for number in range(6):
        client = client_of(ada, f"Client {number}", ben)
        assessment_of(client, finished=False)
        if number in (1, 5):
            with CaptureQueriesContext(connection) as captured:
                browser.get(desk(LIST))
            counts.append(len(captured))
    assert counts[0] == counts[1]


def test_no_list_of_clients_offers_to_delete_several_at_once(ada: User) -> None:
    client_of(ada)
    for user in (ada, superuser()):
        assert "delete_selected" not in signed_in(user).get(desk(LIST)).content.decode()


def test_only_superusers_filter_by_owner(ada: User, ben: User) -> None:
    client_of(ada, "Ballast", ben)
    client_of(ben, "Keel")
    assert "By owner" not in says(signed_in(ben).get(desk(LIST)))
    root = signed_in(superuser())
    assert "By owner" in says(root.get(desk(LIST)))
    assert named(root, f"?owner__id__exact={ben.pk}") == ["Keel"]


# ---------------------------------------------------------------- adding and changing


def added(browser: Browser, **filled: object) -> int:
    form = main_form(browser, desk("client_add")) | filled
    return browser.post(desk("client_add"), form).status_code


def test_whoever_adds_a_client_is_its_owner(ada: User) -> None:
    browser = signed_in(ada)
    assert "owner" not in main_form(browser, desk("client_add"))
    assert added(browser, name="Ballast") == 302
    assert Client.objects.get().owner == ada


def test_a_consultant_cannot_add_a_client_for_another(
    ada: User, ben: User, refusals: Refusals
) -> None:
    assert added(signed_in(ada), name="Ballast", owner=ben.pk) == 403
    assert "owner of client" in refusals
    assert not Client.objects.exists()


def test_a_superuser_says_whose_a_client_is(ada: User, ben: User) -> None:
    browser = signed_in(superuser())
    assert added(browser, name="Ballast", owner=ada.pk) == 302
    client = Client.objects.get()
    address = desk("client_change", client.pk)
    browser.post(address, main_form(browser, address) | {"owner": ben.pk, "shared_with": [ben.pk]})
    client.refresh_from_db()
    assert client.owner == ben
    assert not client.shared_with.exists()  # with its owner it need not be shared


def test_a_client_goes_to_a_consultant_and_to_nobody_else(refusals: Refusals) -> None:
    founder = User.objects.create_user("founder")
    assert added(signed_in(superuser()), name="Ballast", owner=founder.pk) == 403
    assert f"user {founder.pk}" in refusals


def test_the_owner_sees_who_owns_it_and_chooses_with_whom_to_share(ada: User, ben: User) -> None:
    User.objects.create_user("founder")
    client = client_of(ada)
    browser, address = signed_in(ada), desk("client_change", client.pk)
    page = soup(browser.get(address))
    boxes = page.select("input[type=checkbox][name=shared_with]")
    assert [str(box["value"]) for box in boxes] == [str(ben.pk)]
    assert not page.select("[name=owner]")
    assert text_of(page.select_one(".field-owner .readonly")) == "ada"
    browser.post(address, main_form(browser, address) | {"shared_with": [ben.pk]})
    assert list(client.shared_with.all()) == [ben]


def test_sharing_with_somebody_who_was_not_offered_is_refused(
    ada: User, refusals: Refusals
) -> None:
    founder = User.objects.create_user("founder")
    client = client_of(ada)
    browser, address = signed_in(ada), desk("client_change", client.pk)
    form = main_form(browser, address) | {"shared_with": [founder.pk]}
    assert browser.post(address, form).status_code == 403
    assert f"user ['{founder.pk}']" in refusals
    assert not client.shared_with.exists()


def test_saving_drops_nobody_who_has_left_meanwhile(ada: User, ben: User) -> None:
    client = client_of(ada, "Ballast", ben)
    User.objects.filter(pk=ben.pk).update(is_active=False)
    browser, address = signed_in(ada), desk("client_change", client.pk)
    assert browser.post(address, main_form(browser, address)).status_code == 302
    assert list(client.shared_with.all()) == [ben]


# ---------------------------------------------------------------- those it is shared with


def test_who_it_is_shared_with_sees_all_of_it_and_works_on_it(ada: User, ben: User) -> None:
    client = client_of(ada, "Ballast", ben)
    assessment = assessment_of(client)
    browser = signed_in(ben)
    assert browser.get(desk("assessment_change", assessment.pk)).status_code == 200
    address = desk("client_change", client.pk)
    form = main_form(browser, address)
    assert form[ROWS.format(0, "name")] == "Ledgerly"
    assert not {"owner", "shared_with"} & set(form)
    assert browser.post(address, form | {"name": "Ballast & Co"}).status_code == 302


@pytest.mark.parametrize("name", ["owner", "shared_with"])
def test_who_it_is_shared_with_does_not_say_who_else_has_a_part(
    ada: User, ben: User, name: str, refusals: Refusals
) -> None:
    client = client_of(ada, "Ballast", ben)
    browser, address = signed_in(ben), desk("client_change", client.pk)
    form = main_form(browser, address) | {name: ben.pk}
    assert browser.post(address, form).status_code == 403
    assert f"{name} of client {client.pk}" in refusals
    client.refresh_from_db()
    assert client.owner == ada


@pytest.mark.parametrize("name", ["client_archive", "client_restore", "client_delete"])
def test_who_it_is_shared_with_does_not_put_it_away(
    ada: User, ben: User, name: str, refusals: Refusals
) -> None:
    client = client_of(ada, "Ballast", ben)
    browser = signed_in(ben)
    assert browser.post(desk(name, client.pk)).status_code == 403
    assert f"client {client.pk}" in refusals
    page = soup(browser.get(desk("client_change", client.pk)))
    assert desk("client_archive", client.pk) not in str(page)
    assert desk("client_delete", client.pk) not in str(page)


@pytest.mark.parametrize("name", ["change", "delete", "history", "archive", "restore", "import"])
def test_anothers_client_is_not_there(ada: User, ben: User, name: str, refusals: Refusals) -> None:
    theirs = client_of(ben, "Rudder")
    address = desk(f"client_{name}", theirs.pk)
    assert signed_in(ada).post(address, {"name": theirs.name}).status_code == 404
    assert f"client {theirs.pk}" in refusals
    theirs.refresh_from_db()
    assert theirs.archived_at is None


# ---------------------------------------------------------------- archiving


def test_archive_and_restore_leave_everything_as_it_is(ada: User) -> None:
    client = client_of(ada)
    assessment_of(client)
    browser = signed_in(ada)
    page = soup(browser.get(desk("client_change", client.pk)))
    form = page.select_one(f"form[action='{desk('client_archive', client.pk)}']")
    assert form is not None
    assert "csrfmiddlewaretoken" in filled_in(form)
    browser.post(desk("client_archive", client.pk))
    assert Client.objects.exclude(archived_at=None).exists()
    assert "Archived on" in says(browser.get(desk("client_change", client.pk)))
    browser.post(desk("client_restore", client.pk))
    assert Client.objects.filter(archived_at=None).exists()
    assert client.projects.get().assessments.count() == 1
    messages = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    assert list(messages) == ["Archived.", "Restored."]


def test_archiving_twice_counts_once(ada: User) -> None:
    client = client_of(ada)
    browser = signed_in(ada)
    for _ in range(2):
        browser.post(desk("client_archive", client.pk))
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize("name", ["client_archive", "client_restore"])
def test_a_link_archives_nothing(ada: User, name: str) -> None:
    client = client_of(ada)
    assert signed_in(ada).get(desk(name, client.pk)).status_code == 405


def test_archiving_needs_the_forms_token(ada: User) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(ada)
    assert browser.post(desk("client_archive", client_of(ada).pk)).status_code == 403


# ---------------------------------------------------------------- projects on the client's page


def test_projects_are_named_and_added_on_their_clients_page(ada: User) -> None:
    client = client_of(ada)
    Project.objects.create(client=client, name="Locks")
    browser, address = signed_in(ada), desk("client_change", client.pk)
    form = main_form(browser, address)
    form |= {ROWS.format(0, "name"): "Sluices", "projects-TOTAL_FORMS": "2"}
    form |= {ROWS.format(1, "name"): "Weirs", ROWS.format(1, "client"): str(client.pk)}
    assert browser.post(address, form).status_code == 302
    assert {project.name for project in client.projects.all()} == {"Sluices", "Weirs"}


def test_no_project_is_deleted_on_its_clients_page(ada: User) -> None:
    client = client_of(ada)
    assessment_of(client)
    for user in (ada, superuser()):
        browser, address = signed_in(user), desk("client_change", client.pk)
        form = main_form(browser, address) | {ROWS.format(0, "DELETE"): "on"}
        browser.post(address, form)
    assert client.projects.count() == 1


@pytest.mark.parametrize("key", ["{theirs}", "{elsewhere}", "99999", "x"])
@pytest.mark.parametrize("initial", ["1", "0"])
def test_a_row_with_the_id_of_another_clients_project_is_refused(
    ada: User, ben: User, key: str, initial: str, refusals: Refusals
) -> None:
    client = client_of(ada)
    own = Project.objects.create(client=client, name="Locks")
    elsewhere = Project.objects.create(client=client_of(ada, "Keel"), name="Weirs")
    theirs = Project.objects.create(client=client_of(ben, "Rudder"), name="Gates")
    browser, address = signed_in(ada), desk("client_change", client.pk)
    key = key.format(theirs=theirs.pk, elsewhere=elsewhere.pk)
    form = main_form(browser, address)
    form |= {ROWS.format(0, "id"): key, ROWS.format(0, "name"): "Mine now"}
    form |= {"projects-INITIAL_FORMS": initial}
    assert browser.post(address, form).status_code == 403
    assert f"project {key}" in refusals
    assert set(Project.objects.values_list("name", flat=True)) == {"Locks", "Weirs", "Gates"}
    assert own in client.projects.all()


def test_a_row_that_names_another_client_is_refused(
    ada: User, ben: User, refusals: Refusals
) -> None:
    client, theirs = client_of(ada), client_of(ben, "Rudder")
    Project.objects.create(client=client, name="Locks")
    browser, address = signed_in(ada), desk("client_change", client.pk)
    form = main_form(browser, address) | {ROWS.format(0, "client"): str(theirs.pk)}
    assert browser.post(address, form).status_code == 403
    assert f"client {theirs.pk}" in refusals
    assert not theirs.projects.exists()


def test_a_client_with_very_many_projects_can_still_be_saved(ada: User) -> None:
    client = client_of(ada)
    Project.objects.bulk_create(Project(client=client, name=f"No {n}") for n in range(300))
    browser, address = signed_in(ada), desk("client_change", client.pk)
    assert "newest 20 of 300 projects" in says(browser.get(address))
    form = main_form(browser, address) | {ROWS.format(19, "name"): "The twentieth"}
    assert browser.post(address, form).status_code == 302
    assert client.projects.filter(name="The twentieth").count() == 1
    assert client.projects.count() == 300


# ---------------------------------------------------------------- what is not theirs to see


@pytest.mark.parametrize("address", ["/admin/auth/user/", "/admin/auth/group/", "/admin/auth/"])
def test_accounts_and_groups_are_no_business_of_consultants(ada: User, address: str) -> None:
    assert signed_in(ada).get(address).status_code in (403, 404)
    one = f"{address}{ada.pk}/change/"
    assert signed_in(ada).get(one).status_code in (403, 404)


def test_recent_actions_tell_nothing_of_what_is_no_longer_in_scope(ada: User, ben: User) -> None:
    client = client_of(ben, "Rudder", ada)
    project = Project.objects.create(client=client, name="Gates")
    hers = client_of(ada, "Ballast")
    group = Group.objects.get()
    for thing in (client, project, hers, group):
        LogEntry.objects.log_actions(ada.pk, [thing], 2, "Changed.", single_object=True)
    request = RequestFactory().get("/admin/")
    request.user = ada
    shown = {entry.object_repr for entry in recent_actions(request)}
    assert shown == {"Rudder", "Gates", "Ballast"}
    client.shared_with.clear()
    assert [entry.object_repr for entry in recent_actions(request)] == ["Ballast"]
    request.user = ben
    assert not recent_actions(request)


def test_only_the_page_that_shows_recent_actions_asks_for_them(ada: User) -> None:
    browser, client = signed_in(ada), client_of(ada, "Ballast")
    browser.post(desk("client_archive", client.pk))
    assert "Ballast" in browser.get("/admin/").content.decode()
    for page in (desk("client_changelist"), "/admin/two-step/"):
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(page).status_code == 200
        assert "django_admin_log" not in str(asked.captured_queries)
    with CaptureQueriesContext(connection) as asked:
        assert Browser().get("/admin/login/").status_code == 200
    assert not asked.captured_queries


def test_a_superusers_recent_actions_are_all_there(ada: User) -> None:
    root = superuser()
    LogEntry.objects.log_actions(root.pk, [Group.objects.get()], 2, "Changed.", single_object=True)
    request = RequestFactory().get("/admin/")
    request.user = root
    assert len(recent_actions(request)) == 1


def test_more_recent_actions_take_no_more_queries(ada: User) -> None:
    request = RequestFactory().get("/admin/")
    request.user = ada
    counts = []
    for number in range(8):
        client = client_of(ada, f"Client {number}")
        LogEntry.objects.log_actions(ada.pk, [client], 2, "Changed.", single_object=True)
        if number in (1, 7):
            with CaptureQueriesContext(connection) as captured:
                assert len(list(recent_actions(request))) == number + 1
            counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_page_opened_before_shares_with_nobody_again_whom_it_was_taken_from(
    ada: User, ben: User
) -> None:
    cleo, dora = consultant("cleo"), consultant("dora")
    client = client_of(ada, "Ballast", ben, cleo)
    browser, address = signed_in(ada), desk("client_change", client.pk)
    form = main_form(browser, address)
    client.shared_with.set([cleo, dora])  # meanwhile, by a superuser
    assert browser.post(address, form | {"name": "Ballast & Co."}).status_code == 302
    assert set(client.shared_with.all()) == {cleo, dora}
    form = main_form(browser, address)
    assert browser.post(address, form | {"shared_with": [ben.pk]}).status_code == 302
    assert set(client.shared_with.all()) == {ben}


def test_a_name_changed_meanwhile_is_not_put_back(ada: User, ben: User) -> None:
    client = client_of(ada, "Ballast", ben)
    browser, address = signed_in(ben), desk("client_change", client.pk)
    form = main_form(browser, address)
    Client.objects.filter(pk=client.pk).update(name="Keel")
    assert browser.post(address, form).status_code == 302
    client.refresh_from_db()
    assert client.name == "Keel"
    told = browser.post(address, form | {"name": "Rudder"})
    assert "Meanwhile it was changed to “Keel”" in says(told)
