"""A result in plain text: what a calendar entry says, and what is read out for a picture."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assessments.engine.report import build_report
from assessments.exports import summary
from assessments.exports.failures import DraftError
from assessments.exports.item import Item
from tests.exports.items import NEAR, draft, item, review
from tests.factories import lens, parsed

GO = {"overrules": "go", "overrules_name": "Go", "reason": "The team knows it."}


def with_flips(count: int) -> Item:
    report = build_report(lens(), parsed(NEAR))
    return item(NEAR, report={**report, "flips": (report["flips"] * count)[:count]})


def test_it_begins_with_the_verdict_its_reasons_and_how_firm_they_are() -> None:
    first, because, firm, blank, *_ = summary.lines(item())
    assert first == "Start with FastAPI (Ledgerly). You need to buy change."
    assert because.startswith("You expect “Change number 1”, “Change number 2” and ")
    assert firm.startswith("A clear case: ")
    assert firm.endswith(
        "FastAPI leads in every one of 10,000 readings consistent with your answers."
    )
    assert blank == ""


def test_a_project_without_a_name_is_not_named() -> None:
    assert summary.lines(item(project=" \n"))[0] == "Start with FastAPI. You need to buy change."


def test_the_consultants_word_counts_and_stands_before_the_models() -> None:
    first, model, *_ = summary.lines(item(review=review(**GO)))
    assert first == (
        "Start with Go (Ledgerly). Ann Adviser overrules the model: The team knows it."
    )
    assert model == "The model says: start with FastAPI. You need to buy change."
    unsaid = summary.lines(item(review=review(**GO | {"reason": "", "by": ""})))[0]
    assert unsaid == "Start with Go (Ledgerly). The consultant overrules the model."


def test_a_seam_is_told_where_there_is_one() -> None:
    assert "Keep a seam around “tax rules”. The product around it" in summary.text(item(NEAR))
    assert "seam" not in summary.text(item())


def test_tripwires_come_with_the_day_to_look_again() -> None:
    says = summary.text(item(NEAR))
    assert (
        "One changed answer would make it Go. Look again on 24 February 2027, "
        "or sooner where one of these tripwires is met:\n- If the product turns out to be "
    ) in says
    assert ": Go (Kind of backend: A product → A thin interface around a serious process)" in says


def test_without_tripwires_there_is_still_a_day() -> None:
    assert (
        "No other choice on any two questions would make it Go. Look again on 24 February 2027, "
        "with the changes that really came."
    ) in summary.lines(item())
    assert "make it Go. Look again, with" in summary.text(item(review_on=None))


@pytest.mark.parametrize(("flips", "shown", "further"), [(10, 10, False), (12, 10, True)])
def test_many_tripwires_are_cut_and_counted(flips: int, shown: int, further: bool) -> None:
    says = summary.lines(with_flips(flips))
    assert len([line for line in says if line.startswith("- If ")]) == shown
    assert ("There are 2 more, further away." in says) == further


def test_the_published_review_is_there_as_written() -> None:
    says = summary.text(item(review=review(text="# Sound\r\n\r\n* on *these* answers")))
    assert (
        "\n\nThe consultant’s review, by Ann Adviser, 1 December 2026.\n"
        "# Sound\n* on *these* answers\n\n"
    ) in says
    assert "consultant" not in summary.text(item())


def test_a_review_of_earlier_answers_says_so() -> None:
    assert "1 December 2026. The answers have changed since.\n" in (
        summary.text(item(review=review(outdated=True)))
    )


def test_an_overruling_that_the_answers_have_caught_up_with_is_part_of_the_review() -> None:
    same = review(overrules="fastapi", overrules_name="FastAPI", reason="Too early for Go.")
    says = summary.lines(item(review=same))
    assert says[0] == "Start with FastAPI (Ledgerly). You need to buy change."
    assert (
        "The consultant’s review, by Ann Adviser, 1 December 2026. "
        "It says to start with FastAPI: Too early for Go."
    ) in says


def test_it_ends_with_where_it_comes_from() -> None:
    linked = item(site="https://s.example", link="https://s.example/r/x/")
    assert summary.lines(linked)[-3:] == [
        "",
        "Scored by StackPick at https://s.example with the lens “FastAPI or Go” (fastapi-go), "
        "version 1.",
        "The whole result: https://s.example/r/x/",
    ]
    assert summary.lines(item())[-1] == (
        "Scored by StackPick with the lens “FastAPI or Go” (fastapi-go), version 1."
    )


def test_sections_may_stand_in_another_order() -> None:
    says = summary.composed(item(), summary.review, summary.tripwires, summary.verdict)
    assert says[0].startswith("No other choice")
    assert says[1:3] == ["", "Start with FastAPI (Ledgerly). You need to buy change."]


def test_no_line_breaks_and_no_words_turn_the_reading_direction() -> None:
    hebrew = "שלום\u2028\x07x"
    made = item(
        project=hebrew,
        review=review(text=hebrew, by=hebrew, **GO | {"reason": hebrew}),
        link="l\nm",
    )
    says = summary.lines(made)
    assert not [line for line in says if line != " ".join(line.split())]
    assert says[0] == (
        "Start with Go (\u2068שלום x\u2069). \u2068שלום x\u2069 overrules the model: "
        "\u2068שלום x\u2069"
    )
    assert says[-1] == "The whole result: l m"


def test_a_draft_has_nothing_to_sum_up() -> None:
    with pytest.raises(DraftError, match="assessment 17 is a draft"):
        summary.text(draft())
    with pytest.raises(DraftError):
        summary.lines(replace(item(), finished=None))


def test_days_are_in_words() -> None:
    assert "Look again on 1 March 2027" in summary.text(item(review_on=date(2027, 3, 1)))
