"""A review as data: its structure, and nothing that acts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.exports.markdown_tree import LONGEST_ADDRESS, to_tree
from tests.exports.examples import MARKDOWN
from tests.exports.items import hostile


def words(node: Any) -> str:
    """All text below a node."""
    if isinstance(node, list):
        return "".join(map(words, node))
    return node.get("text", "") + words(node.get("runs", [])) + words(node.get("blocks", []))


def levels(text: str) -> list[int]:
    return [block["level"] for block in to_tree(text) if block["kind"] == "heading"]


def test_every_block_has_its_kind() -> None:
    kinds = [block["kind"] for block in to_tree(MARKDOWN)]
    assert kinds == [
        *("heading", "paragraph", "heading", "list", "quote", "code", "table", "rule"),
        "paragraph",
    ]


def test_runs_nest_and_links_lead_to_the_web_only() -> None:
    (paragraph,) = to_tree("a **b *c*** [d](https://e.example) [f](javascript:g) `h` ~~i~~\nj  \nk")
    said = [(run["kind"], words(run), run.get("address")) for run in paragraph["runs"]]
    assert ("strong", "b c", None) in said
    assert ("link", "d", "https://e.example") in said
    assert ("code", "h", None) in said
    assert ("struck", "i", None) in said
    assert ("break", "", None) in said
    assert "javascript:g" in words(paragraph)
    assert [run for run in paragraph["runs"] if run["kind"] == "link"] == [
        {"kind": "link", "address": "https://e.example", "runs": [{"kind": "text", "text": "d"}]}
    ]


def test_an_address_too_long_is_none() -> None:
    (paragraph,) = to_tree(f"[a](https://b.example/{'c' * LONGEST_ADDRESS})")
    assert paragraph["runs"][0]["address"] == ""


def test_lists_keep_their_numbers_and_their_depth() -> None:
    (outer,) = to_tree("3. a\n4. b\n   - c")
    assert (outer["ordered"], outer["start"], len(outer["blocks"])) == (True, 3, 2)
    inner = outer["blocks"][1]["blocks"][1]
    assert (inner["kind"], inner["ordered"], words(inner)) == ("list", False, "c")


def test_tables_have_heads_and_sides() -> None:
    (table,) = to_tree("| a | b |\n|:-:|--:|\n| c | d |")
    head, body = table["blocks"]
    assert [cell["align"] for cell in head["blocks"]] == ["center", "end"]
    assert [cell["head"] for cell in head["blocks"] + body["blocks"]] == [True, True, False, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# a\n\n### b\n\n## c", [3, 4, 4]),
        ("#### a\n\n###### b", [3, 4]),
        ("# a\n## b\n### c\n#### d\n##### e", [3, 4, 5, 6, 6]),
    ],
    ids=["a gap", "low ones", "many"],
)
def test_headings_leave_no_level_out(text: str, expected: list[int]) -> None:
    assert levels(text) == expected


def test_html_is_text() -> None:
    assert words(to_tree("<b onclick=x>\n\n<script>")) == "<b onclick=x><script>"


@given(st.lists(hostile(), max_size=6))
def test_any_text_makes_a_tree(lines: list[str]) -> None:
    assert isinstance(words(to_tree("\n".join(lines))), str)
