"""Invitations at the desk: made from a client's page, shown once, listed, closed; and pairs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client as Browser
from django.utils import timezone

from assessments.models import Assessment, Client, Invite, Pair
from assessments.tokens import token_hash
from tests.desk.people import client_of, consultant, signed_in, superuser
from tests.factories import answers, lens, only, parsed, stable_answers
from tests.views.test_queries import queries
from tests.web import controls, form_of, says, soup, text_of, title

pytestmark = pytest.mark.django_db
LIST = "/admin/assessments/invite/"
PAIRS = "/admin/assessments/pair/"


@pytest.fixture
def harbour(ada: User) -> Client:
    return client_of(ada)


def invite_page(client: Client) -> str:
    return f"/admin/assessments/client/{client.pk}/invite/"


def page_of(row: Invite | Pair) -> str:
    return f"/admin/assessments/{row._meta.model_name}/{row.pk}/change/"


def make(desk: Browser, client: Client, **filled: str) -> Any:
    """Fills in the form on the client's page, and follows to where it leads."""
    form = soup(desk.get(invite_page(client))).select_one("form.desk-form")
    assert form
    data = controls(form) | {"recipient": "Founder"} | filled
    return desk.post(invite_page(client), data, follow=True)


def links_on(page: Any) -> list[str]:
    return [str(field["value"]) for field in soup(page).select("[id^=invite-link]")]


def issued(client: Client, recipient: str = "Founder", **how: Any) -> Invite:
    return Invite.objects.issue(client, client.owner, recipient, **how)[0]


def pair_of(client: Client) -> Pair:
    return Pair.objects.invite_two(client, client.owner, ("Founder", "CTO"), "Tidegate")[0]


def finish(invite: Invite, file: Any) -> None:
    assessment = invite.start()
    assessment.take(lens(), parsed(file))
    assessment.finish(lens())


def both_done(client: Client) -> Pair:
    pair = pair_of(client)
    for invite, file in zip(pair.both, (answers(), stable_answers()), strict=True):
        finish(invite, file)
    return Pair.objects.whole().get(pk=pair.pk)


# ---- Made from a client ----


def test_a_clients_page_leads_to_the_form_and_to_their_invitations(
    desk: Browser, harbour: Client
) -> None:
    page = soup(desk.get(f"/admin/assessments/client/{harbour.pk}/change/"))
    hrefs = {text_of(a): str(a["href"]) for a in page.select(".object-tools a")}
    assert hrefs["Invite to an assessment"] == invite_page(harbour)
    assert desk.get(hrefs["Invitations"]).status_code == 200


def test_the_link_is_shown_once_and_opens_the_invitation(desk: Browser, harbour: Client) -> None:
    page = make(desk, harbour, project_name="Tidegate", note="As agreed.")
    (url,) = links_on(page)
    assert url.startswith("http://testserver/i/")
    assert "cannot be shown again" in says(page)
    assert page.content.decode().count(url) == 1
    invite = Invite.objects.get()
    assert page.redirect_chain == [(page_of(invite), 302)]
    assert (invite.recipient, invite.project_name, invite.note) == (
        "Founder",
        "Tidegate",
        "As agreed.",
    )
    token = url.rstrip("/").rpartition("/")[2]
    assert invite.token_hash == token_hash(token)
    assert token not in desk.get(page_of(invite)).content.decode()
    assert "As agreed." in says(Browser().get(url))


@pytest.mark.parametrize(("days", "expected"), [("7", 7), ("30", 30), ("90", 90), ("", None)])
def test_it_can_be_taken_up_for_as_long_as_was_chosen(
    desk: Browser, harbour: Client, days: str, expected: int | None
) -> None:
    make(desk, harbour, days=days)
    expires = Invite.objects.get().expires_at
    if expected is None:
        assert expires is None
    else:
        assert expires
        assert abs(expires - timezone.now() - timedelta(days=expected)) < timedelta(minutes=1)


def test_a_second_person_makes_it_a_pair_with_two_links(desk: Browser, harbour: Client) -> None:
    page = make(desk, harbour, second="CTO", project_name="Tidegate")
    pair = Pair.objects.get()
    assert page.redirect_chain == [(page_of(pair), 302)]
    first, second = links_on(page)
    assert first != second
    assert [invite.recipient for invite in pair.both] == ["Founder", "CTO"]
    assert [invite.client for invite in pair.both] == [harbour, harbour]
    assert "You and CTO answer the same questions alone" in says(Browser().get(first))
    assert not links_on(desk.get(page_of(pair)))


@pytest.mark.parametrize(
    ("filled", "message"),
    [
        ({"recipient": ""}, "This field is required."),
        ({"recipient": "x" * 81}, "at most 80 characters"),
        ({"recipient": "a\0b"}, "Null characters are not allowed."),
        ({"recipient": "a\nb"}, "contains a control character"),
        ({"project_name": "x" * 101}, "at most 100 characters"),
        ({"note": "x" * 1001}, "at most 1000 characters"),
        ({"days": "5000"}, "not one of the available choices"),
        ({"second": "founder"}, "Call the two differently"),
    ],
)
def test_a_mistake_makes_nothing_and_is_said_beside_its_field(
    desk: Browser, harbour: Client, filled: dict[str, str], message: str
) -> None:
    page = make(desk, harbour, **filled)
    assert page.status_code == 200
    assert title(page).startswith("Error: ")
    assert message in text_of(soup(page).select_one(".errorlist"))
    assert not Invite.objects.exists()


def test_a_get_makes_nothing(desk: Browser, harbour: Client) -> None:
    desk.get(invite_page(harbour), {"recipient": "Founder"})
    assert not Invite.objects.exists()


# ---- The list ----


def test_the_list_says_in_words_how_far_each_has_come(desk: Browser, harbour: Client) -> None:
    for name in ("waiting", "closed", "on the way", "done"):
        issued(harbour, name)
    Invite.objects.get(recipient="closed").revoke()
    Invite.objects.get(recipient="on the way").start()
    finish(Invite.objects.get(recipient="done"), answers())
    rows = {
        text_of(row.select_one(".field-recipient")): text_of(row.select_one(".field-how_far"))
        for row in soup(desk.get(LIST)).select("#result_list tbody tr")
    }
    assert rows == {
        "waiting": "Sent",
        "closed": "Revoked",
        "on the way": "Started, at step 1",
        "done": "Finished",
    }
    for state, name in (("sent", "waiting"), ("started", "on the way"), ("finished", "done")):
        shown = soup(desk.get(LIST, {"state": state})).select(".field-recipient")
        assert [text_of(cell) for cell in shown] == [name]
    assert "1 invitation" in says(desk.get(LIST, {"q": "clos"}))


@pytest.mark.parametrize("address", [LIST, PAIRS])
def test_more_rows_are_no_more_queries(desk: Browser, harbour: Client, address: str) -> None:
    both_done(harbour)
    few = queries(desk, address)
    for _ in range(4):
        both_done(harbour)
    assert queries(desk, address) == few


@pytest.mark.parametrize("model", ["invite", "pair"])
def test_neither_is_added_on_a_page_of_its_own(desk: Browser, model: str) -> None:
    assert desk.get(f"/admin/assessments/{model}/add/").status_code == 403


# ---- One invitation ----


def press(desk: Browser, invite: Invite, button: str) -> Any:
    form = form_of(desk.get(page_of(invite)), button)
    return desk.post(str(form["action"]), controls(form), follow=True)


def test_it_is_revoked_from_its_page(desk: Browser, harbour: Client) -> None:
    invite = issued(harbour)
    page = press(desk, invite, "Revoke it for good")
    assert "Revoked for good." in says(page)
    assert not soup(page).select(".desk-actions")
    assert Invite.objects.get().revoked_at


def test_a_lost_link_is_replaced_and_the_new_one_shown_once(desk: Browser, harbour: Client) -> None:
    invite, old = Invite.objects.issue(harbour, None, "Founder")
    page = press(desk, invite, "Make a new link")
    (url,) = links_on(page)
    assert Browser().get(url).status_code == 200
    assert Browser().get(f"/i/{old}/").status_code == 404


def test_what_was_taken_up_meanwhile_is_left_as_it_is(desk: Browser, harbour: Client) -> None:
    invite, token = Invite.objects.issue(harbour, None, "Founder")
    opened = desk.get(page_of(invite))
    invite.start()
    for button in ("Make a new link", "Revoke it for good"):
        form = form_of(opened, button)
        page = desk.post(str(form["action"]), controls(form), follow=True)
        assert "Nothing was changed" in says(page)
        assert not links_on(page)
    assert Browser().get(f"/i/{token}/").status_code == 302


def test_its_page_is_to_read(desk: Browser, harbour: Client) -> None:
    invite = issued(harbour)
    page = desk.get(page_of(invite))
    assert not soup(page).select("#content-main [name=recipient], #content-main [name=_save]")
    assert desk.post(page_of(invite), {"recipient": "Another"}).status_code == 403
    for name in ("revoke", "new-link"):
        assert desk.get(f"/admin/assessments/invite/{invite.pk}/{name}/").status_code == 405
    assert invite.history.count() == 1


def test_several_are_revoked_from_the_list(desk: Browser, harbour: Client) -> None:
    first, second = issued(harbour, "One"), issued(harbour, "Two")
    second.start()
    data = {"action": "revoke_selected", "_selected_action": [first.pk, second.pk]}
    page = desk.post(LIST, data, follow=True)
    assert "Revoked for good: 1. Taken up or revoked before, and left as they are: 1." in says(page)


# ---- A pair ----


def test_before_both_are_done_a_pair_shows_states_alone(desk: Browser, harbour: Client) -> None:
    pair = pair_of(harbour)
    finish(pair.both[0], answers())
    page = desk.get(page_of(pair))
    assert "Founder Finished" in says(page)
    assert "CTO Sent" in says(page)
    assert "Where they disagree is shown here once both have finished" in says(page)
    assert not soup(page).select("input[type=radio]")
    assert desk.post(page_of(pair), {"settle_stage": "first"}).status_code == 200
    assert not Pair.objects.exclude(joint=None).exists()


def settle_form(desk: Browser, pair: Pair, choice: str = "second") -> dict[str, str]:
    form = soup(desk.get(page_of(pair))).select_one("form#settle")
    assert form
    names = {str(radio["name"]) for radio in form.select("input[type=radio]")}
    return controls(form) | dict.fromkeys(names, choice)


def test_once_both_are_done_the_consultant_settles_it(desk: Browser, harbour: Client) -> None:
    pair = both_done(harbour)
    assert "Two verdicts" in says(desk.get(page_of(pair)))
    assert "changes the verdict" in says(desk.get(page_of(pair)))
    page = desk.post(page_of(pair), settle_form(desk, pair), follow=True)
    assert "Settled: start with Go" in says(page)
    joint = Pair.objects.get().joint
    assert joint
    kept = joint.history.values_list("history_change_reason", flat=True)
    assert set(kept) == {"settled by ada"}
    assert joint.project.client == harbour
    assert "Go, " in says(desk.get(PAIRS))


def test_what_is_not_chosen_is_asked_for(desk: Browser, harbour: Client) -> None:
    pair = both_done(harbour)
    page = desk.post(page_of(pair), settle_form(desk, pair) | {"settle_schema": ""})
    assert title(page).startswith("Error: ")
    assert "Choose whose answer stands" in text_of(soup(page).select_one(".errornote"))
    assert text_of(soup(page).find(id="id_settle_schema_error"))
    assert len(soup(page).select("[checked]")) > 5
    assert Pair.objects.get().joint is None


def test_settled_elsewhere_meanwhile_it_is_told_and_nothing_overwritten(
    desk: Browser, harbour: Client
) -> None:
    pair = both_done(harbour)
    data = settle_form(desk, pair)
    pair.conclude(lens(), parsed(answers()), pair.basis, "CTO")
    page = desk.post(page_of(pair), data)
    assert "While this page was open, it was settled" in says(page)
    assert "Settled: start with FastAPI" in says(page)
    joint = Pair.objects.get().joint
    assert joint
    assert joint.stack == "fastapi"


# ---- Whose ----


def their_rows(ben: User) -> tuple[Client, Invite, Pair]:
    theirs = client_of(ben, "Another")
    return theirs, issued(theirs, "Rival"), both_done(theirs)


def test_what_is_anothers_is_as_absent_as_what_never_was(desk: Browser) -> None:
    client, invite, pair = their_rows(consultant("ben"))
    made = Invite.objects.count()
    for key in (client.pk, 0, 10**30, "x"):
        page = f"/admin/assessments/client/{key}/invite/"
        assert desk.get(page).status_code == 404
        assert desk.post(page, {"recipient": "Founder"}).status_code == 404
    for key in (invite.pk, 0, 10**30, "x"):
        assert desk.get(f"{LIST}{key}/change/").status_code == 404
        for name in ("revoke", "new-link"):
            assert desk.post(f"{LIST}{key}/{name}/").status_code == 404
    for key in (pair.pk, 0, 10**30, "x"):
        assert desk.get(f"{PAIRS}{key}/change/").status_code == 404
        assert desk.post(f"{PAIRS}{key}/change/", {"seen": pair.basis}).status_code == 404
    assert Invite.objects.count() == made
    assert not Invite.objects.exclude(revoked_at=None).exists()
    assert not Pair.objects.exclude(joint=None).exists()
    for address in (LIST, PAIRS):
        assert "Rival" not in says(desk.get(address))
        assert "Another" not in says(desk.get(address))
    data = {"action": "revoke_selected", "_selected_action": [invite.pk]}
    assert desk.post(LIST, data).status_code == 403


def test_a_superuser_reaches_all(harbour: Client) -> None:
    root = signed_in(superuser())
    for address in (invite_page(harbour), page_of(issued(harbour)), page_of(both_done(harbour))):
        assert root.get(address).status_code == 200


def test_who_may_only_look_changes_nothing(harbour: Client) -> None:
    looker = User.objects.create_user("looker", is_staff=True)
    harbour.shared_with.add(looker)
    named = ["view_client", "view_invite", "view_pair"]
    looker.user_permissions.set(Permission.objects.filter(codename__in=named))
    desk, invite, pair = signed_in(looker), issued(harbour), both_done(harbour)
    assert not soup(desk.get(page_of(invite))).select(".desk-actions")
    assert desk.get(page_of(pair)).status_code == 200
    assert desk.get(invite_page(harbour)).status_code == 403
    assert desk.post(page_of(pair), {"seen": pair.basis}).status_code == 403
    for name in ("revoke", "new-link"):
        assert desk.post(f"{LIST}{invite.pk}/{name}/").status_code == 403
    assert not Assessment.objects.filter(settles__isnull=False).exists()


@pytest.mark.parametrize("who", ["nobody", "no staff"])
def test_without_an_account_at_the_desk_nothing_opens(harbour: Client, who: str) -> None:
    visitor = Browser()
    if who == "no staff":
        visitor.force_login(User.objects.create_user("guest"))
    invite = issued(harbour)
    for address in (invite_page(harbour), page_of(invite), LIST, PAIRS):
        assert visitor.get(address)["Location"].startswith("/admin/login/")
    assert visitor.post(f"{LIST}{invite.pk}/revoke/").status_code == 302
    assert Invite.objects.get().revoked_at is None


def test_the_desk_says_whose_answers_are_too_few_and_shows_both(
    desk: Browser, harbour: Client
) -> None:
    pair, _ = Pair.objects.invite_two(harbour, harbour.owner, ("Founder", "CTO"), "Tidegate")
    first, second = pair.both
    finish(first, only(stage="idea"))
    finish(second, answers())
    page = desk.get(page_of(pair))
    assert "Finished, with too few answers for the two to see each other’s" in says(page)
    assert soup(page).select("input[name=settle_schema]")
