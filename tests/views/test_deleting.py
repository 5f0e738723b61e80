"""Deleting a project from its edit link: what the page says, that it goes, and no more than it."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone

from assessments.engine.answers import parse
from assessments.models import (
    AnticipatedChange,
    Assessment,
    Invite,
    Milestone,
    Note,
    Pair,
    Project,
    Reminder,
    Review,
    SearchText,
    ShareLink,
)
from assessments.shared_pages import shared_pages
from assessments.tokens import new_token, token_hash
from tests.desk.people import consultant, signed_in, superuser
from tests.invited import Invited, invited, two_invited
from tests.web import (
    CHANGE_HEAVY,
    FOUNDERS,
    LENS,
    STABILITY_HEAVY,
    Draft,
    controls,
    draft,
    form_of,
    heading,
    says,
    soup,
    text_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.queries]
FILE = FOUNDERS["with a settled part"].file
HANGING = (AnticipatedChange, ShareLink, Review, Note, Milestone, Reminder, SearchText)


@pytest.fixture
def finished() -> Draft:
    shared_pages.clear()
    return draft(FILE, finished=True)


def version_of(before: Draft, is_finished: bool = True) -> Draft:
    """Another version of the same project, begun from this one."""
    token = new_token()
    after = Assessment.objects.create(
        project=before.now.project, previous=before.now, edit_hash=token_hash(token)
    )
    after.take(LENS, parse(LENS, FILE))
    if is_finished:
        after.finish(LENS)
    return Draft(after, token)


def remind(of: Draft) -> Reminder:
    return Reminder.objects.create(
        assessment=of.now, email="f@example.org", asked_at=timezone.now()
    )


def with_all_that_can_hang_on_it(of: Draft) -> None:
    ada = User.objects.filter(username="ada").first() or consultant("ada")
    of.share("For the board")
    Review.objects.write_and_publish(of.now, 0, ada, text="Agreed.")
    Note.objects.create(assessment=of.now, author=ada, text="Call them.")
    Milestone.objects.create(assessment=of.now, name="First", answers_file={}, report={})
    of.now.correct(LENS, "project", {"stage": "relied_on"}, of.version, "As they said.", ada)
    remind(of)


def going(client: Client, of: Draft) -> list[str]:
    """What the page says would go."""
    return [text_of(each) for each in soup(client.get(of.url("delete"))).select("main li")]


def delete(client: Client, of: Draft) -> Any:
    """As the page's own form sends it."""
    page = client.get(of.url("delete"))
    form = form_of(page, "Delete it for good")
    return client.post(str(form["action"]), controls(form), follow=True)


def rows() -> dict[str, int]:
    """How many rows each table has."""
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


# ---------------------------------------------------------------- what the page says


def test_the_result_and_the_check_of_a_draft_lead_to_it(client: Client, finished: Draft) -> None:
    started = draft(FILE)
    for page, of in ((finished.url("result"), finished), (started.url("check"), started)):
        links = soup(client.get(page)).select(f"a[href='{of.url('delete')}']")
        assert [text_of(link).rstrip("…") for link in links] == ["Delete it"]
    assert "Delete it" not in says(client.get(finished.url("check")))


def test_nobody_else_is_led_to_it(client: Client, finished: Draft) -> None:
    page = client.get(f"/r/{finished.share()[1]}/")
    assert not soup(page).select("#delete, a[href*=delete]")


def test_looking_at_the_page_deletes_nothing(client: Client, finished: Draft) -> None:
    page = client.get(finished.url("delete"))
    assert heading(page) == "Delete the assessment of Marina?"
    assert "nobody can bring it back" in says(page)
    assert finished.now.report


def test_it_says_what_goes(client: Client, finished: Draft) -> None:
    assert going(client, finished) == ["Your answers and the result."]
    finished.share()
    assert going(client, finished)[1] == "One share link: it opens nothing from then on."
    finished.share()
    remind(finished)
    assert going(client, finished) == [
        "Your answers and the result.",
        "2 share links: they open nothing from then on.",
        "The reminder, and the e-mail address it is for.",
    ]


def test_it_counts_the_versions_whichever_one_is_asked_from(
    client: Client, finished: Draft
) -> None:
    second = version_of(finished)
    second.share()
    for each in (finished, second):
        page = client.get(each.url("delete"))
        assert heading(page) == "Delete both versions of Marina?"
        assert going(client, each)[0] == "The answers of both versions, and the results."
        assert going(client, each)[1] == "One share link: it opens nothing from then on."
    version_of(second, is_finished=False)
    assert heading(client.get(finished.url("delete"))) == "Delete all 3 versions of Marina?"


def test_of_a_draft_it_says_that_there_are_only_answers(client: Client) -> None:
    started = draft()
    page = client.get(started.url("delete"))
    assert heading(page) == "Delete this assessment?"
    assert going(client, started) == ["Your answers."]


def test_keeping_it_leads_back_to_where_one_was(client: Client, finished: Draft) -> None:
    for of, place in ((finished, finished.url("result")), (draft(), None)):
        link = soup(client.get(of.url("delete"))).find("a", string="Keep it")
        assert link
        assert link["href"] == (place or of.step(LENS.steps[0].id))


def test_it_says_that_a_consultant_loses_it_too(client: Client) -> None:
    person = invited()
    own = person.answer(FILE)
    assert going(client, own) == [
        "Your answers and the result.",
        "The way back by your invitation: it opens nothing from then on.",
        "All of it for your consultant as well, with whatever they wrote about it.",
    ]
    assert "for your consultant too" in says(client.get(own.url("result")))


def test_a_hostile_name_is_only_a_name(client: Client) -> None:
    file = FILE | {"project": {"name": "<b>x</b> \u202eabc"}}
    page = client.get(draft(file).url("delete"))
    assert not soup(page).select("h1 b")
    bdi = soup(page).select_one("h1 bdi")
    assert bdi is not None
    assert bdi.get_text() == "<b>x</b> \u202eabc"


# ---------------------------------------------------------------- that it goes


def test_everything_goes_and_the_page_that_says_so_has_no_token(
    client: Client, finished: Draft
) -> None:
    before = rows()
    of = draft(FILE, finished=True)
    consultant("ada")
    before["auth.User"] += 1
    with_all_that_can_hang_on_it(of)
    page = delete(client, of)
    assert page.redirect_chain == [("/deleted/", 302)]
    assert heading(page) == "It is gone."
    assert of.token not in page.content.decode()
    # another founder's rows stay, and of this one's there is none, in whatever table
    kept = {"contenttypes.ContentType", "auth.User_groups"}
    after = {label: count for label, count in rows().items() if label not in kept}
    assert after == {label: count for label, count in before.items() if label not in kept}
    assert finished.now.report


def test_every_link_to_it_gets_the_usual_answer(client: Client, finished: Draft) -> None:
    _, shared = finished.share()
    assert client.get(f"/r/{shared}/").status_code == 200
    assert client.get(f"/r/{shared}/").status_code == 200  # now from the kept pages
    nothing = client.get(f"/a/{new_token()}/")
    delete(client, finished)
    for address in (finished.url("result"), finished.url("delete"), f"/r/{shared}/"):
        page = client.get(address)
        assert (page.status_code, page.content) == (404, nothing.content)
    assert client.post(finished.url("delete")).status_code == 404


def test_all_versions_go_from_the_first_and_from_the_last(client: Client) -> None:
    for chosen in (0, 1, 2, 3):
        first = draft(FILE, finished=True)
        second = version_of(first)
        all_of_them = [first, second, version_of(second), version_of(first, is_finished=False)]
        for each in all_of_them[:3]:
            with_all_that_can_hang_on_it(each)
        delete(client, all_of_them[chosen])
        assert not Assessment.objects.exists()
        assert not Project.objects.exists()
        assert not [model for model in HANGING if model.objects.exists()]
        assert not Assessment.history.exists()


def test_another_assessment_of_the_same_project_that_is_no_version_stays(
    client: Client, finished: Draft
) -> None:
    other = Assessment.objects.create(project=finished.now.project)
    delete(client, finished)
    assert list(Assessment.objects.all()) == [other]
    assert Project.objects.get().assessments.get() == other


def test_an_invitation_opens_nothing_afterwards(client: Client) -> None:
    person = invited()
    own = person.answer(FILE)
    delete(client, own)
    assert client.get(person.url).status_code == 404
    assert client.get(person.own()).status_code == 404
    assert person.now.history.first().history_change_reason == "its assessment was deleted"
    assert person.now.client.name == "Harbour & Sons"


def test_the_desks_log_names_it_no_more(client: Client, finished: Draft) -> None:
    other, user = draft(CHANGE_HEAVY, finished=True), superuser()
    for of in (finished, other):
        for row in (of.now, of.now.project):
            LogEntry.objects.log_actions(user.pk, [row], CHANGE, single_object=True)
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(ShareLink),
        object_id=str(finished.assessment.pk),
        object_repr="A link with the same number",
        action_flag=ADDITION,
    )
    delete(client, finished)
    left = set(LogEntry.objects.values_list("object_repr", flat=True))
    assert left == {"Sketchbook (finished)", "Sketchbook", "A link with the same number"}


def test_one_line_of_the_log_says_so_and_tells_nothing(
    client: Client, finished: Draft, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        delete(client, finished)
    said = [record for record in caplog.records if record.name.startswith("assessments")]
    assert [record.getMessage() for record in said] == [
        f"Assessment {finished.assessment.pk} was deleted from its edit link: 1 in all."
    ]
    assert finished.token not in caplog.text
    assert "Marina" not in "".join(record.getMessage() for record in caplog.records)


# ---------------------------------------------------------------- two who were invited together


@pytest.fixture
def settled() -> tuple[Pair, Invited, Invited]:
    pair, first, second = two_invited()
    first.answer(CHANGE_HEAVY)
    second.answer(STABILITY_HEAVY)
    current = Pair.objects.whole().get(pk=pair.pk)
    current.conclude(LENS, parse(LENS, CHANGE_HEAVY), current.basis, "CTO")
    return current, first, second


def own(person: Invited) -> Draft:
    assessment = person.now.assessment
    assert assessment
    return Draft(assessment, person.token)


def test_the_joint_result_goes_along_and_the_others_own_stays(
    client: Client, settled: tuple[Pair, Invited, Invited]
) -> None:
    pair, first, second = settled
    assert (
        "The joint result that the two of you settled on. "
        "The other person’s own answers stay theirs."
    ) in going(client, own(first))
    delete(client, own(first))
    assert [row.pk for row in Assessment.objects.all()] == [own(second).assessment.pk]
    assert Pair.objects.get(pk=pair.pk).joint is None
    assert Project.objects.count() == 1


def test_the_other_is_not_left_waiting(
    client: Client, settled: tuple[Pair, Invited, Invited]
) -> None:
    _, first, second = settled
    delete(client, own(first))
    page = client.get(second.own())
    assert page.status_code == 200
    assert "Waiting for" not in says(page)
    assert client.get(second.own("together")).status_code == 404
    assert client.get(second.own("together/joint")).status_code == 404


def test_before_anything_is_settled_it_speaks_of_their_side(client: Client) -> None:
    _, first, second = two_invited()
    mine = first.answer(CHANGE_HEAVY)
    second.answer(STABILITY_HEAVY)
    said = "Your side of the comparison with the other person. Their own answers stay theirs."
    assert said in going(client, mine)


def test_the_desk_still_shows_the_pair_and_the_invitations(
    settled: tuple[Pair, Invited, Invited], client: Client
) -> None:
    pair, first, _ = settled
    delete(client, own(first))
    ada = signed_in(User.objects.get(username="ada"))
    assert ada.get(f"/admin/assessments/pair/{pair.pk}/change/").status_code == 200
    assert Invite.objects.count() == 2


def test_what_the_desk_deletes_is_what_it_lists_and_no_other_version(finished: Draft) -> None:
    second = version_of(finished)
    Assessment.objects.filter(pk=finished.assessment.pk).forget()
    assert second.now.previous is None
    assert second.now.report
