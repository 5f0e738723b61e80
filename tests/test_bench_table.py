"""The one table of all benchmarks, and the comparison of two runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import __main__ as bench
from benchmarks import compare
from benchmarks.figures import NOTED, Figure, from_plain, note, read

LIST = Figure("admin", "list", 55, "ms", baseline="itself, small database", ratio=1.14)


def test_a_figure_is_noted_where_the_table_is_made_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "noted"
    note("engine", "report", 5.0, "ms")
    monkeypatch.setenv(NOTED, str(file))
    one = note("engine", "report", 5.0, "ms", baseline="a loop", ratio=0.05, target=10.0)
    two = note("web", "saves", 90.0, "a second", more_is_better=True, target=80.0)
    assert read(file.read_text()) == [one, two]


@pytest.mark.parametrize(
    ("figure", "missed"),
    [
        (Figure("a", "b", 11, "ms", target=10), True),
        (Figure("a", "b", 10, "ms", target=10), False),
        (Figure("a", "b", 79, "a second", target=80, more_is_better=True), True),
        (Figure("a", "b", 500, "ms", ratio=1.2, target=1.15, of_ratio=True), True),
        (Figure("a", "b", 500, "ms", ratio=1.1, target=1.15, of_ratio=True), False),
        (Figure("a", "b", 500, "ms", ratio=2.0), False),
    ],
)
def test_a_missed_target_is_said(figure: Figure, missed: bool) -> None:
    assert figure.missed is missed
    assert ("MISSED" in bench.table([figure])) is missed


def test_the_table_has_a_row_for_each_figure_with_its_baseline_and_target() -> None:
    slow = Figure("web", "saves", 1234, "a second", "hello", 0.1, 0.13, True, True)
    lines = bench.table([LIST, slow]).splitlines()
    assert [cell.strip() for cell in lines[0].split("|")][1:3] == ["part", "what"]
    assert len({len(line) for line in lines}) == 1
    cells = [cell.strip() for cell in lines[3].split("|")][1:-1]
    assert cells == ["web", "saves", "1,234 a second", "hello", "0.1", "≥ 0.13", "MISSED"]


def test_the_machine_is_named_with_versions_and_day() -> None:
    about = bench.machine() | {"date": "2026-11-26T10:00:00+00:00"}
    said = bench.head(about)
    assert "2026-11-26" in said
    assert f"Python {sys.version.split()[0]}" in said
    assert "Django 5.2" in said
    assert f"{about['processors']} processors" in said


def kept(path: Path, *figures: Figure, cpu: str = "one") -> Path:
    about: dict[str, Any] = bench.machine() | {"date": "2026-11-26", "cpu": cpu}
    path.write_text(json.dumps({**about, "figures": [vars(figure) for figure in figures]}))
    return path


def compared(capsys: pytest.CaptureFixture[str], monkeypatch: Any, old: Path, new: Path) -> str:
    monkeypatch.setattr(sys, "argv", ["compare", str(old), str(new)])
    assert compare.main() == 0
    return capsys.readouterr().out


def test_two_runs_are_compared_by_what_a_noisy_machine_leaves_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slower = Figure("admin", "list", 550, "ms", ratio=1.15)  # ten times, and so is its baseline
    worse = Figure("web", "saves", 60, "a second", more_is_better=True)
    old = kept(tmp_path / "a.json", LIST, Figure("web", "saves", 90, "", more_is_better=True))
    new = kept(tmp_path / "b.json", slower, worse, Figure("web", "files", 7, ""), cpu="two")
    said = compared(capsys, monkeypatch, old, new).splitlines()
    by_row = {line.split("  ")[0]: line for line in said}
    assert by_row["admin: list"].endswith("+1%")
    assert by_row["web: saves"].endswith("-33%  WORSE")
    assert "only in the new: 7" in by_row["web: files"]
    assert any(line.startswith("The machines differ") for line in said)


def test_fewer_of_what_should_be_few_is_better(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = kept(tmp_path / "a.json", Figure("weight", "home", 60, "KB"))
    new = kept(tmp_path / "b.json", Figure("weight", "home", 40, "KB"))
    assert "-33%  better" in compared(capsys, monkeypatch, old, new)


def test_a_run_of_a_later_version_can_still_be_read() -> None:
    assert from_plain({**vars(LIST), "colour": "green"}) == LIST


def test_what_the_parts_noted_is_gathered_shown_and_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def part(command: list[str], env: dict[str, str], **options: Any) -> Any:
        """Stands for the process of a part: notes a figure, and fails if it is the second."""
        monkeypatch.setenv(NOTED, env[NOTED])
        note(command[-1], "a figure", 7, "ms")
        return subprocess.CompletedProcess(command, int(command[-1].endswith("weight")))

    about, file = bench.machine(), tmp_path / "run.json"
    monkeypatch.setattr(bench, "machine", lambda: about)
    monkeypatch.setattr(bench.subprocess, "run", part)
    asked = ["bench", "--only", "engine", "--only", "weight", "--to", str(file)]
    monkeypatch.setattr(sys, "argv", asked)
    assert bench.main() == 1
    run, said = json.loads(file.read_text()), capsys.readouterr().out
    assert set(run["methods"]) == {"engine", "weight"}
    parts = [figure["part"] for figure in run["figures"]]
    assert parts == ["benchmarks.engine", "benchmarks.weight"]
    assert said.count("a figure") == 2
    assert "FAILED: weight." in said
