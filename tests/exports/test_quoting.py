"""A consultant's Markdown inside a longer document: as it is, and only in its own place."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assessments.exports import quoting
from assessments.exports.plain import clean
from assessments.exports.quoting import embedded
from tests.exports.items import HOSTILE, hostile

AS_IT_IS = (
    "Plain words, *stressed*, **strong**, `code` and a [link](https://x.example).",
    "- one\n- two\n  1. deep\n\n> said\n> twice",
    "```html\n<b>\n# not a heading\n```",
    "    <b>\n    # not a heading",
    "`<b>` and <https://x.example> and \\<b> and 1 < 2 > 0",
    "| a | b |\n|---|---|\n| `x` | y |",
    "![what it shows](https://x.example/y.png)",
)
CHANGED = (
    ("# A\n\n## B\n\nx", "#### A\n\n##### B\n\nx"),
    ("#### A\n\n###### B", "#### A\n\n###### B"),
    ("# A #\n\n###### B", "#### A #\n\n###### B"),
    ("A\n===\n\nB\n---", "#### A\n\n##### B"),
    ("A\nin *two*\n===", "#### A in *two*"),
    ("C #\n===", "#### C \\#"),
    ("- A\n  ===\n  x", "- #### A\n  x"),
    ("> A\n> b\n> ---\n> x", "> #### A b\n> x"),
    ("\u00a0# \n===", "#### \\#"),
    ("1. # A", "1. #### A"),
    ("a <b>c</b>", "a \\<b>c\\</b>"),
    ("\\\\<b>", "\\\\\\<b>"),
    ("`<i>` <i>", "`<i>` \\<i>"),
    ("> a <i\n> b> c", "> a \\<i\n> b> c"),
    ("<div>\n# A\n</div>", "\\<div>\n#### A\n\\</div>"),
    ("<script>\n\n- x\n", "\\<script>\n\n- x"),
    ("<!-- a\n\n# A\n-->", "\\<!-- a\n\n#### A\n-->"),
    ("| a |\n|---|\n| <b> |", "| a |\n|---|\n| \\<b> |"),
)


@pytest.mark.parametrize("text", AS_IT_IS)
def test_what_breaks_nothing_is_left_as_it_is(text: str) -> None:
    assert embedded(text, 4) == text


@pytest.mark.parametrize(("text", "wanted"), CHANGED)
def test_headings_go_down_and_html_is_text(text: str, wanted: str) -> None:
    assert embedded(text, 4) == wanted


def test_the_empty_text_stays_empty() -> None:
    assert embedded("\n\r\n", 4) == ""


def test_where_it_cannot_be_made_fit_the_words_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quoting, "ROUNDS", 0)
    assert embedded("# A\n<b>\n\n- x", 4) == "\\# A\n\n\\<b\\>\n\n\\- x"


MARKDOWN = st.lists(
    st.sampled_from(
        [
            *("# ", "## ", "\n===\n", "\n---\n", "\n", "\n\n", "> ", "- ", "1. ", "    ", "\t"),
            *("<b>", "</b>", "<div>\n", "<!--", "-->", "<?", "?>", "<pre>", "</pre>", "<a href='"),
            *("`", "``", "```\n", "~~~\n", "[x](", ")", "![", "]", "[x]: ", "<x", ">", "\\", "|"),
            *("<https://x.example>", "a", "b c", "\n|-|-|\n", "\n|-\n", "*", "&lt;", "\u00a0", "'"),
        ]
    ),
    max_size=24,
).map("".join)


@given(MARKDOWN | hostile())
@example("a\n<b>\n===")
@example("`\n# <b>\n`")
def test_no_review_has_high_headings_or_html(text: str) -> None:
    html_free(embedded(text, 4))


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_has_either(text: str) -> None:
    html_free(embedded(text, 4))


@given(MARKDOWN)
def test_what_was_made_fit_is_fit(text: str) -> None:
    once = embedded(text, 4)
    html_free(once)
    html_free(embedded(once, 4))


def html_free(text: str) -> None:
    for reader in (MarkdownIt("commonmark"), MarkdownIt("gfm-like", {"linkify": False})):
        for token in reader.parse(text):
            assert token.type != "html_block"
            assert "html_inline" not in [child.type for child in token.children or ()]
            assert token.type != "heading_open" or token.tag in ("h4", "h5", "h6")


@given(st.text("abc é🎉\n.,", max_size=40))
def test_no_letter_of_ordinary_prose_is_lost(text: str) -> None:
    assert embedded(text, 4) == clean(text).strip("\n")
