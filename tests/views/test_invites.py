"""Invitations as the invited see them: the page, Start, the way back, and what opens nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from assessments.models import Assessment, Invite, Project
from assessments.tokens import new_token
from tests.invited import Invited, invited, inviting_client, two_invited
from tests.views.test_sharing import answers_to, wrong_tokens
from tests.web import (
    CHANGE_HEAVY,
    LENS,
    STEPS,
    controls,
    draft,
    form_of,
    heading,
    says,
    soup,
    text_of,
    title,
)

pytestmark = [pytest.mark.django_db, pytest.mark.queries]
CONSULTANT_SEES = "Your consultant sees these answers and th"


def start(client: Client, founder: Invited) -> Any:
    return send(client, client.get(founder.url), "Start")


def send(client: Client, page: Any, button: str, **data: str) -> Any:
    form = form_of(page, button)
    return client.post(str(form["action"]), controls(form) | data)


def in_days(days: int) -> Any:
    return timezone.now() + timedelta(days=days)


# ---- The page ----


def test_it_says_who_invites_for_whom_and_what_the_consultant_sees(client: Client) -> None:
    founder = invited(project_name="Tidegate", note="As agreed\non Tuesday.", expires_at=in_days(7))
    page = client.get(founder.url)
    assert heading(page) == "Ada Lindqvist invites you to an assessment"
    for text in (
        "For Harbour & Sons · Tidegate",
        "As agreed on Tuesday.",
        "Your consultant reads your answers and your result.",
        f"until {in_days(7):%-d %B %Y}",
    ):
        assert text in says(page)
    assert "answer the same questions alone" not in says(page)


@pytest.mark.parametrize(("name", "shown"), [("", "ada"), (None, "Your consultant")])
def test_a_consultant_without_a_name_is_called_by_their_username(
    client: Client, name: str | None, shown: str
) -> None:
    founder = invited()
    if name is None:
        Invite.objects.update(created_by=None)
    else:
        User.objects.update(first_name="", last_name="")
    assert heading(client.get(founder.url)) == f"{shown} invites you to an assessment"


def test_of_two_each_is_told_who_the_other_is(client: Client) -> None:
    _, first, second = two_invited()
    assert "You and CTO answer the same questions alone" in says(client.get(first.url))
    assert "You and Founder answer the same questions alone" in says(client.get(second.url))


def test_what_is_foreign_stays_text(client: Client) -> None:
    page = client.get(invited("<b>Ayşe</b>", note="<script>x</script>").url)
    assert not soup(page).select("main b, main script")


def test_looking_at_it_changes_nothing(client: Client) -> None:
    founder = invited()
    client.get(founder.url)
    client.head(founder.url)
    assert not Assessment.objects.exists()


# ---- Starting, and coming back ----


def test_start_leads_to_the_first_step_under_the_same_token(client: Client) -> None:
    founder = invited(project_name="Tidegate")
    page = start(client, founder)
    assert page["Location"] == founder.own(STEPS[0])
    field = soup(client.get(page["Location"])).select_one("[name=project_name]")
    assert field
    assert field["value"] == "Tidegate"
    assert Project.objects.get().client == inviting_client()


def test_two_clicks_make_one_assessment(client: Client) -> None:
    founder = invited()
    opened = client.get(founder.url)
    answers = [send(client, opened, "Start") for _ in range(2)]
    assert {answer["Location"] for answer in answers} == {founder.own(STEPS[0])}
    assert Assessment.objects.count() == 1


def test_opened_again_it_leads_to_where_they_left(client: Client) -> None:
    founder = invited()
    assessment = founder.now.start()
    assert client.get(founder.url)["Location"] == founder.own(STEPS[0])
    Assessment.objects.update(touched=dict.fromkeys(STEPS[:3], 1))
    assert client.get(founder.url)["Location"] == founder.own(STEPS[3])
    Assessment.objects.update(touched=dict.fromkeys(STEPS, 1))
    assert client.get(founder.url)["Location"] == founder.own("check")
    assessment.finish(LENS)
    assert client.get(founder.url)["Location"] == founder.own()


@pytest.mark.parametrize("how", ["revoked_at", "expires_at"])
def test_what_was_started_stays_theirs_when_the_invitation_closes(client: Client, how: str) -> None:
    founder = invited()
    founder.now.start()
    Invite.objects.update(**{how: in_days(-1)})
    assert client.get(founder.url)["Location"] == founder.own(STEPS[0])
    assert client.get(founder.own(STEPS[0])).status_code == 200


def test_before_the_start_nothing_is_under_the_assessments_address(client: Client) -> None:
    founder = invited()
    assert client.get(founder.own()).status_code == 404
    assert client.get(founder.own(STEPS[0])).status_code == 404


# ---- What opens nothing ----


@pytest.mark.parametrize(("rest", "method"), [("", "get"), ("", "post"), ("begun/", "post")])
def test_whatever_is_not_open_gets_the_same_answer_as_any_address(
    client: Client, rest: str, method: str
) -> None:
    revoked, expired, replaced = invited(), invited(expires_at=in_days(-1)), invited()
    revoked.now.revoke()
    replaced.now.replace_token()
    finished = draft(CHANGE_HEAVY, finished=True)
    _, shared = finished.share()
    closed = [revoked.token, expired.token, replaced.token, shared, finished.token]
    wrong = [*wrong_tokens(invited().token, shared), *closed]
    answers = [answers_to(client, f"/i/{token}/{rest}", method) for token in wrong]
    anywhere = answers_to(client, f"/a/{new_token()}/", "get")
    assert all(answer == anywhere for answer in answers)
    assert anywhere[0] == 404
    assert Assessment.objects.count() == 1


def test_a_page_opened_before_the_invitation_closed_starts_nothing(client: Client) -> None:
    founder = invited()
    opened = client.get(founder.url)
    founder.now.revoke()
    assert send(client, opened, "Start").status_code == 404
    assert not Assessment.objects.exists()


# ---- With an assessment that was begun alone ----


@pytest.mark.parametrize("form", ["http://testserver{}", "{}", "testserver{}check/", " {token} "])
@pytest.mark.parametrize("finished", [True, False])
def test_an_assessment_begun_alone_takes_the_place_of_a_new_one(
    client: Client, form: str, finished: bool
) -> None:
    founder, alone = invited(), draft(CHANGE_HEAVY, finished=finished)
    pasted = form.format(alone.url("result"), token=alone.token)
    page = send(client, client.get(founder.url), "Use this", address=pasted)
    assert page["Location"] == (alone.url("result") if finished else alone.step(STEPS[0]))
    assert founder.now.assessment == alone.assessment
    assert alone.now.project.client == inviting_client()
    assert alone.answers.name == "Sketchbook"
    assert Assessment.objects.count() == 1


def test_its_invitation_then_says_so_and_knows_no_address(client: Client) -> None:
    founder, alone = invited(), draft(CHANGE_HEAVY, finished=True)
    send(client, client.get(founder.url), "Use this", address=alone.url("result"))
    for page in (client.get(founder.url), client.post(founder.url)):
        assert heading(page) == "This invitation is taken up"
        assert "taken up with an assessment you had begun; use its own address" in says(page)
        assert alone.token not in page.content.decode()
        assert "Sketchbook" not in says(page)
    assert client.get(founder.own()).status_code == 404


def assert_refused(page: Any, message: str) -> None:
    assert page.status_code == 200
    assert title(page).startswith("Error: ")
    assert message in text_of(soup(page).select_one("#id_address_error"))
    assert soup(page).select_one(".error-summary a[href='#id_address']")
    assert soup(page).select_one("details[open] #id_address[aria-invalid=true]")


def test_what_cannot_be_tied_is_told_in_the_same_words(client: Client) -> None:
    founder, theirs = invited(), invited("Another", client=inviting_client("Another"))
    of_another = theirs.answer(CHANGE_HEAVY)
    _, shared = draft(CHANGE_HEAVY, finished=True).share()
    pasted = [f"/a/{new_token()}/", of_another.url("result"), f"/r/{shared}/", founder.url]
    pasted += ["nonsense", "é" * 43, "x" * 600, "/a/", "javascript:alert(1)"]
    opened = client.get(founder.url)
    pages = [send(client, opened, "Use this", address=each) for each in pasted]
    for page, text in zip(pages, pasted, strict=True):
        assert_refused(page, "No assessment that can be used is at this address.")
        assert text_of(soup(page).select_one("#id_address_error")) == text_of(
            soup(pages[0]).select_one("#id_address_error")
        )
        field = soup(page).select_one("#id_address")
        assert field
        assert field["value"] == text
    assert founder.now.assessment is None
    assert of_another.now.project.client == theirs.invite.client


def test_without_an_address_it_is_asked_for(client: Client) -> None:
    page = send(client, client.get(invited().url), "Use this")
    assert_refused(page, "Paste the address of your assessment.")


def test_an_invitation_that_was_started_meanwhile_is_not_tied(client: Client) -> None:
    founder, alone = invited(), draft(CHANGE_HEAVY)
    opened = client.get(founder.url)
    founder.now.start()
    page = send(client, opened, "Use this", address=alone.url("result"))
    assert page["Location"] == founder.own(STEPS[0])
    assert alone.now.project.client is None


# ---- On the founder's own pages ----


@pytest.mark.parametrize("name", ["result", "check"])
def test_a_founder_with_a_consultant_is_told_that_they_see_it(client: Client, name: str) -> None:
    mine = invited().answer(CHANGE_HEAVY)
    assert CONSULTANT_SEES in says(client.get(mine.url(name)))
    alone = draft(CHANGE_HEAVY, finished=True)
    assert CONSULTANT_SEES not in says(client.get(alone.url(name)))


def test_who_reads_a_shared_result_is_told_nothing_of_a_consultant(client: Client) -> None:
    mine = invited().answer(CHANGE_HEAVY)
    page = client.get(f"/r/{mine.share()[1]}/")
    assert "consultant" not in says(page)
    assert "Harbour" not in says(page)


def test_only_an_assessment_with_a_client_asks_for_a_second_person(
    client: Client, django_assert_num_queries: Any
) -> None:
    alone, mine = draft(CHANGE_HEAVY, finished=True), invited().answer(CHANGE_HEAVY)
    with django_assert_num_queries(4):
        client.get(alone.url("result"))
    with django_assert_num_queries(5):
        client.get(mine.url("result"))
