"""The PDF is the page on paper: what the page prints is in it, in the same words."""

from __future__ import annotations

import json
import re

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client

from assessments.exports.pdf import render
from assessments.items import item_of
from assessments.models import Assessment, Review
from assessments.shared_pages import shared_pages
from tests.desk.people import consultant
from tests.exports.examples import FILES, MARKDOWN
from tests.exports.papers import seen, text_of
from tests.factories import only
from tests.web import FOUNDERS, Draft, Json, draft, with_answers

pytestmark = pytest.mark.django_db

# What the stylesheet leaves out in print, what is drawn, and what only screen readers are told.
NOT_PRINTED = (
    ".no-print, .site-header, .site-footer, .skip-link, form, button, details, svg, script, "
    ".visually-hidden, [aria-hidden], .tripwires small.d-block, #net-status"
)
BLOCKS = "h1, h2, h3, h4, h5, h6, p, li, dt, dd, th, td, figcaption, strong, pre, .contract"
RESULTS = {
    **{key: founder.file for key, founder in FOUNDERS.items()},
    "hardly anything answered": only(stage="prototype"),
    "nothing answered": only(),
    "a seam and near flips": with_answers(
        FOUNDERS["with a settled part"].file, mistake="loose_much", contract="unknown"
    ),
}


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    shared_pages.clear()


@pytest.mark.parametrize("result", RESULTS)
def test_the_pdf_says_what_the_page_prints(client: Client, result: str) -> None:
    compare(client, draft(RESULTS[result], finished=True))


@pytest.mark.parametrize("example", FILES)
def test_the_pdf_of_an_example_says_what_its_page_prints(client: Client, example: str) -> None:
    compare(client, draft(read(example), finished=True))


@pytest.mark.parametrize("overrules", ["", "go"])
def test_a_review_is_on_both(client: Client, overrules: str) -> None:
    of = draft(FOUNDERS["change-heavy"].file, finished=True)
    ada = consultant("ada")
    reason = "The team writes it,\nand nothing else." if overrules else ""
    review = Review.objects.write(of.now, 0, ada, text=MARKDOWN, overrules=overrules, reason=reason)
    review.publish(review.version, ada)
    compare(client, of)


def test_a_review_that_the_answers_agree_with_by_now_is_on_both(client: Client) -> None:
    of = draft(FOUNDERS["change-heavy"].file, finished=True)
    ada = consultant("ada")
    review = Review.objects.write(of.now, 0, ada, text="", overrules="go", reason="Go is known.")
    review.publish(review.version, ada)
    stored = Review.objects.get(pk=review.pk)
    assert stored.published
    stored.published |= {"overrules": "fastapi", "about": "2026-01-01T00:00:00+00:00"}
    stored.save()
    compare(client, of)


def read(example: str) -> Json:
    loaded: Json = json.loads(FILES[example].read_text(encoding="utf-8"))
    return loaded


def compare(client: Client, of: Draft) -> None:
    page = client.get(f"/r/{of.share()[1]}/").content.decode()
    stored = Assessment.objects.select_related("project__client", "review").get(pk=of.assessment.pk)
    # what stands at the foot of a page may stand inside a block that goes on on the next
    paper = seen(re.sub(r"[^\n]*· StackPick( |\n)\d of \d\n", "", text_of(render(item_of(stored)))))
    printed = blocks(page)
    assert len(printed) > 40
    assert [block for block in printed if seen(block) not in paper] == []


def blocks(page: str) -> list[str]:
    """The texts of the page's printed blocks, without the blocks inside them."""
    main = BeautifulSoup(page, "html.parser").select_one("main")
    assert main
    for hidden in main.select(NOT_PRINTED):
        hidden.decompose()
    return [text for block in main.select(BLOCKS) if (text := own_text(block))]


def own_text(block: Tag) -> str:
    if block.find(["p", "ul", "ol", "h3", "small", "li"]):
        return ""  # in parts, each with a text of its own, or tested by the next line
    return block.get_text()
