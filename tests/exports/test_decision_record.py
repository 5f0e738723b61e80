"""The decision record: what a team commits, however hostile the words that founders typed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from assessments.exports.decision_record import file_name, name_by_itself, render
from assessments.exports.documents import DOCUMENTS
from assessments.exports.failures import DraftError
from tests.examples import examples
from tests.exports.items import NEAR, draft, hostile, item, review
from tests.exports.records import body, front
from tests.factories import Json, answers_files, only

SECTIONS = [
    "h2 Context and Problem Statement",
    "h2 Decision Drivers",
    "h2 Considered Options",
    "h2 Decision Outcome",
    "h3 Consequences",
    "h3 Confirmation",
    "h2 More Information",
]
OVERRULED = review(
    overrules="go", overrules_name="Go", reason="The team knows it.", text="# Why\n\nBecause."
)
ITEM = item()


def headings(record: str) -> list[str]:
    tokens = MarkdownIt("commonmark").parse(body(record))
    return [f"{a.tag} {b.content}" for a, b in pairwise(tokens) if a.type == "heading_open"]


def section(record: str, title: str) -> str:
    return re.split(r"\n#+ ", record.split(f"# {title}\n", 1)[1], maxsplit=1)[0]


# ---------------------------------------------------------------- what it says


def test_the_record_has_the_sections_of_its_format() -> None:
    assert headings(render(item())) == ["h1 Start with FastAPI", *SECTIONS]


def test_the_front_matter_says_when_and_who() -> None:
    assert front(render(item(review=review()))) == {
        "status": "proposed",
        "date": date(2026, 12, 1),
        "decision-makers": ["Acme"],
        "consulted": ["Ann Adviser"],
    }
    without_client = front(render(item(client="")))
    assert without_client["decision-makers"] == ["Ledgerly"]
    assert without_client["date"] == date(2026, 11, 25)


def test_the_context_tells_the_project_and_its_changes() -> None:
    text = section(render(item()), "Context and Problem Statement")
    assert "Should “Ledgerly” start with" in text
    assert "“Invoices for freelancers”" in text
    assert "1. “Change number 1” (Data model, likely, buys change): Cheap renames: a" in text


def test_the_drivers_are_the_largest_contributions_and_the_mistake() -> None:
    lines = section(render(item()), "Decision Drivers").strip().splitlines()[2:]
    assert lines[0].startswith("* Expected changes: five to the shape (+32.5). In all five")
    assert len(lines) == 6
    assert "too slowly hurts about twice as much" in lines[-1]


def test_the_outcome_is_the_verdict_with_its_reasons() -> None:
    text = section(render(item()), "Decision Outcome")
    assert 'Chosen option: "FastAPI", because you need to buy change.' in text
    assert "You expect “Change number 1”" in text
    assert "FastAPI leads in every one of 10,000 readings" in text


def test_consequences_are_good_and_bad() -> None:
    text = section(render(item()), "Consequences")
    assert "* Good, because it buys what “Change number 1” asks for. Cheap renames" in text
    assert "* Bad, because it is slower: the same load" in text
    assert "* Bad, because of its trap. A prototype that becomes production by accident: " in text
    assert "  * Write a date into the calendar" in text
    assert "(Asked for by Stage: a prototype.)" in text


def test_what_the_other_stack_would_buy_is_a_bad_consequence() -> None:
    text = section(render(item(NEAR)), "Consequences")
    assert "* Bad, because it does not buy what “Change number" in text


def test_tripwires_have_a_day() -> None:
    text = section(render(item(NEAR)), "Confirmation")
    assert "Look again on 24 February 2027, or sooner" in text
    assert "* If " in text
    assert "→" in text
    far = section(render(item(review_on=None)), "Confirmation")
    assert "No other choice on any two questions would make it Go. Look again, with" in far


def test_many_tripwires_are_cut_and_counted() -> None:
    near = item(NEAR)
    assert near.report
    flips = (near.report["flips"] * 12)[:12]
    record = render(replace(near, report={**near.report, "flips": flips}))
    assert section(record, "Confirmation").count("* If ") == 10
    assert "There are 2 more, further away." in record


def test_a_seam_is_an_option_and_part_of_the_outcome() -> None:
    record = render(item(NEAR))
    assert "* Both, with a contract between them: The product, still moving (FastAPI), and tax" in (
        section(record, "Considered Options")
    )
    assert "Keep a seam around “tax rules”." in section(record, "Decision Outcome")


def test_all_figures_are_there_to_check() -> None:
    text = section(render(item()), "More Information")
    report = item().report
    assert report
    for said in (
        "Assessment 17, for “Acme”, finished on 25 November 2026.",
        f"(fastapi-go), version 1; 10,000 draws with seed {report['draws']['seed']}.",
        "Product uncertainty: 83.2 of 100\n",
        "Expected regret of Go: 0.751; it leads in 0.00% of the draws",
        "Throughput is not your bottleneck",
    ):
        assert said in text
    for part in report["contributions"]:
        assert f"* {part['label']}: " in text


def test_open_answers_leave_a_range() -> None:
    assert "of 100, could still be " in render(item(only(stage="prototype")))


def test_hardly_anything_answered_is_still_a_record() -> None:
    nothing = item(only(), client="", stage="")
    record = render(nothing)
    assert "Should the project start with" in record
    assert "No changes were listed." in record
    assert "decision-makers" not in front(record)


def test_an_older_report_without_headroom_is_still_a_record() -> None:
    old = {key: value for key, value in (item().report or {}).items() if key != "headroom"}
    assert "bottleneck: at 40" not in render(item(report=old))


def test_it_says_where_the_result_can_be_read() -> None:
    site, link = "https://stackpick.example.org", "https://stackpick.example.org/r/a_b-c/"
    text = section(render(item(site=site, link=link)), "More Information")
    assert f"The whole result, to read: <{link}>\\\nStackPick: <{site}>\n" in text
    shown = MarkdownIt("commonmark").render(text)
    assert f'<a href="{link}">{link}</a>' in shown
    assert f"StackPick: <{site}>" in section(render(item(site=site)), "More Information")
    assert "to read:" not in render(item(site=site))
    assert "StackPick: " not in render(item())


def test_an_address_that_is_none_stays_text() -> None:
    record = render(item(link="https://x.example/ <b>[a](b)"))
    assert "<b>" not in MarkdownIt("commonmark").render(body(record))
    assert "href" not in MarkdownIt("commonmark").render(body(record))


@examples(30)
@given(answers_files())
def test_every_verdict_makes_a_record(file: Json) -> None:
    assert headings(render(item(file)))[1:] == SECTIONS


# ---------------------------------------------------------------- with a review


def test_where_the_consultant_overrules_both_are_shown() -> None:
    overruled = item(review=OVERRULED)
    record = render(overruled)
    assert headings(record)[0] == "h1 Start with Go"
    text = section(record, "Decision Outcome")
    assert 'Chosen option: "Go", because the consultant overrules the model.' in text
    assert "The model says: start with FastAPI. You need to buy change." in text
    assert "The consultant overrules: start with Go, because: The team knows it." in text
    assert "the model’s choice, FastAPI" in section(record, "Consequences")


def test_a_review_that_the_answers_have_left_behind_says_so() -> None:
    record = render(item(review=replace(OVERRULED, outdated=True, reason="")))
    assert "start with Go.\n\nThe answers have changed since" in record
    assert "published on 1 December 2026. The answers have changed since." in record


def test_a_consultant_who_says_the_same_overrules_nothing() -> None:
    same = review(overrules="fastapi", overrules_name="FastAPI", reason="x")
    record = render(item(review=same))
    assert headings(record)[0] == "h1 Start with FastAPI"
    assert "overrules" not in record


def test_the_review_stands_last_in_its_own_form() -> None:
    record = render(item(review=OVERRULED))
    assert headings(record)[-2:] == ["h3 The consultant’s review", "h4 Why"]
    assert record.endswith(
        "by Ann Adviser, published on 1 December 2026.\n\n#### Why\n\nBecause.\n"
    )


# ---------------------------------------------------------------- its name


def test_the_file_is_named_after_number_project_and_verdict() -> None:
    assert file_name(item()) == "0017-ledgerly-start-with-fastapi.md"
    assert file_name(item(review=OVERRULED)) == "0017-ledgerly-start-with-go.md"
    accented = replace(ITEM, project="Café Müller, Inc.", number=12345)
    assert file_name(accented) == "12345-cafe-muller-inc-start-with-fastapi.md"
    assert file_name(replace(ITEM, project="日本")) == "0017-start-with-fastapi.md"


def test_by_itself_it_is_the_first_record_of_its_project() -> None:
    assert name_by_itself(item()) == "0001-start-with-fastapi.md"
    assert name_by_itself(item(review=OVERRULED)) == "0001-start-with-go.md"
    assert DOCUMENTS["md"].file_name(item()) == "0001-start-with-fastapi.md"


@given(hostile())
def test_no_project_makes_a_name_that_is_none(words: str) -> None:
    for project in (words, words * 20, f"../{words}", f"CON/{words}\\x"):
        name = file_name(replace(ITEM, project=project, number=2**63))
        assert len(name) <= 80
        assert re.fullmatch(r"\d+(-[a-z0-9]+)+\.md", name)


def test_a_draft_has_no_record_and_no_name() -> None:
    for refused in (render, file_name, name_by_itself):
        with pytest.raises(DraftError, match="assessment 17 is a draft"):
            refused(draft())
    assert issubclass(DraftError, ValueError)


def test_a_time_in_another_zone_keeps_its_day() -> None:
    late = datetime(2026, 11, 25, 23, 59, tzinfo=UTC)
    assert front(render(item(finished=late)))["date"] == date(2026, 11, 25)
