"""Letters: what fonts have is shown, what none has is named, and no word is too long."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.exports import glyphs
from assessments.exports.fonts import survey
from assessments.exports.glyphs import BREAK, legible, shown
from tests.exports.papers import seen


def test_the_coverage_is_that_of_the_fonts() -> None:
    assert survey.COVERAGE.read_text(encoding="utf-8") == survey.as_json(survey.survey())


def test_the_templates_ask_the_fonts_in_the_order_of_the_coverage() -> None:
    look = Path(glyphs.__file__).with_name("typst").joinpath("look.typ").read_text()
    asked = re.search(r"#let sans = \((.*?)\n\)", look, re.DOTALL)
    assert asked
    assert re.findall(r'"([^"]+)"', asked[1]) == list(json.loads(survey.COVERAGE.read_text()))


def test_every_font_that_is_shipped_is_surveyed_or_a_variant() -> None:
    variants = {"SourceSans3_600SemiBold.ttf", "SourceSans3_400Regular_Italic.ttf"}
    shipped = {path.name for path in survey.FOLDER.glob("*.ttf")}
    assert shipped == variants | set(survey.ORDER)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("plain, “quoted” – and Ünïcode", "plain, “quoted” – and Ünïcode"),
        ("שלום 日本 한국 🎉", "שלום 日本 한국 🎉"),
        ("two\r\nlines\x07\t.", "two\nlines  ."),
        ("\U00013080", "⟨U+13080⟩"),
        ("\ue000\ufdd0", "⟨U+E000⟩⟨U+FDD0⟩"),
        ("\ufeffa\u200bb\u2068c\u2069", "\u2060a\u200bb\u2068c\u2069"),
        ("\ud800", "\ufffd"),
    ],
    ids=["latin", "scripts", "controls", "hieroglyph", "private", "unseen", "surrogate"],
)
def test_a_text_is_shown(text: str, says: str) -> None:
    assert shown(text) == says


def test_strictly_only_plain_letters_stay() -> None:
    assert shown("aé e\u0301 日 א", strict=True) == "aé e⟨U+0301⟩ ⟨U+65E5⟩ ⟨U+05D0⟩"


def test_a_word_too_long_for_a_line_may_be_broken() -> None:
    word = "x" * 30
    assert shown(word) == BREAK.join(["x" * 8, "x" * 8, "x" * 8, "x" * 6])
    assert shown("x" * 24) == "x" * 24
    assert shown("e\u0301" * 30).split(BREAK)[0] == "e\u0301" * 8


def test_a_text_is_broken_at_no_more_places_than_can_be_typeset() -> None:
    for words in ("x" * 20_000, f"{'x' * 99} " * 200):
        assert 150 < shown(words).count(BREAK) <= 300
        assert shown(words, strict=True).count(BREAK) <= 40
        assert shown(words).replace(BREAK, "") == words


def test_data_keeps_its_shape_and_its_addresses() -> None:
    long = f"https://example.org/{'x' * 40}"
    data = {"a": ["\ue000", 1, None, True], "address": long, "link": long, "said": long}
    fit = legible(data)
    assert fit["a"] == ["⟨U+E000⟩", 1, None, True]
    assert fit["address"] == fit["link"] == long
    assert BREAK in fit["said"]


@given(st.text(max_size=80))
def test_nothing_that_can_be_seen_is_lost(text: str) -> None:
    said = shown(text).replace(BREAK, "")
    named = re.sub(r"⟨U\+([0-9A-F]+)⟩", lambda found: chr(int(found[1], 16)), said)
    assert seen(re.sub("[\x00-\x1f\x7f-\x9f]", "", named)) == seen(
        re.sub("[\x00-\x1f\x7f-\x9f]", "", text)
    )
