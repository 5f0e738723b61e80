"""Writing a review at the desk: saved, published, withdrawn, and two consultants at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser

from assessments.models import Assessment, Review, State
from tests.desk.pages import at, filled, page_of, review
from tests.desk.people import assessment_of, client_of, signed_in
from tests.factories import lens, parsed, stable_answers
from tests.web import says, soup, text_of

pytestmark = pytest.mark.django_db
OVERRULED = {"overrules": "go", "reason": "They know it by heart."}


@pytest.fixture
def finished(ada: User, ben: User) -> Assessment:
    """Of a client whom both consultants see."""
    return assessment_of(client_of(ada, "Shared", ben))


def state(assessment: Assessment) -> str:
    return Assessment.objects.get(pk=assessment.pk).state


def field(page: Any, name: str) -> str:
    found = soup(page).select_one(f"#review form [name={name}]")
    assert found
    return found.get_text().removeprefix("\n") if found.name == "textarea" else str(found["value"])


def test_a_saved_review_is_previewed_and_not_published(desk: Browser, finished: Assessment) -> None:
    answer = review(desk, finished, text="# Well\r\n\r\nNot **bad**.", **OVERRULED)
    assert answer["Location"] == f"{page_of(finished)}#review"
    page = desk.get(page_of(finished))
    prose = soup(page).select_one("#review .desk-prose")
    assert prose
    assert prose.select("h3, strong")
    assert "Nothing is published" in says(page)
    assert "Start with Go." in text_of(soup(page).select_one("#review"))
    assert "They know it by heart." in says(page)
    assert Review.objects.get().text == "# Well\n\nNot **bad**."
    assert state(finished) == State.REVIEWED


def test_the_form_comes_back_as_it_was_saved(desk: Browser, finished: Assessment) -> None:
    review(desk, finished, text="\nFirst & <last>\n", **OVERRULED)
    page = desk.get(page_of(finished))
    assert field(page, "text") == "\nFirst & <last>\n".strip()
    assert field(page, "reason") == "They know it by heart."
    assert soup(page).select_one("[name=overrules] option[selected]")["value"] == "go"  # type: ignore[index]
    assert field(page, "version") == "1"


def test_only_another_stack_than_the_verdicts_is_offered(
    desk: Browser, finished: Assessment
) -> None:
    offered = soup(desk.get(page_of(finished))).select("[name=overrules] option")
    assert [option["value"] for option in offered] == ["", "go"]


def test_publishing_and_withdrawing(desk: Browser, finished: Assessment) -> None:
    review(desk, finished, "publish", text="Well said.")
    page = desk.get(page_of(finished))
    assert text_of(soup(page).select_one("#review")).startswith("Review Published by ada,")
    assert state(finished) == State.PUBLISHED
    after = desk.post(at("review_withdraw", finished), follow=True)
    assert "Withdrawn. The result shows no review any more." in says(after)
    assert "Nothing is published" in says(after)
    assert state(finished) == State.REVIEWED
    assert field(after, "text") == "Well said."


def test_there_is_nothing_to_withdraw_before(desk: Browser, finished: Assessment) -> None:
    after = desk.post(at("review_withdraw", finished), follow=True)
    assert "There is no published review to withdraw." in says(after)


@pytest.mark.parametrize(
    ("act", "given", "name", "message"),
    [
        ("publish", {"text": " \n "}, "text", "nothing to publish"),
        ("save", {"overrules": "go", "text": "Kept"}, "reason", "Say why"),
        ("save", {"overrules": "fastapi", "text": "Kept"}, "overrules", "not one of the"),
        ("save", {"text": "x" * 20_001}, "text", "at most 20000 characters"),
        ("save", {"text": "Kept", "reason": "x" * 2_001}, "reason", "at most 2000 characters"),
        ("publish", {"text": "Kept\0"}, "text", "Null characters"),
    ],
)
def test_a_mistake_stands_beside_its_field_and_the_page_as_filled(
    desk: Browser, finished: Assessment, act: str, given: dict[str, str], name: str, message: str
) -> None:
    page = review(desk, finished, act, **given)
    assert page.status_code == 200
    assert text_of(soup(page).title).startswith("Error: ")
    control = soup(page).select_one(f"#review [name={name}]")
    assert control
    assert control["aria-invalid"] == "true"
    error = soup(page).find(id=f"id_review_{name}_error")
    assert message in text_of(error)
    assert f"id_review_{name}_error" in str(control["aria-describedby"]).split()
    if "Kept" in given["text"]:
        assert field(page, "text").startswith("Kept")
    assert not Review.objects.exists()


def test_lines_count_as_people_count_them(desk: Browser, finished: Assessment) -> None:
    review(desk, finished, text="ab\r\n" * 6_666 + "ab")
    assert len(Review.objects.get().text) == 20_000


def test_the_second_of_two_sees_both_and_loses_nothing(
    desk: Browser, finished: Assessment, ben: User
) -> None:
    review(desk, finished, text="As it was")
    bens = signed_in(ben)
    opened = bens.get(page_of(finished))
    review(desk, finished, text="Ada was first", **OVERRULED)
    sent = filled(opened, "Save", text="Ben wrote this")
    told = bens.post(at("review_save", finished), sent)
    assert told.status_code == 200
    assert text_of(soup(told).title).startswith("Error: ")
    assert "Not saved: ada saved this review on" in says(told)
    rows = {text_of(r.th): [text_of(td) for td in r.select("td")] for r in both(told)}
    assert rows == {
        "Review differs": ["Ada was first", "Ben wrote this"],
        "Overrule the verdict differs": ["Start with Go", "Leave it as it is"],
        "Why you overrule it differs": ["They know it by heart.", ""],
    }
    assert field(told, "text") == "Ben wrote this"
    assert Review.objects.get().text == "Ada was first"
    # and now it is meant
    bens.post(at("review_save", finished), filled(told, "Save"))
    assert Review.objects.get().text == "Ben wrote this"


def both(page: Any) -> Any:
    return soup(page).select("#review .desk-side-by-side tbody tr")


def test_who_publishes_something_withdrawn_meanwhile_is_told(
    desk: Browser, finished: Assessment, ben: User
) -> None:
    review(desk, finished, "publish", text="Out")
    opened = desk.get(page_of(finished))
    signed_in(ben).post(at("review_withdraw", finished))
    told = desk.post(at("review_publish", finished), filled(opened, "Save"))
    assert "Not saved: ben withdrew this review on" in says(told)
    assert state(finished) == State.REVIEWED


@pytest.mark.parametrize("act", ["save", "publish"])
def test_a_doubled_click_is_harmless(desk: Browser, finished: Assessment, act: str) -> None:
    sent = filled(desk.get(page_of(finished)), "Save", text="Once")
    lines = []
    for _ in range(2):
        assert desk.post(at(f"review_{act}", finished), sent).status_code == 302
        lines.append(Review.history.count())
    assert lines[0] == lines[1]


def test_a_verdict_found_meanwhile_is_not_reviewed_unread(
    desk: Browser, finished: Assessment
) -> None:
    opened = desk.get(page_of(finished))
    finish_others(finished)
    sent = filled(opened, "Save", text="About the first")
    told = desk.post(at("review_publish", finished), sent)
    assert "Other answers were finished since you opened this page." in says(told)
    assert soup(told).select_one(".errornote a[href='#review']")
    assert field(told, "text") == "About the first"
    assert not Review.objects.exists()
    desk.post(at("review_publish", finished), filled(told, "Save"))
    assert state(finished) == State.PUBLISHED


def test_a_review_of_earlier_answers_is_marked(desk: Browser, finished: Assessment) -> None:
    review(desk, finished, "publish", text="About the first")
    assert "earlier answers" not in says(desk.get(page_of(finished)))
    finish_others(finished)
    page = says(desk.get(page_of(finished)))
    assert "What is published was written about earlier answers" in page
    assert "Other answers were finished after this review was saved." in page


def finish_others(assessment: Assessment) -> None:
    current = Assessment.objects.get(pk=assessment.pk)
    current.take(lens(), parsed(stable_answers()))
    current.finish(lens())


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_tampered_version_saves_over_nothing(
    desk: Browser, finished: Assessment, version: str
) -> None:
    review(desk, finished, text="As it was")
    page = review(desk, finished, text="Tampered", version=version)
    assert page.status_code == 200
    assert soup(page).select("#review .errorlist, #review .desk-side-by-side")
    assert Review.objects.get().text == "As it was"


def test_a_review_is_not_published_with_a_forged_moment(
    desk: Browser, finished: Assessment
) -> None:
    assert review(desk, finished, "publish", text="x", about="nonsense").status_code == 200
    assert not Review.objects.exists()
