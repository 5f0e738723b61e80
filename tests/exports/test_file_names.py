"""What files are called."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given

from assessments.exports.documents import DOCUMENTS
from assessments.exports.failures import DraftError
from assessments.exports.file_names import document_name, slug
from tests.exports.items import draft, hostile, item

ITEM = item()


@pytest.mark.parametrize(
    ("text", "said"), [("Café Müller, Inc.", "cafe-muller-inc"), ("日本", ""), ("--a--", "a")]
)
def test_a_text_becomes_a_slug(text: str, said: str) -> None:
    assert slug(text, 40) == said


def test_a_slug_is_cut_without_a_dash_at_its_end() -> None:
    assert slug("ab cd", 3) == "ab"
    assert slug("ab", -1) == ""


@given(hostile())
def test_no_project_makes_a_name_that_is_none(words: str) -> None:
    for project in (words, words * 20, f"../{words}"):
        assert re.fullmatch(
            r"[a-z0-9-]{1,76}\.pdf", document_name(replace(ITEM, project=project), "pdf")
        )


@pytest.mark.parametrize("key", DOCUMENTS)
def test_every_document_has_its_name_and_none_of_a_draft(key: str) -> None:
    form = DOCUMENTS[key]
    assert form.file_name(ITEM).endswith(f"start-with-fastapi.{key}")
    assert form.render(ITEM)
    for refused in (form.render, form.file_name):
        with pytest.raises(DraftError):
            refused(draft())


def test_the_pdf_is_offered_first() -> None:
    assert next(iter(DOCUMENTS)) == "pdf"
