"""Hostile text through every format: each stays valid, and shows the text without obeying it."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest
from hypothesis import given

from assessments.exports import FORMATS
from assessments.exports.documents import DOCUMENTS
from assessments.exports.item import Item
from assessments.exports.plain import one_line
from tests.examples import THOROUGH, examples
from tests.exports.hostile_items import (
    PIECES,
    PLAIN,
    SYNTAX,
    Words,
    everywhere,
    hostile_words,
    item_with,
    plain_like,
    taken,
)
from tests.exports.readers import READERS, Reading, unguarded

EVERY_FORMAT = [*DOCUMENTS, *FORMATS]
# To make and read one of these takes as long as ten of the others.
SLOW = {"json", "pdf"}
IN_SUMMARIES = {"project", "change", "settled", "by", "review", "reason"}
EVERYTHING = set(vars(PLAIN))
# Which words each format shows as text that can be read back. A picture shows them as pixels.
SHOWS = {
    "csv": {"project", "summary", "client", "review", "reason"},
    "ics": IN_SUMMARIES,
    "json": EVERYTHING - {"client"},
    "jsonl": EVERYTHING,
    "md": EVERYTHING,
    "pdf": {"project", "summary", "change", "settled", "by", "reason"},
    "png": set(),
    "svg": IN_SUMMARIES,
    "zip": EVERYTHING,
}


def rendered(key: str, item: Item) -> bytes:
    """The file; its name has to be one that every system takes."""
    if key in DOCUMENTS:
        name = DOCUMENTS[key].file_name(item)
        assert re.fullmatch(rf"[a-z0-9][a-z0-9-]{{1,78}}\.{key}", name)
        assert len(name) <= 80
        return DOCUMENTS[key].render(item)
    return b"".join(FORMATS[key].render([item]))


def read(key: str, words: Words) -> Reading:
    return READERS[key](rendered(key, item_with(words)))


@cache
def shape_of(key: str, words: Words) -> object:
    return read(key, words).shape


# ---------------------------------------------------------------- what is compared

_ISOLATES = re.compile("[\u2066-\u2069]")
_NO_XML = re.compile("[\ufffe\uffff]")


def bare(key: str, text: str) -> str:
    """The cleaned text on one line, without marks around what turns the reading direction.

    Sentences drop a full stop at the end of what they quote, and some readers odd blanks. A table
    has apostrophes before what could be a formula.
    """
    if key == "csv":
        text = unguarded(text)
    line = " ".join(one_line(_ISOLATES.sub("", text)).split()).strip(" .")
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", line) if key == "svg" else line


def letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def is_shown(key: str, field: str, words: Words, reading: Reading) -> bool:
    given = getattr(words, field)
    wanted = {given, taken(words).get(field, given)}
    if key in ("json", "jsonl"):
        wanted = {json.loads(json.dumps(text)) for text in wanted}  # two halves become one there
    if key == "pdf":
        paper = letters("".join(reading.texts))
        return any(all(is_set(word, paper) for word in ascii_words(text)) for text in wanted)
    if field == "review" and key in ("md", "zip"):
        # It is Markdown there, with other signs for the same words.
        return letters(given) in letters(" ".join(reading.texts))
    shown = [bare(key, text) for text in reading.texts]
    return any(bare(key, text) in piece for text in wanted for piece in shown)


def is_set(word: str, paper: str) -> bool:
    """Lines break anywhere, and what is turned around by a control character is read from its end.

    Other letters than those of ASCII may be set as forms that have no code of their own.
    """
    return word in paper or word[::-1] in paper


def ascii_words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def holds(key: str, words: Words) -> None:
    reading = read(key, words)
    assert reading.shape == shape_of(key, plain_like(words))
    missing = {field for field in SHOWS[key] if not is_shown(key, field, words, reading)}
    assert not missing


# ---------------------------------------------------------------- the tests


@pytest.mark.parametrize("key", EVERY_FORMAT)
def test_every_format_has_an_independent_reader(key: str) -> None:
    """A new format needs a line in ``readers.READERS``, and one above for what it shows."""
    assert key in READERS
    assert key in SHOWS


@pytest.mark.parametrize("key", EVERY_FORMAT)
def test_each_format_shows_the_words_that_are_its_own_to_show(key: str) -> None:
    """The client’s name is the consultant’s word for somebody: it leaves with few of them."""
    words = Words(*[f"{field}word" for field in vars(PLAIN)])
    reading = read(key, words)
    shown = {field for field in vars(PLAIN) if is_shown(key, field, words, reading)}
    assert shown >= SHOWS[key]
    assert ("client" in shown) == ("client" in SHOWS[key])


@pytest.mark.parametrize("key", EVERY_FORMAT)
@pytest.mark.parametrize("kind", SYNTAX)
def test_the_syntax_of_any_format_is_text_in_all_of_them(kind: str, key: str) -> None:
    for words in SYNTAX[kind][:: 1 if THOROUGH else 6 if key in SLOW else 3]:
        holds(key, everywhere(words))


@pytest.mark.parametrize("key", EVERY_FORMAT)
@examples(25)
@given(words=hostile_words())
def test_no_words_act_and_all_are_shown(key: str, words: Words) -> None:
    holds(key, words)


def test_the_words_are_hostile() -> None:
    """What is tried holds all that a format could stumble over."""
    together = "".join(PIECES)
    for needed in (
        "\r\n",
        "\x00",
        "\ud800",
        "\u202e",
        "\u200d",
        "<!--",
        "#set",
        "=1",
        "---",
        "\\N",
    ):
        assert needed in together
    assert max(map(len, PIECES)) == 500
