"""The result as a link without names and free text shows it."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client

from assessments.models import NoUnnamedReport, Review, ShareLink, Shows
from assessments.views.results import result_context
from tests.desk.lenses import FLIPPED, in_use
from tests.desk.people import consultant
from tests.web import FOUNDERS, Draft, draft, says, soup, text_of, title, with_answers

pytestmark = pytest.mark.django_db
MARK = "qzx"
FILE = with_answers(FOUNDERS["with a settled part"].file, settled_part_name=f"{MARK} engine")
FILE["project"] = {"name": f"{MARK} Marina", "summary": f"{MARK} berths"}
for change in FILE["answers"]["changes"]:
    change["text"] = f"{MARK} {change['text']}"
OTHER = {"overrules": "go", "reason": f"{MARK} the team."}


@pytest.fixture
def finished() -> Draft:
    return draft(FILE, finished=True)


@pytest.fixture
def ada() -> User:
    return consultant("ada", first_name=f"{MARK} Ada")


def page(of: Draft, unnamed: bool = True) -> BeautifulSoup:
    """The page of a share link."""
    shows = Shows.UNNAMED if unnamed else Shows.WHOLE
    _, token = ShareLink.objects.issue(of.now, f"{MARK} Board", shows=shows)
    return soup(Client().get(f"/r/{token}/"))


def publish(of: Draft, ada: User, **given: str) -> None:
    Review.objects.write_and_publish(of.now, 0, ada, text=f"{MARK} agreed.", **given)


@pytest.mark.parametrize("overruled", [False, True])
def test_nobodys_words_are_anywhere_on_it(finished: Draft, ada: User, overruled: bool) -> None:
    publish(finished, ada, **(OTHER if overruled else {}))
    assert MARK in str(page(finished, unnamed=False))
    assert MARK not in str(page(finished))


def test_verdict_figures_and_charts_are_the_same(finished: Draft) -> None:
    whole, left = page(finished, unnamed=False), page(finished)
    for part in ("h1", ".scores", ".scales svg", ".map", ".regret-row", "#headroom", ".colophon"):
        assert [str(tag) for tag in left.select(part)] == [str(tag) for tag in whole.select(part)]
    points = [[text_of(cell) for cell in each.select(".num")] for each in (left, whole)]
    assert points[0] == points[1]


def test_it_says_at_the_top_what_is_left_out(finished: Draft) -> None:
    kicker = text_of(page(finished).select_one(".kicker"))
    assert kicker.startswith("Without names and free text · assessed ")
    assert title(str(page(finished))) == "start with FastAPI · StackPick"
    assert "Without names" not in says(str(page(finished, unnamed=False)))


def test_the_changes_are_numbered_and_it_says_why(finished: Draft) -> None:
    found = page(finished)
    texts = [text_of(tag) for tag in found.select(".changes-list strong")]
    assert texts == [f"Change {number}" for number in range(1, 6)]
    assert "Their words are left out of this link, so they are numbered." in text_of(found)


def test_a_seam_is_around_the_settled_part(finished: Draft) -> None:
    assert text_of(page(finished).select_one("#seam-title")) == (
        "Keep a seam around the settled part"
    )


def test_it_tells_that_a_consultant_overrules_and_not_who_or_why(
    finished: Draft, ada: User
) -> None:
    publish(finished, ada, **OTHER)
    found = page(finished)
    box = text_of(found.select_one(".overruled"))
    assert box.startswith("A consultant overrules it: start with Go. Above is what the model says")
    section = text_of(found.select_one("#consultants-review"))
    assert "Published on" in section
    assert "Who wrote it and what it says are left out of this link." in section
    assert "It lets the verdict stand" not in section
    assert "overruled: Go" in title(str(found))


def test_a_review_that_agrees_is_told_as_that(finished: Draft, ada: User) -> None:
    publish(finished, ada)
    section = text_of(page(finished).select_one("#consultants-review"))
    assert "It lets the verdict stand." in section
    assert not page(finished).select(".overruled")


def test_without_a_review_there_is_no_word_of_one(finished: Draft) -> None:
    assert not page(finished).select("#consultants-review, .overruled")


def test_whole_pages_say_of_a_review_what_they_said(finished: Draft, ada: User) -> None:
    publish(finished, ada, **OTHER)
    found = page(finished, unnamed=False)
    assert f"{MARK} Ada" in text_of(found.select_one(".overruled"))
    assert "left out" not in text_of(found)


def test_what_cannot_be_shown_without_names_is_not_shown_with_them(
    finished: Draft, settings: Any, tmp_path: Any
) -> None:
    type(finished.now).objects.update(unnamed=None)
    in_use(settings, tmp_path, FLIPPED)
    with pytest.raises(NoUnnamedReport):
        result_context(finished.now, unnamed=True)
