"""What the tests of exports are made of: items, reviews, and text that would like to be more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from assessments.engine.report import build_report
from assessments.exports.item import Item, PublishedReview
from tests.factories import Json, answers, changes, lens, parsed, texts

FINISHED = datetime(2026, 11, 25, 14, 3, 8, tzinfo=UTC)

HOSTILE = (
    "# x",
    "x #",
    "* a",
    "+ x",
    "- x",
    "1. x",
    "1) x",
    "---",
    "===",
    "***",
    "> x",
    "| a | b |",
    "|---|---|",
    "<script>alert(1)</script>",
    "<!-- x",
    "</p><h1>x</h1>",
    "[a](javascript:x)",
    "![a](http://x.example/y.png)",
    "[x]: /url",
    "[^1]",
    "- [ ] x",
    "`",
    "```",
    "~~~",
    "~~x~~",
    "**x**",
    "_x_",
    "&amp;",
    "&#35; x",
    "http://x.example/a_b_c",
    "<http://x.example>",
    "www.x.example",
    "me@x.example",
    "a\\",
    "\\",
    "\\\\<b>",
    "\\*x\\*",
    "$x$ and $$y$$",
    "{{ x }} {% y %}",
    "!!! note",
    "“x”",
    "שלום # x",
    "\u202e<b>",
    "\u2067x",
    "🎉 *x*",
    "\ufeff# x",
    "\u200b- x",
    "x\u2028# y",
    ": x",
    "...",
    "=cmd()",
)

# Near enough to flip by one answer, with a seam: every kind of sentence is in its report.
NEAR: Json = answers(
    settled_part="yes",
    settled_part_name="tax rules",
    mistake="loose_much",
    contract="unknown",
    changes=changes("schema", "keep_alive", "throughput", None, "deployment"),
)


def hostile() -> st.SearchStrategy[str]:
    """Text with as much markup in it as there is room for."""
    markup = st.text("#*+-_>|<[]()!`~&;:=\\.1 )ax/\n\t\u2028\u202e\u2067é", max_size=30)
    return st.sampled_from(HOSTILE) | markup | texts() | st.text(max_size=30)


def review(**overrides: Any) -> PublishedReview:
    """A review that lets the verdict stand, with some fields in place of its own."""
    plain = PublishedReview(
        text="Sound, *on these answers*.",
        overrules="",
        overrules_name="",
        reason="",
        by="Ann Adviser",
        on=datetime(2026, 12, 1, 9, 0, tzinfo=UTC),
        outdated=False,
    )
    return replace(plain, **overrides)


def item(file: Json | None = None, **overrides: Any) -> Item:
    """A finished item on an answers file (``answers()`` if none is given)."""
    file = file or answers()
    project = file.get("project", {})
    plain = Item(
        number=17,
        client="Acme",
        project=project.get("name", ""),
        summary=project.get("summary", ""),
        stage="A prototype",
        state="finished",
        started=datetime(2026, 11, 25, 13, 55, tzinfo=UTC),
        finished=FINISHED,
        review_on=date(2027, 2, 24),
        answers_file=file,
        report=build_report(lens(), parsed(file)),
        review=None,
    )
    return replace(plain, **overrides)


def draft(**overrides: Any) -> Item:
    return item(
        **{"state": "draft", "finished": None, "review_on": None, "report": None} | overrides
    )
