"""Markdown: text that stays text, and a consultant's Markdown on a page."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from markdown_it import MarkdownIt

from assessments.exports.markdown import escaped, to_html
from assessments.exports.plain import one_line
from tests.exports.items import HOSTILE, hostile

TAGS = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "br", "hr"),
    *("em", "strong", "s", "a", "pre", "code", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:x" onclick="x">x</a>',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](data:text/html,x)",
    "[x](vbscript:x)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/admin/)",
    "[x](#top)",
    "[x]()",
    "[x](<>)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    '[x](https://a.example "\\" onmouseover=alert(1) x=\\"")',
    "```<script>\n<b>\n```",
    '``` "onclick=x\nx\n```',
    "<!-- x --> <?x?> <![CDATA[x]]>",
    "<svg/onload=x>",
    "a | b\n:--|--:\n<b> | x",
)


def readers() -> list[MarkdownIt]:
    """CommonMark, and what is commonly added to it (but for bare links, see below)."""
    return [
        MarkdownIt("commonmark"),
        MarkdownIt("gfm-like", {"linkify": False}),
        MarkdownIt("gfm-like2", {"linkify": False}),
    ]


@pytest.mark.parametrize("reader", readers())
@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_reads_as_itself_and_as_nothing_else(reader: MarkdownIt, text: str) -> None:
    read_as_text(reader, text)


@given(hostile())
def test_no_text_escapes(text: str) -> None:
    for reader in readers():
        read_as_text(reader, text)


def read_as_text(reader: MarkdownIt, text: str) -> None:
    tokens = reader.parse(escaped(text))
    if not one_line(text):
        assert tokens == []
        return
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    (child,) = tokens[1].children or []
    assert (child.type, child.content) == ("text", one_line(text))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("https://x.example", r"https\://x\.example"),
        ("www.x.example", r"www\.x\.example"),
        ("me@x.example", r"me\@x\.example"),
        ("mailto:x", r"mailto\:x"),
    ],
)
def test_nothing_becomes_a_link_by_itself(text: str, wanted: str) -> None:
    assert escaped(text) == wanted


@pytest.mark.parametrize("text", ["Invoices, 3.5 a day (or so); at 10:30 - fine. 50 % “new”!", ""])
def test_ordinary_words_are_left_readable(text: str) -> None:
    assert escaped(text) == text


# ---------------------------------------------------------------- on a page


def test_a_review_keeps_its_form_below_the_pages_headings() -> None:
    html = to_html("# A\n\n### B\n\n*x* **y** `z` ~~w~~\n\n- one\n- two\n\n> said")
    assert "<h3>A</h3>" in html
    assert "<h5>B</h5>" in html
    for part in ("<em>x</em>", "<strong>y</strong>", "<code>z</code>", "<s>w</s>", "<li>one</li>"):
        assert part in html


@pytest.mark.parametrize(
    ("text", "top", "wanted"),
    [
        ("### A", 3, "h3"),
        ("##### A", 3, "h3"),
        ("# A", 1, "h1"),
        ("A\n===", 4, "h4"),
        ("# A", 6, "h6"),
        ("> # A", 3, "h3"),
    ],
)
def test_the_highest_heading_gets_the_level_asked_for(text: str, top: int, wanted: str) -> None:
    assert f"<{wanted}>A</{wanted}>" in to_html(text, top)


def test_no_heading_goes_below_the_sixth_level() -> None:
    assert to_html("# A\n\n###### B", top=4) == "<h4>A</h4>\n<h6>B</h6>\n"


def test_links_lead_to_the_web_or_a_mailbox_and_vouch_for_nothing() -> None:
    soup = page("[a](https://a.example/?b=c&d) <http://b.example> [c](mailto:c@d.example)")
    assert [a["href"] for a in soup("a")] == [
        "https://a.example/?b=c&d",
        "http://b.example",
        "mailto:c@d.example",
    ]
    assert all(set(a["rel"]) == {"nofollow", "noopener", "noreferrer"} for a in soup("a"))


def test_a_link_to_nothing_does_not_lead_to_the_page_itself() -> None:
    assert "href" not in to_html("[x]() [x](<> 'title') [x][y]\n\n[y]: <>")


def test_tables_are_aligned_without_styles() -> None:
    soup = page("| a | b | c | d |\n|:--|:-:|--:|---|\n| 1 | 2 | 3 | 4 |")
    classes = [cell.get("class") for cell in soup("td")]
    assert classes == [["text-start"], ["text-center"], ["text-end"], None]


def test_of_an_image_what_it_shows_is_said() -> None:
    html = to_html("![a *map*\nof <b>](https://x.example/y.png)")
    assert html == "<p>a map of &lt;b&gt;</p>\n"


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_hostile_gets_onto_the_page(attack: str) -> None:
    holds_only_what_is_allowed(attack)


@given(hostile())
def test_nothing_else_gets_onto_the_page(text: str) -> None:
    holds_only_what_is_allowed(text)


def page(text: str) -> BeautifulSoup:
    return BeautifulSoup(to_html(text), "html.parser")


def holds_only_what_is_allowed(text: str) -> None:
    for tag in page(text)(True):
        assert tag.name in TAGS
        assert set(tag.attrs) <= {"a": {"href", "title", "rel"}, "ol": {"start"}}.get(
            tag.name, {"class"}
        )
        if tag.name == "a":
            assert (
                str(tag.get("href", "https://"))
                .lower()
                .startswith(("https://", "http://", "mailto:"))
            )


def test_no_text_is_no_html() -> None:
    assert to_html("") == ""
