"""Mutation tests test themselves: what is broken is seen, and what lives is named."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants import judging
from tests.mutants.__main__ import modules, mutants_of
from tests.mutants.judging import Explained, Mutant, complaints, percent
from tests.mutants.running import Module
from tests.scanning.tools import SCANNERS, ran_for_json
from tests.servers import ROOT

SOURCE = '''\
LIMIT = 3


@cached
def allowed(count: int) -> bool:
    """Whether so many may come."""
    if count < 0:
        raise ValueError(count)
    return count < LIMIT
'''


def made_of(source: str, folder: Path) -> list[tuple[str, str, str]]:
    file = folder / "source.py"
    file.write_text(source)
    made = ran_for_json(SCANNERS / "python", ROOT / "tests" / "mutants" / "making.py", file)
    return [(each["in"], each["before"], each["after"]) for each in made]


def test_tables_and_cached_functions_are_broken_as_well(tmp_path: Path) -> None:
    assert made_of(SOURCE, tmp_path) == [
        ("", "LIMIT = 3", "LIMIT = None"),
        ("", "LIMIT = 3", "LIMIT = 4"),
        ("allowed", "if count < 0:", "if not (count < 0):"),
        ("allowed", "if count < 0:", "if count <= 0:"),
        ("allowed", "if count < 0:", "if count < 1:"),
        ("allowed", "raise ValueError(count)", "pass"),
        ("allowed", "raise ValueError(count)", "raise ValueError(None)"),
        ("allowed", "return count < LIMIT", "return None"),
        ("allowed", "return count < LIMIT", "return count <= LIMIT"),
    ]


def test_a_run_kills_what_a_test_sees_and_names_what_none_does(tmp_path: Path) -> None:
    """In a process of its own, as it forks. The tests of the table know nothing of tokens."""
    weak = [Module("assessments.tokens", ["tests/exports/test_plain.py"])]
    code = f"""
import json
from tests.mutants.__main__ import mutants_of, survivors_of
from tests.mutants.running import Module, runner
well, weak = Module("assessments.tokens", ["tests/test_tokens.py"]), Module(**{vars(weak[0])!r})
with runner([well, weak]) as started:
    made = mutants_of(well)
    lived = [len(survivors_of(started, each, made, 2)[0]) for each in (well, weak)]
print(json.dumps([len(made), *lived]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    made, lived, lived_of_the_weak = json.loads(done.stdout.splitlines()[-1])
    explained = [each for each in judging.explained() if each.mutant.module == "assessments.tokens"]
    assert lived == len(explained)
    # All but the few that break the import itself.
    assert made - 3 <= lived_of_the_weak <= made


A, B = (Mutant("a_module", "", "x = 1", f"x = {after}") for after in (2, 3))


@pytest.mark.parametrize(
    ("survivors", "known", "said"),
    [
        ([], [], []),
        ([A], [Explained(A, "No test can tell.")], []),
        ([A], [], ["Lives, and nobody says why"]),
        ([A], [Explained(A, " ")], ["Has no reason"]),
        ([], [Explained(A, "No test can tell.")], ["Is explained, but does not live"]),
        ([B], [Explained(A, "x")], ["Lives, and nobody", "Is explained, but"]),
    ],
)
def test_a_run_complains_of_survivors_and_reasons_without_each_other(
    survivors: list[Mutant], known: list[Explained], said: list[str]
) -> None:
    found = complaints([A, B], survivors, known)
    assert len(found) == len(said)
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True))


def test_what_is_known_of_modules_that_were_not_run_does_not_count() -> None:
    assert complaints([], [], [Explained(A, "No test can tell.")]) == []


def test_a_share_is_rounded_down() -> None:
    assert [percent(949, 1000), percent(9499, 10000), percent(0, 0)] == [94.9, 94.9, 100.0]


def test_each_explained_survivor_is_a_mutant_that_is_made_and_has_its_reason() -> None:
    by_name = {module.name: module for module in modules()}
    for explained in judging.explained():
        assert len(explained.why.split()) > 3
        made = {mutant for mutant, _source in mutants_of(by_name[explained.mutant.module])}
        assert explained.mutant in made
