"""What `make soak` makes of a run, and of a run of a part."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.faults import soak
from tests.faults.reliability import Figure, Part, Test, page
from tests.faults.soak import all_parts, by_file, in_words, read_report

MACHINE: dict[str, Any] = {
    "cpu": "A processor",
    "processors": 2,
    "memory": "4 GiB",
    "system": "Linux 6.1, x86_64",
    "load_before": 0.1,
    "versions": {"Python": "3.11.7", "SQLite": "3.40.1"},
}
REPORT = """<testsuites><testsuite>
<testcase file="tests/faults/test_kill.py" name="test_nothing_is_lost[sqlite]" time="12.5" />
<testcase file="tests/faults/test_kill.py" name="test_controls" time="3">
<failure message="assert 1 == 0">where it is</failure></testcase>
<testcase file="tests/faults/test_disk_full.py" name="test_full" time="0.1">
<skipped message="no small file system can be mounted here" /></testcase>
</testsuite></testsuites>"""
FIGURES = [
    {"test": "tests/faults/test_kill.py::test_nothing_is_lost[sqlite]", "what": "Lost", "value": 0}
    | {"unit": "saves", "wanted": "0"}
]


def part(name: str = "kill", date: str = "2026-11-27", **more: Any) -> Part:
    tests = [Test("Nothing is lost", "passed", 12.5, "", [Figure("Lost", 0, "saves", "0")])]
    return Part(name, "What is killed.", date, **{"machine": MACHINE, "tests": tests, **more})


def test_a_report_is_read_with_the_figures_of_each_test() -> None:
    first, second, third = read_report(REPORT, "\n".join(map(json.dumps, FIGURES)))
    figures = [Figure("Lost", 0, "saves", "0")]
    file = "tests/faults/test_kill.py"
    assert first == Test("Nothing is lost (sqlite)", "passed", 12.5, "", figures, file)
    assert (second.outcome, second.message) == ("failed", "assert 1 == 0")
    assert third.outcome == "skipped"
    assert not third.figures


def test_tests_of_a_file_are_one_line_and_those_that_failed_one_each() -> None:
    broken = Test("It breaks", "failed", 2.0, "assert 0", [], "test_a.py")
    tests = [Test("It holds", "passed", 1.0, "", [], "test_a.py"), broken]
    tests.append(Test("It holds too", "passed", 3.0, "", [], "test_b.py"))
    first, second, third = by_file(tests)
    assert (first.name, first.outcome, first.seconds) == ("test_a.py", "failed", 3.0)
    assert first.figures == [Figure("Tests that passed", 1, "", "2")]
    assert second == broken
    assert (third.name, third.outcome) == ("test_b.py", "passed")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("test_nothing_is_lost", "Nothing is lost"),
        ("test_nothing_is_lost[sqlite]", "Nothing is lost (sqlite)"),
        ("test_a[of their own]", "A (of their own)"),
    ],
)
def test_names_of_tests_are_read_as_sentences(name: str, words: str) -> None:
    assert in_words(name) == words


def test_the_page_says_what_was_measured_and_wanted_where_and_when() -> None:
    written = page([part()])
    assert "| **Nothing is lost** |  |  | passed | 12.5 |" in written
    assert "| Lost | 0 saves | 0 |  |  |" in written
    assert "- Machine 1: A processor, 2 processors, 4 GiB of memory" in written
    assert "Python 3.11.7, SQLite 3.40.1" in written
    assert "| [kill](#kill) | passed | 2026-11-27 | 1 | 12 s |" in written
    assert "What is killed." in written


def test_parts_measured_elsewhere_name_another_machine() -> None:
    written = page([part(), part("reload", machine={**MACHINE, "cpu": "Another"})])
    assert "- Machine 2: Another, 2 processors" in written
    assert "| [reload](#reload) | passed | 2026-11-27 | 2 | 12 s |" in written


def test_a_failure_is_told_with_its_reason_in_one_cell() -> None:
    broken = Test("Nothing is lost", "failed", 1.0, "assert a | b\nis wrong " + "x" * 500)
    written = page([part(tests=[broken])])
    assert "| failed: assert a \\| b is wrong xxx" in written
    assert "| [kill](#kill) | failed |" in written
    assert max(map(len, written.split("## kill")[1].splitlines())) < 260


def test_what_was_done_often_is_told_from_the_least_to_the_most() -> None:
    often = [Figure("Slowest", value, "seconds", "5 at most") for value in (3.25, 1.5, 2)]
    written = page([part(tests=[Test("It is told", "passed", 1.0, "", often)])])
    assert "| Slowest | 1.50 to 3.25 seconds (3 times) | 5 at most |  |  |" in written


@pytest.mark.parametrize(
    ("outcomes", "of_the_part"),
    [
        (["passed", "skipped"], "passed"),
        (["passed", "failed"], "failed"),
        (["skipped"], "skipped"),
        ([], "failed"),
    ],
)
def test_a_part_fails_with_any_of_its_tests(outcomes: list[str], of_the_part: str) -> None:
    assert part(tests=[Test("It", outcome, 1.0) for outcome in outcomes]).outcome == of_the_part


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(soak, "KEPT", tmp_path / "reliability.json")
    monkeypatch.setattr(soak, "PAGE", tmp_path / "reliability.md")
    return tmp_path / "reliability.md"


def test_a_part_that_is_not_run_keeps_its_figures_and_its_date(kept: Path) -> None:
    known = ["kill", "reload"]
    soak.keep(part("reload", "2026-11-27"), known)
    soak.keep(part("kill", "2026-11-28"), known)
    soak.keep(part("kill", "2026-11-29"), known)
    lines = [line for line in kept.read_text().splitlines() if line.startswith("| [")]
    assert lines == [
        "| [kill](#kill) | passed | 2026-11-29 | 1 | 12 s |",
        "| [reload](#reload) | passed | 2026-11-27 | 1 | 12 s |",
    ]
    assert soak.kept_parts() == [part("kill", "2026-11-29"), part("reload", "2026-11-27")]


def test_what_is_no_part_any_more_goes(kept: Path) -> None:
    soak.keep(part("former"), ["former"])
    soak.keep(part("kill"), ["kill"])
    assert "former" not in kept.read_text()


def test_all_files_of_faults_are_parts_and_those_of_the_bench_are_not() -> None:
    parts = all_parts()
    assert {"kill", "reload", "properties"} <= set(parts)
    assert not {"bench", "reliability", "writing_down"} & set(parts)
