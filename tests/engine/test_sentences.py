"""The words of the report say what the numbers say."""

from __future__ import annotations

import pytest

from assessments.engine.flips import Move
from assessments.engine.lens import Stack
from assessments.engine.report import Report, build_report
from assessments.engine.robustness import Robustness
from assessments.engine.sentences import answer_text, move_text, robust_sentence
from tests.factories import (
    PRODUCT_KINDS,
    Json,
    answers,
    changes,
    lens,
    only,
    parsed,
    stable_answers,
)


def report_on(file: Json) -> Report:
    return build_report(lens(), parsed(file))


def robust(share: float) -> str:
    found = Robustness({"fastapi": share, "go": 1 - share}, 10_000, 1, ())
    return robust_sentence(lens(), "fastapi", found).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("share", "says"),
    [
        (1.0, "FastAPI leads in every one of"),
        (0.9999, "FastAPI leads in more than 99 % of"),
        (0.9951, "FastAPI leads in more than 99 % of"),
        (0.93, "FastAPI leads in 93 % of"),
        (0.5, "FastAPI leads in 50 % of"),
        (0.01, "FastAPI leads in 1 % of"),
        (0.0049, "FastAPI leads in less than 1 % of"),
        (0.0, "FastAPI leads in less than 1 % of"),
        (0.995, "FastAPI leads in more than 99 % of"),
        (0.005, "FastAPI leads in less than 1 % of"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(share: float, says: str) -> None:
    assert robust(share).startswith(says)
    assert robust(share).endswith("readings consistent with your answers.")


def test_large_numbers_are_shown_with_every_digit() -> None:
    question = lens().question["peak_rps"]
    shown = answer_text(lens(), parsed(only(peak_rps=1234567)), question)
    assert [c for c in shown if c.isdigit()] == list("1234567")


def test_the_reasons_begin_with_the_founders_own_words() -> None:
    rows = [
        {"text": "Prices by seat.", "kind": "schema", "likelihood": "likely"},
        {"text": "Sign-up by phone", "kind": "user_flow", "likelihood": "certain"},
        {"text": "A second region", "kind": "deployment", "likelihood": "certain"},
    ]
    because = report_on(answers(changes=rows))["because"]
    assert because.index("“Sign-up by phone”") < because.index("“Prices by seat”")
    assert "second region" not in because


def test_a_change_that_is_unlikely_is_not_said_to_be_expected() -> None:
    rows = [
        {"text": "Prices by seat", "kind": "schema", "likelihood": "unlikely"},
        {"text": "Sign-up by phone", "kind": "user_flow", "likelihood": "certain"},
    ]
    because = report_on(answers(changes=rows))["because"]
    assert "“Sign-up by phone”" in because
    assert "“Prices by seat”" not in because


@pytest.mark.parametrize(("file", "stack"), [(answers(), "fastapi"), (stable_answers(), "go")])
def test_a_verdict_with_the_scores_names_its_bottleneck(file: Json, stack: Stack) -> None:
    report = report_on(file)
    assert report["stack"] == stack
    assert report["because"].endswith(lens().stacks[stack].bottleneck)


@pytest.mark.parametrize(
    ("given", "stack", "tipped_by"),
    [
        ({"stage": "idea", "mistake": "loose_much"}, "go", ["mistake"]),
        ({"stage": "relied_on", "mistake": "slow_much"}, "fastapi", ["mistake"]),
        ({"schema": "mostly", "flows": "mostly", "go": "none"}, "fastapi", ["fit"]),
        ({"schema": "moving", "flows": "moving", "python": "none"}, "go", ["fit"]),
        ({"stage": "idea", "mistake": "loose_much", "go": "fluent"}, "go", ["mistake", "fit"]),
    ],
)
def test_a_verdict_against_the_scores_says_what_tipped_it(
    given: Json, stack: Stack, tipped_by: list[str]
) -> None:
    report, words = report_on(only(**given)), lens().stacks[stack]
    assert report["stack"] == stack
    assert (report["lean"] > 0) == (stack == "go")
    assert words.against in report["because"]
    tips = {"mistake": words.tips_mistake, "fit": words.tips_fit}
    assert [name for name, text in tips.items() if text in report["because"]] == tipped_by


def test_only_a_tie_is_called_the_default() -> None:
    """The scores differ by a point, and nothing else does: FastAPI is ahead, if only just."""
    report = report_on(only(scripts="moving"))
    assert report["regret"]["fastapi"] < report["regret"]["go"] - 0.01
    assert "default" not in report["because"]
    assert "default" in report_on(only())["because"]


def test_the_scores_are_not_said_to_outweigh_the_mistake_where_the_team_does() -> None:
    """The scores lean a little to change, the mistakes to Go; without the team it would be Go."""
    scored = {"core_object": "unknown", "mistake": "loose"}
    assert report_on(only(**scored))["stack"] == "go"
    report = report_on(only(**scored, python="fluent", go="none", library_pull="python"))
    assert report["stack"] == "fastapi"
    assert lens().stacks["fastapi"].despite not in report["because"]
    assert lens().stacks["fastapi"].tips_fit in report["because"]


def test_the_scores_are_said_to_outweigh_the_mistake_where_they_do() -> None:
    report = report_on(answers(mistake="loose"))
    assert report["stack"] == "fastapi"
    assert report["because"].endswith(lens().stacks["fastapi"].despite)


def test_points_that_lean_are_not_explained_as_even() -> None:
    """Two certain changes of the shape beside three unlikely ones of operation: +9.6 points."""
    rows = [
        *changes("schema", "user_flow", likelihood="certain"),
        *changes("deployment", "deployment", "deployment", likelihood="unlikely"),
    ]
    (row,) = report_on(only(changes=rows))["contributions"]
    assert row["points"] > 9
    assert row["reason"] != lens().changes_text.even


def bidi_depth(text: str) -> list[int]:
    """How many isolates are open after each character; an override is only harmless inside one."""
    depths, open_ones = [], 0
    for character in text:
        if character in "\u2066\u2067\u2068":
            open_ones += 1
        elif character == "\u2069":
            open_ones -= 1
        depths.append(open_ones)
    return depths


@pytest.mark.parametrize(
    "name",
    [
        "דו״ח",
        "a\u202eb",
        "a\u2067b",
        "a\u2069\u202eb",
    ],
)
def test_words_that_turn_the_reading_direction_turn_only_themselves(name: str) -> None:
    file = only(settled_part="yes", settled_part_name=name)
    seam = report_on(file)["seam"]
    assert seam
    depths = bidi_depth(seam["title"])
    for character, depth in zip(seam["title"], depths, strict=True):
        if character == "\u202e":
            assert depth > 0


def test_each_change_says_what_it_asks_the_backend_to_buy() -> None:
    shown = report_on(answers(changes=changes("schema", None, "deployment")))["changes"]
    assert [row["axis"] for row in shown] == ["uncertainty", None, "operations"]
    assert [bool(row["buys"]) for row in shown] == [True, False, True]


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (["schema"], "the one change you listed"),
        (["schema", "user_flow"], "both changes you listed"),
        (["schema"] * 3, "all three changes you listed"),
        (["schema"] * 5, "all five changes you listed"),
        (["schema"] * 4 + ["deployment"], "four of the five changes you listed"),
        (["deployment"] * 3 + ["schema"], "three of the four changes you listed"),
    ],
)
def test_the_changes_are_counted_in_words(kinds: list[str], words: str) -> None:
    report = report_on(answers(changes=changes(*kinds)))
    (row,) = (part for part in report["contributions"] if part["question"] == "changes")
    assert words in row["reason"]


def likelihood_move(before: str | None, after: str) -> str:
    taken = parsed(only(changes=[{"text": "Prices by seat.", "likelihood": before}]))
    move = Move("changes[0].likelihood", "changes", before, after, 0.5, 0)
    return move_text(lens(), taken, move)


@pytest.mark.parametrize(
    ("before", "after", "rises"),
    [
        ("unlikely", "even", True),
        ("certain", "even", False),
        ("likely", "even", False),
        ("even", "likely", True),
        ("certain", "likely", False),
        # a change without a likelihood counts as likely, so this is less, not more
        (None, "even", False),
    ],
)
def test_a_likelihood_that_rises_and_one_that_fades_are_told_apart(
    before: str | None, after: str, rises: bool
) -> None:
    words = lens().likelihood[after]
    wanted = (words.rises if rises else words.fades).format(text="Prices by seat")
    assert likelihood_move(before, after) == wanted


def test_rising_and_fading_to_the_middle_are_put_differently() -> None:
    for likelihood in ("even", "likely"):
        words = lens().likelihood[likelihood]
        assert words.rises != words.fades


@pytest.mark.parametrize(
    ("file", "size", "words"),
    [
        (only(), 1, "One changed answer would make it Go."),
        (
            stable_answers(mistake="even", changes=changes(*PRODUCT_KINDS)),
            2,
            "Two changed answers would make it FastAPI.",
        ),
        (stable_answers(), 0, "No "),
    ],
)
def test_the_flip_sentence_says_how_many_answers_it_takes(
    file: Json, size: int, words: str
) -> None:
    report = report_on(file)
    assert {flip["size"] for flip in report["flips"]} == ({size} if size else set())
    assert report["firmness"]["flip"].startswith(words)


def test_a_move_says_from_what_to_what() -> None:
    report = report_on(only(stage="early_users", changes=changes("schema", likelihood=None)))
    labels = {move["path"]: move["label"] for f in report["flips"] for move in f["changes"]}
    assert labels["answers.stage"].startswith("Stage: Early users → ")
    assert labels["answers.mistake"].startswith("The worse mistake: Not sure → ")
    assert labels["answers.changes[0].kind"].startswith("Change 1: Data model → ")


def test_braces_in_the_founders_words_are_only_words() -> None:
    rows = [{"text": "{named} {0} {text}", "kind": "schema"}]
    report = report_on(answers(changes=rows, mistake="even", python="none", stage="growing"))
    assert "“{named} {0} {text}”" in report["because"]
