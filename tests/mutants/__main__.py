"""`make mutants`: makes the mutants, runs the tests on each, and says what lived.

Names of modules, or the ends of them, run these alone: ``python -m tests.mutants scope tokens``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.judging import WANTED, Mutant, complaints, explained, percent
from tests.mutants.running import ROOT, Module, Runner, runner

HERE = Path(__file__).parent
MODULES = HERE / "modules.toml"
PYTHON_OF_SCANNERS = ROOT / "var" / "scanners" / "bin" / "python"
# Where `make soak` gathers its figures (tests/faults/conftest.py).
FIGURES = "STACKPICK_SOAK_FIGURES"


def modules(file: Path = MODULES) -> list[Module]:
    entries = tomllib.loads(file.read_text(encoding="utf-8"))["module"]
    return [Module(each["name"], each["tests"]) for each in entries]


def mutants_of(module: Module) -> list[tuple[Mutant, str]]:
    """Each mutant with its whole source."""
    file = ROOT / f"{module.name.replace('.', '/')}.py"
    command = [PYTHON_OF_SCANNERS, HERE / "making.py", file]
    made = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [
        (Mutant(module.name, each["in"], each["before"], each["after"]), each["source"])
        for each in json.loads(made)
    ]


def survivors_of(
    runner: Runner, module: Module, made: Sequence[tuple[Mutant, str]], at_once: int
) -> tuple[list[Mutant], float]:
    """Those that live, and the seconds of processor that it took to find out."""
    control = runner.run(module, module.source, seconds=600)
    if not control.passed:
        sys.exit(f"{module.name}: its tests fail on its own source:\n{control.said}")
    most = 20 + int(5 * control.seconds)
    sources = [source for _mutant, source in made]
    lived, seconds = [], control.seconds
    for number, ran in runner.run_all(module, sources, most, at_once):
        seconds += ran.seconds
        if ran.passed:
            lived.append(number)
            print(f"Lives: {made[number][0]}", flush=True)
    return [made[number][0] for number in sorted(lived)], seconds


def write_down(module: str, killed: int, made: int, seconds: float) -> None:
    share = percent(killed, made)
    print(f"{module}: {killed} of {made} killed, {share} %, {seconds:.0f} s", flush=True)
    if file := os.environ.get(FIGURES, ""):
        what = f"Mutants of {module} killed, of {made}"
        said = {"test": "tests/mutants", "what": what, "value": share, "unit": "%"}
        with Path(file).open("a", encoding="utf-8") as figures:
            figures.write(json.dumps(said | {"wanted": f"{WANTED} in all"}) + "\n")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help="modules, or the ends of their names")
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(argv)
    chosen = [
        module
        for module in modules()
        if not asked.names or module.name.endswith(tuple(asked.names))
    ]
    everything, lived, total = [], [], 0.0
    with runner(chosen) as started:
        for module in chosen:
            made = mutants_of(module)
            survivors, seconds = survivors_of(started, module, made, asked.at_once)
            write_down(module.name, len(made) - len(survivors), len(made), seconds)
            everything += [mutant for mutant, _source in made]
            lived += survivors
            total += seconds
    wrong = complaints(everything, lived, explained())
    print(*wrong, sep="\n")
    killed = len(everything) - len(lived)
    write_down("all of these", killed, len(everything), total)
    return int(bool(wrong) or percent(killed, len(everything)) < WANTED)


if __name__ == "__main__":
    sys.exit(main())
