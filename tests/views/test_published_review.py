"""A published review on the result: the founder's own, and the shared one."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import Tag
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments import access
from assessments.models import Review, ShareLink
from assessments.shared_pages import shared_pages
from tests.desk.people import consultant
from tests.web import FOUNDERS, LENS, Draft, draft, heading, says, soup, text_of, title

pytestmark = pytest.mark.django_db
FILE = FOUNDERS["with a settled part"].file
OVERRULED = {"overrules": "go", "reason": "The team writes Go,\nand nothing else."}
TEXT = "# In short\n\nA **good** case.\n\n<script>alert(1)</script>"


@pytest.fixture
def finished() -> Draft:
    shared_pages.clear()
    return draft(FILE, finished=True)


@pytest.fixture
def ada() -> User:
    made = consultant("ada")
    made.first_name, made.last_name = "Ada", "Lovelace"
    made.save()
    return made


def write(of: Draft, by: User, text: str = TEXT, **given: str) -> Review:
    stored = Review.objects.filter(assessment=of.assessment).first()
    return Review.objects.write(of.now, stored.version if stored else 0, by, text=text, **given)


def publish(of: Draft, by: User, text: str = TEXT, **given: str) -> Review:
    review = write(of, by, text, **given)
    review.publish(review.version, by)
    return review


def pages(client: Client, of: Draft) -> list[Any]:
    """The founder's own, and the shared one both rendered and kept."""
    shared = f"/r/{of.share()[1]}/"
    return [client.get(address) for address in (of.url("result"), shared, shared)]


def section(page: Any) -> Tag:
    found = soup(page).select_one("#consultants-review")
    assert found
    return found


def test_what_is_not_published_is_nobodys(client: Client, finished: Draft, ada: User) -> None:
    write(finished, ada, "Not for readers", **OVERRULED)
    for page in pages(client, finished):
        assert not soup(page).select("#consultants-review, .overruled")
        assert "Not for readers" not in page.content.decode()


def test_a_published_review_stands_with_author_and_date(
    client: Client, finished: Draft, ada: User
) -> None:
    review = publish(finished, ada)
    assert review.published_at
    for page in pages(client, finished):
        assert f"By Ada Lovelace, {review.published_at:%-d %B %Y}" in text_of(section(page))
        assert text_of(section(page).select_one("h3")) == "In short"
        assert section(page).select("strong")
        assert not soup(page).select(".overruled, .notice")


def test_it_is_your_consultants_to_the_founder_alone(
    client: Client, finished: Draft, ada: User
) -> None:
    publish(finished, ada)
    own, shared, kept = (text_of(section(page).h2) for page in pages(client, finished))
    assert own == "Your consultant’s review"
    assert shared == kept == "The consultant’s review"


def test_markup_in_a_review_is_words(client: Client, finished: Draft, ada: User) -> None:
    nasty = "<img src=x onerror=alert(1)>"
    ada.first_name = nasty
    ada.save()
    publish(finished, ada, f"{nasty} [x](javascript:alert(1)) ![x](https://e.example/x.png)")
    for page in pages(client, finished):
        assert not soup(page).select("article img, article a[href^=javascript], [onerror]")
        assert text_of(section(page)).count("onerror") == 2


def test_where_it_overrules_both_verdicts_stand_at_the_top(
    client: Client, finished: Draft, ada: User
) -> None:
    publish(finished, ada, **OVERRULED)
    for page in pages(client, finished):
        assert heading(page).startswith("Start with FastAPI.")
        beside = soup(page).select_one("article header h1 + .overruled")
        assert beside
        assert text_of(beside).startswith(
            "Ada Lovelace overrules it: start with Go. The team writes Go, and nothing else."
        )
        assert beside.select_one("a[href='#consultants-review']")
        assert title(page) == "Marina: start with FastAPI, overruled: Go · StackPick"


def test_overruling_in_no_more_words_is_enough(client: Client, finished: Draft, ada: User) -> None:
    publish(finished, ada, text="", **OVERRULED)
    for page in pages(client, finished):
        assert "overrules it: start with Go" in says(page)
        assert "By Ada Lovelace" in text_of(section(page))


def test_a_working_copy_changed_later_is_not_shown(
    client: Client, finished: Draft, ada: User
) -> None:
    publish(finished, ada, "As published")
    write(finished, ada, "As it will be", **OVERRULED)
    for page in pages(client, finished):
        assert "As published" in says(page)
        assert "As it will be" not in says(page)
        assert not soup(page).select(".overruled")


def test_a_review_of_earlier_answers_says_so(client: Client, finished: Draft, ada: User) -> None:
    publish(finished, ada, **OVERRULED)
    finished.save("team", go="none")
    finished.now.finish(LENS)
    for page in pages(client, finished):
        assert "This review was written about earlier answers." in text_of(section(page))
        assert soup(page).select(".overruled")


def test_a_verdict_that_has_come_round_is_not_overruled_any_more(
    client: Client, finished: Draft, ada: User
) -> None:
    publish(finished, ada, **OVERRULED)
    finished.save("backend", backend="stream_processor")
    finished.save("mistake", mistake="loose_much")
    finished.save("changes", changes=None)
    finished.save("project", stage="relied_on")
    finished.now.finish(LENS)
    for page in pages(client, finished):
        assert heading(page).startswith("Start with Go.")
        assert not soup(page).select(".overruled")
        assert "It says to start with Go: The team writes Go," in text_of(section(page))
        assert "overruled" not in title(page)


def test_answers_finished_again_unchanged_are_not_later_ones(
    client: Client, finished: Draft, ada: User
) -> None:
    publish(finished, ada)
    finished.now.finish(LENS)
    assert "earlier answers" not in says(pages(client, finished)[0])


def test_what_if_and_check_show_no_review(client: Client, finished: Draft, ada: User) -> None:
    publish(finished, ada, "Only on the result", **OVERRULED)
    for name in ("what_if", "check"):
        assert "Only on the result" not in says(client.get(finished.url(name)))


# ---- What it costs ----


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_a_review_is_no_more_queries(client: Client, finished: Draft, ada: User) -> None:
    own, shared = finished.url("result"), f"/r/{finished.share()[1]}/"
    without = [queries(client, address) for address in (own, shared, shared)]
    publish(finished, ada, **OVERRULED)
    assert [queries(client, address) for address in (own, shared, shared)] == without


def test_the_founders_page_reads_a_review_as_the_model_does(finished: Draft, ada: User) -> None:
    publish(finished, ada, **OVERRULED)
    stored, read = Review.objects.get(), access.editable(finished.token).review
    assert (read.pk, read.published, read.published_at) == (
        stored.pk,
        stored.published,
        stored.published_at,
    )


# ---- At once, for readers of what is kept ----


def test_what_is_published_and_withdrawn_shows_at_once(
    client: Client, finished: Draft, ada: User
) -> None:
    address = f"/r/{finished.share()[1]}/"

    def shown() -> str:
        return says(client.get(address))

    assert "consultant’s review" not in shown()
    review = publish(finished, ada, "The first")
    assert "The first" in shown()
    publish(finished, ada, "The second")
    assert "The second" in shown()
    assert "The first" not in shown()
    Review.objects.get(pk=review.pk).withdraw(ada)
    assert "consultant’s review" not in shown()
    publish(finished, ada, "The third")
    assert "The third" in shown()


def test_a_reader_who_has_the_page_is_told_of_the_review(
    client: Client, finished: Draft, ada: User
) -> None:
    address = f"/r/{finished.share()[1]}/"
    tag = {"If-None-Match": client.get(address)["ETag"]}
    assert client.get(address, headers=tag).status_code == 304
    publish(finished, ada)
    assert client.get(address, headers=tag).status_code == 200
    Review.objects.get().withdraw(ada)
    assert client.get(address, headers=tag).status_code == 304


def test_a_page_rendered_while_publishing_does_not_outlive_the_withdrawal(
    client: Client, finished: Draft, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was looked up before the review was published, and rendered after."""
    address, find = f"/r/{finished.share()[1]}/", access.shown

    def just_then(token: str, *state: Any) -> ShareLink:
        publish(finished, ada, "For a moment")
        return find(token, *state)

    with monkeypatch.context() as patch:
        patch.setattr(access, "shown", just_then)
        assert "For a moment" in says(client.get(address))
    Review.objects.get().withdraw(ada)
    assert "For a moment" not in says(client.get(address))
