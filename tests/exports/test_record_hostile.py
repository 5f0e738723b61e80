"""Words that would like to be Markdown, in a decision record: they are read, and do nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from assessments.engine.sentences import isolated
from assessments.exports.decision_record import render
from assessments.exports.item import Item
from assessments.exports.plain import one_line
from tests.examples import examples
from tests.exports.items import HOSTILE, NEAR, hostile, item, review
from tests.exports.records import body, front

READERS = (MarkdownIt("commonmark"), MarkdownIt("gfm-like2", {"linkify": False}))
ITEM = item()


def with_words(words: str) -> Item:
    """A published item in which everything that anybody typed is these words."""
    typed = one_line(words)
    file = {
        **NEAR,
        "project": {"name": typed, "summary": typed},
        "answers": {
            **NEAR["answers"],
            "settled_part_name": typed,
            "changes": [{**change, "text": typed} for change in NEAR["answers"]["changes"]],
        },
    }
    told = review(text="x", overrules="go", overrules_name=words, reason=words, by=words)
    made = item(file, client=words, project=words, summary=words, review=told)
    assert made.overruling
    return made


def shape(tokens: list[Token]) -> list[Any]:
    return [(t.type, t.tag, t.level, [c.type for c in t.children or ()]) for t in tokens]


PLAIN_SHAPES = [shape(reader.parse(body(render(with_words("word"))))) for reader in READERS]


def keeps_its_shape(words: str) -> None:
    record, typed = render(with_words(words)), one_line(words)
    for reader, plain in zip(READERS, PLAIN_SHAPES, strict=True):
        tokens = reader.parse(body(record))
        assert shape(tokens) == plain
        children = [c for token in tokens for c in token.children or ()]
        assert {child.type for child in children} == {"text"}
        # name, summary, client, and each change in two places
        assert sum(f"“{isolated(typed)}”" in child.content for child in children) >= 12
    assert front(record)["decision-makers"] == [typed]
    assert front(record)["consulted"] == [typed]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_read_as_they_are_and_change_nothing_else(words: str) -> None:
    keeps_its_shape(words)


@examples(40)
@given(hostile().filter(one_line))
def test_no_words_change_anything_else(words: str) -> None:
    keeps_its_shape(words)


@examples(60)
@given(hostile())
def test_no_review_changes_what_stands_before_it(text: str) -> None:
    for reader in READERS:
        plain = reader.parse(body(render(replace(ITEM, review=review(text="")))))
        tokens = reader.parse(body(render(replace(ITEM, review=review(text=text)))))
        assert shape(tokens[: len(plain)]) == shape(plain)
        for token in tokens[len(plain) :]:
            assert token.type != "html_block"
            assert token.tag not in ("h1", "h2", "h3")
