"""Foreign text in files: no control characters, and nothing else lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.exports.plain import clean, one_line


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a\r\nb\rc\nd\u2028e\x85f", "a\nb\nc\nd\ne\nf"),
        ("a\tb\x00c\x7f", "a b c "),
        ("\ud800x", "\N{REPLACEMENT CHARACTER}x"),
        ("“é” 🎉\u200d\u202e", "“é” 🎉\u200d\u202e"),
    ],
)
def test_only_line_breaks_are_left_of_control_characters(text: str, wanted: str) -> None:
    assert clean(text) == wanted


def test_one_line_has_single_blanks_and_keeps_those_that_do_not_break() -> None:
    assert one_line(" \n a \r\n\t b\u00a0% \u3000") == "a b\u00a0%"


@given(st.text(st.characters(codec=None)))
def test_clean_text_can_be_written_and_is_clean(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean(text).encode().decode() == clean(text)
    assert one_line(one_line(text)) == one_line(text)
    assert len(one_line(text).splitlines()) <= 1
