"""The assurance case names tests that there are, and leaves out no requirement of the standard."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.servers import ROOT

CASE = ROOT / "docs" / "assurance.md"
# The numbers and levels of ASVS 5.0.0, up to level 2.
STANDARD = Path(__file__).parent / "asvs-5.0.0.txt"
STATES = {"met", "not applicable", "deviation"}
TOP_TEN = [f"A{number:02}" for number in range(1, 11)]

_EVIDENCE = re.compile(r"`([\w./-]+\.(?:py|md|toml|yml))(?:::(test_\w+))?`")
_REQUIREMENT = re.compile(r"\| (\d+(?:\.\d+)*) \|")


def required() -> dict[str, str]:
    """The level of each requirement."""
    lines = STANDARD.read_text().splitlines()
    return dict(line.split(" ") for line in lines if not line.startswith("#"))


def rows() -> list[list[str]]:
    """The cells of each row of the table of requirements."""
    lines = [line for line in CASE.read_text().splitlines() if _REQUIREMENT.match(line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def named(text: str) -> list[tuple[str, str]]:
    """Files and tests that a text names as evidence."""
    return _EVIDENCE.findall(text)


@cache
def functions_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return {node.name for node in functions} | {node.name for node in classes}


def missing(evidence: list[tuple[str, str]]) -> list[str]:
    """What of it is not there."""
    wrong = []
    for name, test in evidence:
        file = ROOT / name
        if not file.is_file() or (test and test not in functions_in(file)):
            wrong.append(f"{name}::{test}" if test else name)
    return wrong


def test_every_piece_of_evidence_is_there() -> None:
    evidence = named(CASE.read_text())
    assert len(evidence) > 150
    assert missing(evidence) == []


def test_evidence_that_is_gone_would_be_noticed() -> None:
    gone = "`tests/test_tokens.py::test_that_nobody_wrote` and `docs/nothing.md`"
    assert len(missing(named(gone))) == 2


def test_every_requirement_is_answered_once() -> None:
    """By itself, or where nothing of a section applies, with the section."""
    answered = [row[0] for row in rows()]
    for number in required():
        over = [one for one in answered if number == one or number.startswith(f"{one}.")]
        assert len(over) == 1, number
    known = list(required())
    for one in answered:
        assert any(number == one or number.startswith(f"{one}.") for number in known), one


def test_a_whole_section_is_only_left_out() -> None:
    assert {row[2] for row in rows() if row[0] not in required()} == {"not applicable"}


@pytest.mark.parametrize("state", sorted(STATES))
def test_each_state_has_what_it_needs(state: str) -> None:
    """A claim has evidence; a departure from the standard, and what does not apply, a reason."""
    of_state = [row for row in rows() if row[2] == state]
    assert of_state
    for number, _, _, argument, *evidence in of_state:
        assert len(argument) > 5, number
        assert state == "not applicable" or named(" ".join(evidence)), number


def test_there_is_no_other_state() -> None:
    assert {row[2] for row in rows()} == STATES


def test_each_of_the_top_ten_has_a_negative_test() -> None:
    for risk in TOP_TEN:
        line = next(line for line in CASE.read_text().splitlines() if line.startswith(f"| {risk} "))
        assert any(test for _, test in named(line)), risk
