"""How the model does on documented decisions of real teams, beside simple baselines.

``expected`` is what independent readers of the essay concluded from the situation alone, and
agreement with it is the test. Outcomes are context: accounts are biased toward success stories.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .answers import Answers, parse
from .lens import Lens
from .scoring import Verdict, score

CASES = Path(__file__).parent / "cases" / "calibration.jsonl"
READERS = ("answers", "answers_second_reader")
READER_NAMES = ("first reader", "second reader")


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    hits: int
    total: int

    @property
    def percent(self) -> int:
        return round(100 * self.hits / self.total) if self.total else 0

    def __str__(self) -> str:
        return f"{self.hits} of {self.total}"


@dataclass(frozen=True)
class Method:
    """One way to decide, and how it does with each reader's answers."""

    name: str
    expected: tuple[Share, Share]
    outcomes: tuple[Share, Share]


@dataclass(frozen=True)
class CaseResult:
    id: str
    title: str
    source: str
    expected: str
    verdicts: tuple[Verdict, Verdict]

    @property
    def agrees(self) -> tuple[bool, bool]:
        first, second = (self.expected in ("either", v.stack) for v in self.verdicts)
        return first, second


@dataclass(frozen=True)
class Calibration:
    """``methods`` holds the model first, then the baselines."""

    methods: tuple[Method, ...]
    either_not_clear: tuple[Share, Share]
    same_stack: Share
    cases: tuple[CaseResult, ...]


Decide = Callable[[Lens, Answers], str]


def load_cases(path: Path = CASES) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def calibrate(lens: Lens, cases: Sequence[dict[str, Any]]) -> Calibration:
    """The model and the baselines over the cases, with both readers' answers."""
    results = tuple(_result(lens, case) for case in cases)
    methods: tuple[tuple[str, Decide], ...] = (
        ("StackPick", lambda lens, answers: score(lens, answers).stack),
        ("always FastAPI", lambda lens, answers: "fastapi"),
        ("always Go", lambda lens, answers: "go"),
        ("majority of the changes", majority_of_changes),
    )
    return Calibration(
        methods=tuple(_method(lens, cases, name, decide) for name, decide in methods),
        either_not_clear=_both(
            lambda reader: _share(
                result.verdicts[reader].strength != "clear"
                for result in results
                if result.expected == "either"
            )
        ),
        same_stack=_share(r.verdicts[0].stack == r.verdicts[1].stack for r in results),
        cases=results,
    )


def majority_of_changes(lens: Lens, answers: Answers) -> str:
    """The baseline that only counts: more product changes than operation changes, or as many."""
    sides = [lens.kind[change.kind].axis for change in answers.changes if change.kind]
    return "fastapi" if sides.count("uncertainty") >= sides.count("operations") else "go"


def worked_out(case: dict[str, Any]) -> str | None:
    """The stack that the outcome speaks for; None where the account does not say, or both ran."""
    did, outcome = case["what_they_did"], case["outcome"]
    if did not in ("fastapi", "go") or outcome not in ("well", "badly"):
        return None
    other = "go" if did == "fastapi" else "fastapi"
    return did if outcome == "well" else other


def case_answers(lens: Lens, case: dict[str, Any], reader: int) -> Answers:
    return parse(lens, {"format": lens.answers_format, "answers": case[READERS[reader]]})


def _result(lens: Lens, case: dict[str, Any]) -> CaseResult:
    verdicts = _both(lambda reader: score(lens, case_answers(lens, case, reader)))
    return CaseResult(case["id"], case["title"], case["source"], case["expected"], verdicts)


def _method(lens: Lens, cases: Sequence[dict[str, Any]], name: str, decide: Decide) -> Method:
    def agreement(target: Callable[[dict[str, Any]], str | None]) -> tuple[Share, Share]:
        wanted = [(case, target(case)) for case in cases]
        return _both(
            lambda reader: _share(
                decide(lens, case_answers(lens, case, reader)) == stack
                for case, stack in wanted
                if stack is not None
            )
        )

    return Method(name, agreement(_expected), agreement(worked_out))


def _expected(case: dict[str, Any]) -> str | None:
    return None if case["expected"] == "either" else str(case["expected"])


def _both(of: Callable[[int], Any]) -> tuple[Any, Any]:
    return of(0), of(1)


def _share(hits: Iterable[bool]) -> Share:
    found = list(hits)
    return Share(sum(found), len(found))
