"""The badge: what a README shows of a result, on any ground and in any font."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

from assessments.exports import badge, summary
from assessments.exports.failures import DraftError
from assessments.exports.item import Item
from tests.exports.items import NEAR, draft, item, review
from tests.factories import stable_answers

SVG = "{http://www.w3.org/2000/svg}"
GO = review(overrules="go", overrules_name="Go", reason="The team knows it.")
INKS_CSS = Path(__file__).parents[2] / "static" / "css" / "inks.css"


def robust(share: float) -> Item:
    made = item(NEAR)
    assert made.report
    shares = {"fastapi": share, "go": 1 - share}
    return item(NEAR, report={**made.report, "robustness": shares})


def drawn(made: Item) -> ElementTree.Element:
    return ElementTree.fromstring(badge.render(made))  # noqa: S314 -- our own


def letters(made: Item) -> list[ElementTree.Element]:
    return drawn(made).findall(f".//{SVG}text")


# ---------------------------------------------------------------- what it says


def test_it_says_what_to_start_with_and_how_robust_that_is() -> None:
    assert [part.text for part in letters(item(NEAR))] == ["start with FastAPI", "robust 90\xa0%"]
    assert letters(item(stable_answers()))[0].text == "start with Go"


@pytest.mark.parametrize(
    ("share", "says"),
    [
        (1, "100"),
        (0.9999, "more than 99"),
        (0.995, "more than 99"),
        (0.9949, "99"),
        (0.926, "93"),
        (0.001, "less than 1"),
    ],
)
def test_robustness_is_never_rounded_to_all_or_none(share: float, says: str) -> None:
    assert badge.words(robust(share))[1] == f"robust {says}\xa0%"


def test_the_consultants_word_counts_and_is_told_from_the_models() -> None:
    assert badge.words(item(review=GO)) == ("start with Go", "overruled")
    same = review(overrules="fastapi", overrules_name="FastAPI")
    assert badge.words(item(review=same)) == badge.words(item())


def test_whoever_does_not_see_it_hears_the_title_and_the_summary() -> None:
    made = item(NEAR, link="https://s.example/r/x/")
    svg = drawn(made)
    assert svg.get("role") == "img"
    assert svg[0].tag == f"{SVG}title"
    assert svg[0].text == "Start with FastAPI, robust 90\xa0%"
    assert svg.findtext(f"{SVG}desc") == summary.text(made)


# ---------------------------------------------------------------- how it looks


def test_its_inks_are_those_of_the_pages_and_follow_the_verdict() -> None:
    light = INKS_CSS.read_text().split("@media", 1)[0]
    inks = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", light))
    assert badge.INKS["fastapi"] == (inks["change"], inks["change-wash"])
    assert badge.INKS["go"] == (inks["stability"], inks["stability-wash"])
    for made, stack in (
        (item(), "fastapi"),
        (item(stable_answers()), "go"),
        (item(review=GO), "go"),
    ):
        fills = {part.get("fill") for part in drawn(made).iter()}
        assert fills == {None, badge.LETTERS, *badge.INKS[stack]}


def channel(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def brightness(colour: str) -> float:
    """The relative luminance of WCAG."""
    full = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    red, green, blue = (channel(int(full[n : n + 2], 16)) for n in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((brightness(one), brightness(other)))
    return (high + 0.05) / (low + 0.05)


def test_it_can_be_read_and_the_stacks_are_told_apart_without_colour() -> None:
    for ink, wash in badge.INKS.values():
        assert contrast(ink, badge.LETTERS) >= 4.5
        assert contrast(ink, wash) >= 4.5
        # on white the ink stands out, on black the wash
        assert min(contrast(ink, "#ffffff"), contrast(wash, "#000000")) >= 4.5
    assert contrast(badge.INKS["fastapi"][0], badge.INKS["go"][0]) > 1.5


@pytest.mark.parametrize(
    "made", [item(NEAR), item(review=GO), robust(0.9999)], ids=("plain", "overruled", "long")
)
def test_each_word_keeps_to_its_own_part_in_any_font(made: Item) -> None:
    svg = drawn(made)
    first, second = letters(made)
    left = svg.find(f"{SVG}path")
    assert left is not None
    seam = int(re.match(r"M(\d+) ", left.get("d", ""))[1])  # type: ignore[index]
    ends = [int(part.get("x", "")) + int(part.get("textLength", "")) for part in (first, second)]
    assert ends[0] == seam - badge.PADDING
    assert int(second.get("x", "")) == seam + badge.PADDING
    assert ends[1] == int(svg.get("width", "")) - badge.PADDING
    assert {part.get("lengthAdjust") for part in (first, second)} == {"spacingAndGlyphs"}


def test_it_brings_nothing_with_it_and_fetches_nothing() -> None:
    content = badge.render(item(review=GO)).decode()
    tags = {part.tag.removeprefix(SVG) for part in drawn(item()).iter()}
    assert tags == {"svg", "title", "desc", "rect", "path", "g", "text"}
    assert not re.search(r"style|class|href|url\(|@import", content)
    assert len(content) < 4000


def test_letters_that_are_not_in_the_table_have_room() -> None:
    wide = item(review=review(overrules="go", overrules_name="語言"))
    assert int(letters(wide)[0].get("textLength", "")) >= 2 * badge.SIZE


def test_what_xml_cannot_hold_is_replaced() -> None:
    says = drawn(item(project="a\ufffe\uffff\x00\ud800<b>&")).findtext(f"{SVG}desc", "")
    assert "(a\ufffd\ufffd \ufffd<b>&)" in says


# ---------------------------------------------------------------- for a README


def test_the_snippet_shows_the_badge_and_leads_to_the_result() -> None:
    page = "https://s.example/r/EXAMPLE/"
    snippet = badge.markdown_snippet("https://s.example/r/EXAMPLE.svg", page, item(NEAR))
    assert snippet == (
        "[![Start with FastAPI, robust 90\xa0%](https://s.example/r/EXAMPLE.svg)]"
        "(https://s.example/r/EXAMPLE/)"
    )


def test_nothing_in_the_snippet_acts_as_markdown() -> None:
    named = item(review=review(overrules="go", overrules_name="](x) <b> ![y]*`"))
    snippet = badge.markdown_snippet("https://s.example/a)b <c>.svg", "https://[::1]:8/x y(", named)
    (inline,) = MarkdownIt("commonmark").parseInline(snippet)
    opened, image, closed = inline.children or []
    assert [opened.type, image.type, closed.type] == ["link_open", "image", "link_close"]
    assert opened.attrs["href"] == "https://[::1]:8/x%20y%28"
    assert image.attrs["src"] == "https://s.example/a%29b%20%3Cc%3E.svg"
    assert [child.content for child in image.children or []] == [
        "Start with ](x) <b> ![y]*`, overruled"
    ]


def test_a_draft_has_no_badge() -> None:
    with pytest.raises(DraftError):
        badge.render(draft())
    with pytest.raises(DraftError):
        badge.markdown_snippet("https://s.example/x.svg", "https://s.example/x/", draft())
