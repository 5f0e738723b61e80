"""``manage.py calibrate`` prints how the model does on documented cases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from assessments.engine.calibration import load_cases
from tests.servers import ROOT


def printed(**options: object) -> str:
    out = StringIO()
    call_command("calibrate", stdout=out, **options)
    return out.getvalue()


def row(text: str, name: str) -> list[str]:
    """The cells of a method's row in the table."""
    (found,) = (line for line in text.splitlines() if line.startswith(f"{name}  "))
    return [
        f"{n} of {of}"
        for n, of in zip(*[iter(found[24:].replace(" of ", " ").split())] * 2, strict=True)
    ]


def test_it_prints_a_line_for_every_case() -> None:
    lines = printed().splitlines()
    for case in load_cases():
        (line,) = (line for line in lines if line.startswith(f"{case['id']:<28.28} "))
        assert case["expected"] in line
        assert line.count("fastapi ") + line.count("go ") >= 2


def test_it_prints_the_model_beside_the_baselines() -> None:
    text = printed()
    model = row(text, "StackPick")
    assert model[0] == "27 of 27"
    assert model[1] in ("26 of 27", "27 of 27")
    assert row(text, "always FastAPI")[:2] == ["10 of 27", "10 of 27"]
    assert row(text, "always Go")[:2] == ["17 of 27", "17 of 27"]
    assert len(row(text, "majority of the changes")) == 4


def test_it_prints_closeness_and_the_agreement_of_the_readers() -> None:
    text = printed()
    assert "not clear: 5 of 5" in text
    assert "the same stack: " in text
    assert "32 cases" in text


def test_disagreement_is_marked(tmp_path: Path) -> None:
    case = load_cases()[0] | {"expected": "go", "answers": {"mistake": "slow_much"}}
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(case), encoding="utf-8")
    text = printed(cases=path)
    assert "NOT fastapi clear single" in text
    assert row(text, "StackPick")[0] == "0 of 1"


def test_it_runs_with_nothing_set() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "calibrate"],
        cwd=ROOT,
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == printed()


def test_cases_that_are_not_there_are_refused_in_a_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "calibrate", "--cases", str(tmp_path / "none.jsonl")],
        cwd=ROOT,
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
