"""An assessment's page at the desk, for those who may see it and nobody else."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments import scope
from assessments.models import Assessment, Note, Review, ShareLink
from assessments.share_form import ShareForm
from tests.desk.pages import at, filled, page_of, review
from tests.desk.people import assessment_of, client_of, consultant, signed_in, superuser
from tests.factories import FOUNDER, answers, lens, parsed
from tests.web import FOUNDERS, form_of, says, soup, text_of

pytestmark = pytest.mark.django_db
SEAM = FOUNDERS["with a settled part"].file
ACTS = ["note_add", "review_save", "review_publish", "review_withdraw", "link_add"]
ACTS_ON_ROWS = ["note_delete", "link_revoke", "link_replace"]


@pytest.fixture
def finished(ada: User) -> Assessment:
    return assessment_of(client_of(ada), SEAM)


def row_of(act: str, assessment: Assessment) -> int:
    if act == "note_delete":
        return Note.objects.create(assessment=assessment, text="A note").pk
    return ShareLink.objects.issue(assessment, "")[0].pk


def every_address(assessment: Assessment) -> list[str]:
    acts = [at(act, assessment) for act in ACTS]
    return acts + [at(act, assessment, row_of(act, assessment)) for act in ACTS_ON_ROWS]


# ---- What it shows ----


def test_it_shows_everything_in_one_page(desk: Browser, finished: Assessment) -> None:
    page = desk.get(page_of(finished))
    assert [text_of(h) for h in soup(page).select("#content h2")] == [
        "At a glance",
        "Answers",
        "The report, as the founder sees it",
        "Why",
        "Internal notes",
        "Review",
        "Milestones",
        "Share links",
    ]
    assert text_of(soup(page).h1) == "Marina"
    assert "Harbour & Sons" in says(page)
    assert {text_of(tag) for tag in soup(page).select(".tag")} == {"Finished", "FastAPI"}


def test_the_facts_are_those_of_the_pinned_report(desk: Browser, finished: Assessment) -> None:
    page = soup(desk.get(page_of(finished)))
    facts = {text_of(row.dt): text_of(row.dd) for row in page.select("#facts .desk-facts > div")}
    report = finished.pinned()
    assert facts["Verdict"] == "FastAPI"
    assert facts["Strength"] == report["strength"].capitalize()
    assert facts["Pattern"] == "Seam"
    assert facts["Robustness"].endswith("of 10,000 readings")
    assert facts["Product uncertainty"].startswith(f"{report['uncertainty']['displayed']:.1f} of")
    assert facts["Lens"] == f"{lens().title}, version {lens().version}"
    assert {"Started", "Finished", "Look again on", "Operational certainty"} <= set(facts)


def test_the_report_is_complete(desk: Browser, finished: Assessment) -> None:
    said, report = says(desk.get(page_of(finished))), finished.pinned()
    words = [report["because"], *report["firmness"].values(), *report["costs"]]
    words += [guard["text"] for guard in report["guardrails"]]
    words += [flip["says"] for flip in report["flips"]]
    words += [change["buys"] for change in report["changes"]]
    words += [part["reason"] for part in report["contributions"] + report["regret_parts"]]
    assert report["seam"]
    words += [report["seam"]["title"], report["trap"]["says"], report["loss"]["reason"]]
    for text in words:
        assert " ".join(text.split()) in said, text


def test_every_answer_is_there_in_the_lens_words(desk: Browser, finished: Assessment) -> None:
    page = soup(desk.get(page_of(finished)))
    rows = {text_of(row.th): text_of(row.td) for row in page.select("#answers tr:has(td)")}
    assert rows["Stage"] == "Early users"
    assert rows["Peak requests per second"] == "Not given"
    assert not page.select("#answers .differs")


def test_what_has_changed_since_the_last_version_is_marked_with_the_former_answer(
    desk: Browser, ada: User
) -> None:
    assessment = assessment_of(client_of(ada))
    assert not soup(desk.get(page_of(assessment))).select(".differs")
    changed = Assessment.objects.get(pk=assessment.pk)
    changed.take(lens(), parsed(answers(stage="relied_on", go="fluent")))
    changed.finish(lens())
    changed.look_again_on(changed.review_on)  # type: ignore[arg-type]
    page = soup(desk.get(page_of(assessment)))
    marked = {text_of(row.th): text_of(row.select("td")[1]) for row in page.select("tr.differs")}
    stage, go = (lens().question[name].by_id[FOUNDER[name]].label for name in ("stage", "go"))
    assert marked == {"Stage": f"Changed from:{stage}", "Go in the team": f"Changed from:{go}"}


def test_answers_on_the_move_are_set_against_those_of_the_verdict(desk: Browser, ada: User) -> None:
    assessment = assessment_of(client_of(ada))
    assessment.take(lens(), parsed(answers(stage="relied_on")))
    page = desk.get(page_of(assessment))
    assert [text_of(row.th) for row in soup(page).select("tr.differs")] == ["Stage"]
    assert "The answers have changed since this verdict." in says(page)


def test_a_draft_shows_where_it_points_and_takes_no_review(desk: Browser, ada: User) -> None:
    draft = assessment_of(client_of(ada), finished=False)
    page = desk.get(page_of(draft))
    assert "A draft, and where it points so far" in says(page)
    assert "Nothing left to answer can change the verdict: FastAPI." in says(page)
    assert not soup(page).select("#review, #links, #report")
    for act in ("review_save", "review_publish", "link_add"):
        after = desk.post(at(act, draft), {"text": "Early", "version": 0}, follow=True)
        assert "not finished" in says(after)
    assert not Review.objects.exists()
    assert not ShareLink.objects.exists()


def test_more_of_everything_is_no_more_queries(
    desk: Browser, finished: Assessment, ada: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(page_of(finished)).status_code == 200
        return len(asked)

    review(desk, finished, text="One")
    for act in ACTS_ON_ROWS:
        row_of(act, finished)
    few = queries()
    for number in range(5):
        Note.objects.create(assessment=finished, text="More", author=consultant(f"c{number}"))
        ShareLink.objects.issue(finished, "More")
        review(desk, finished, text=f"More {number}")
    assert queries() == few


def test_nothing_on_the_page_is_inline(desk: Browser, finished: Assessment) -> None:
    review(desk, finished, "publish", text="| a |\n|:-:|\n| b |\n\n<script>alert(1)</script>")
    page = soup(desk.get(page_of(finished)))
    assert not page.select("[style], [onclick], style, script:not([src])")


def test_words_of_founders_and_consultants_are_never_markup(desk: Browser, ada: User) -> None:
    nasty = "<script>alert(1)</script>"
    file = answers() | {"project": {"name": nasty, "summary": nasty}}
    assessment = assessment_of(client_of(ada, nasty), file)
    Note.objects.create(assessment=assessment, text=nasty, author=ada)
    ShareLink.objects.issue(assessment, nasty)
    review(desk, assessment, text=nasty, overrules="go", reason=nasty)
    for address in (page_of(assessment), at("history", assessment)):
        page = soup(desk.get(address))
        assert "alert(1)" not in "".join(script.get_text() for script in page.select("script"))
        assert nasty in page.get_text()


# ---- Share links ----


def test_a_new_link_is_shown_once(desk: Browser, finished: Assessment) -> None:
    page = desk.get(page_of(finished))
    sent = filled(page, "Make a link", label="For the board")
    after = soup(desk.post(at("link_add", finished), sent, follow=True))
    (field,) = after.select("#links input[readonly]")
    assert not after.select(".messagelist")
    token = str(field["value"]).rstrip("/").rpartition("/")[2]
    assert Browser().get(f"/r/{token}/").status_code == 200
    again = desk.get(page_of(finished))
    assert token not in again.content.decode()
    assert "For the board" in says(again)
    line = ShareLink.history.get()
    assert (line.history_change_reason, line.history_user.username) == ("made at the desk", "ada")


def test_a_link_of_one_assessment_is_not_shown_on_another(
    desk: Browser, finished: Assessment, ada: User
) -> None:
    desk.post(at("link_add", finished), {"label": ""})
    other = assessment_of(client_of(ada, "Another"))
    page = desk.get(page_of(other))
    assert "/r/" not in page.content.decode()


def test_a_label_that_is_too_long_stands_with_its_mistake(
    desk: Browser, finished: Assessment
) -> None:
    page = desk.post(at("link_add", finished), {"label": "x" * 81})
    assert page.status_code == 200
    assert "at most 80 characters" in text_of(soup(page).select_one("#links .errorlist"))
    assert text_of(soup(page).title).startswith("Error: ")
    assert soup(page).select_one("#id_link_label")["value"] == "x" * 81  # type: ignore[index]
    assert not ShareLink.objects.exists()


def test_a_revoked_link_is_closed(desk: Browser, finished: Assessment) -> None:
    link, token = ShareLink.objects.issue(finished, "Out")
    form = form_of(desk.get(page_of(finished)), "Revoke Out")
    after = desk.post(str(form["action"]), follow=True)
    assert Browser().get(f"/r/{token}/").status_code == 404
    assert "Revoked" in text_of(soup(after).select_one("#links"))
    assert not soup(after).select("#links td button")
    assert link.history.first().history_change_reason == "revoked at the desk"


def test_a_link_is_made_at_the_desk_with_the_choices_of_the_founder(
    desk: Browser, finished: Assessment
) -> None:
    form = form_of(desk.get(page_of(finished)), "Make a link")
    for name, field in ShareForm().fields.items():
        offered = [str(option["value"]) for option in form.select(f"[name={name}] option")]
        assert offered == [str(key) for key, _ in getattr(field, "choices", ())]
    sent = filled(desk.get(page_of(finished)), "Make a link", days="7", shows="unnamed")
    page = soup(desk.post(at("link_add", finished), sent, follow=True))
    link = ShareLink.objects.get()
    assert link.shows == "unnamed"
    assert link.expires_at
    assert timedelta(days=6) < link.expires_at - timezone.now() <= timedelta(days=7)
    assert "Without names and free text" in text_of(page.select_one("#links tbody"))


def test_a_link_is_replaced_at_the_desk_and_the_new_one_shown_once(
    desk: Browser, finished: Assessment
) -> None:
    _, token = ShareLink.objects.issue(finished, "Board", shows="unnamed")
    form = form_of(desk.get(page_of(finished)), "Replace Board")
    after = soup(desk.post(str(form["action"]), follow=True))
    (field,) = after.select("#links input[readonly]")
    new = str(field["value"]).rstrip("/").rpartition("/")[2]
    assert Browser().get(f"/r/{token}/").status_code == 404
    assert Browser().get(f"/r/{new}/").status_code == 200
    link = ShareLink.objects.latest("pk")
    assert (link.label, link.shows) == ("Board", "unnamed")
    reasons = ShareLink.history.values_list("history_change_reason", flat=True)
    assert list(reasons).count("replaced at the desk") == 2
    again = desk.post(str(form["action"]), follow=True)
    assert "closed already" in says(again)
    assert ShareLink.objects.count() == 2


def test_the_desk_sees_how_a_link_ends_and_how_often_it_was_read(
    desk: Browser, finished: Assessment
) -> None:
    past = timezone.now() - timedelta(days=1)
    link, _ = ShareLink.objects.issue(finished, "Board", expires_at=past)
    ShareLink.objects.filter(pk=link.pk).update(views=3, last_viewed_at=past)
    page = soup(desk.get(page_of(finished)))
    row = text_of(page.select_one("#links tbody tr"))
    assert "3, last " in row
    assert row.endswith("Expired")
    assert not page.select("#links tbody button")


def test_whoever_may_not_make_links_is_offered_no_replacement(
    finished: Assessment, ada: User
) -> None:
    ada.groups.clear()
    rights = ("view_assessment", "change_sharelink")
    ada.user_permissions.add(*Permission.objects.filter(codename__in=rights))
    browser = signed_in(User.objects.get(pk=ada.pk))
    link, _ = ShareLink.objects.issue(finished, "")
    buttons = [text_of(b) for b in soup(browser.get(page_of(finished))).select("#links button")]
    assert [text.split()[0] for text in buttons] == ["Revoke"]
    assert browser.post(at("link_replace", finished, link.pk)).status_code == 403
    assert ShareLink.objects.get().is_open


# ---- Who may ----


@pytest.mark.parametrize("act", ACTS)
def test_another_consultants_assessment_is_not_there(
    act: str, finished: Assessment, caplog: pytest.LogCaptureFixture
) -> None:
    ben = consultant("ben")
    with caplog.at_level(logging.WARNING, scope.__name__):
        assert signed_in(ben).post(at(act, finished), {"text": "x"}).status_code == 404
    assert f"User {ben.pk} was refused 'assessment {finished.pk}'" in caplog.text


@pytest.mark.parametrize("name", ["change", "history"])
def test_another_consultants_pages_are_not_there(
    name: str, finished: Assessment, caplog: pytest.LogCaptureFixture
) -> None:
    ben = consultant("ben")
    with caplog.at_level(logging.WARNING, scope.__name__):
        assert signed_in(ben).get(at(name, finished)).status_code == 404
    assert f"User {ben.pk} was refused" in caplog.text


@pytest.mark.parametrize("act", ACTS_ON_ROWS)
@pytest.mark.parametrize("whose", ["anothers", "own"])
def test_a_row_is_reached_by_its_own_assessment_alone(
    act: str, whose: str, finished: Assessment, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither with another's assessment in the address, nor with another of one's own."""
    row, ben = row_of(act, finished), consultant("ben")
    user = ben if whose == "anothers" else superuser()
    other = assessment_of(client_of(ben, "Ben's"))
    with caplog.at_level(logging.WARNING, scope.__name__):
        assert signed_in(user).post(at(act, finished, row)).status_code == (
            404 if whose == "anothers" else 302
        )
        row = row_of(act, finished)
        assert signed_in(user).post(at(act, other, row)).status_code == 404
    assert f"User {user.pk} was refused" in caplog.text
    assert Note.objects.filter(pk=row).exists() or ShareLink.objects.get(pk=row).revoked_at is None


def test_asking_is_not_doing(desk: Browser, finished: Assessment) -> None:
    for address in every_address(finished):
        assert desk.get(address).status_code == 405
    assert desk.post(page_of(finished)).status_code == 405


def test_whoever_is_signed_out_is_sent_to_sign_in(finished: Assessment) -> None:
    for address in every_address(finished):
        assert Browser().post(address)["Location"].startswith("/admin/login/")
    assert not Review.objects.exists()


def test_without_the_right_nothing_is_done_or_offered(finished: Assessment, ada: User) -> None:
    ada.groups.clear()
    ada.user_permissions.add(Permission.objects.get(codename="view_assessment"))
    browser = signed_in(User.objects.get(pk=ada.pk))
    ShareLink.objects.issue(finished, "")
    page = browser.get(page_of(finished))
    assert not soup(page).select("#content form")
    for address in every_address(finished):
        assert browser.post(address, {"text": "x", "version": 0}).status_code == 403


@pytest.mark.parametrize("key", ["x", "0", "9" * 30, "é"])
def test_an_odd_number_is_not_there(desk: Browser, finished: Assessment, key: str) -> None:
    for address in (page_of(finished), at("note_add", finished)):
        odd = address.replace(f"/{finished.pk}/", f"/{key}/")
        answer: Any = desk.post(odd) if "notes" in odd else desk.get(odd)
        assert answer.status_code == 404
