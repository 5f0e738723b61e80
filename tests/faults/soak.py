"""The whole bench: all faults at their full size, thorough property tests, scanners, mutants.

    python -m tests.faults.soak [PART]...

It goes on after a failure. What it measured is kept in docs/reliability.json, part by part with
its date, and docs/reliability.md is written anew from that: a part that is not run this time keeps
the figures of its last run.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from benchmarks.__main__ import machine
from tests.faults.conftest import FIGURES
from tests.faults.reliability import FAILED, PASSED, SKIPPED, Figure, Part, Test, page
from tests.servers import ROOT, without_our_settings

KEPT = ROOT / "docs" / "reliability.json"
PAGE = ROOT / "docs" / "reliability.md"
BENCH = ROOT / "tests" / "faults"
# Those are tests of the bench itself, and measure nothing.
OF_THE_BENCH = {"bench", "reliability", "writing_down"}
TIMEOUT = ["--timeout", "14400"]
TARGETS = {
    "postgresql": "All tests of the database on PostgreSQL, with all their cases.",
    "scan": "Scanners of the code and of the running site, and faults seeded for them to find.",
    "mutants": "Mutants of the code: each is a small mistake that some test has to notice.",
}
PROPERTIES = "properties"
ABOUT_PROPERTIES = "Property tests, with many more examples than a check of each change has."
LOOKS = "looks"
ABOUT_LOOKS = "Every page in a browser, with more looks at it than a check of each change has."
LOOKING = ["tests/browser/test_every_page.py", "tests/browser/test_desk_pages.py"]
THOROUGH = {"STACKPICK_EXAMPLES": "thorough"}


def main() -> int:
    parts = all_parts()
    parser = argparse.ArgumentParser(prog="make soak", description="Run the whole bench.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(parts)}")
    chosen = parser.parse_args().parts or list(parts)
    if unknown := set(chosen) - set(parts):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    about = machine() | {"memory": memory()}
    failed = []
    for name in chosen:
        print(f"\n# {name}", flush=True)
        found = parts[name](name, about)
        keep(found, parts)
        failed += [name] if found.outcome == FAILED else []
    print(f"\n{PAGE.relative_to(ROOT)} is written anew.")
    if failed:
        print(f"FAILED: {', '.join(failed)}.")
    return bool(failed)


Run = Callable[[str, dict[str, Any]], Part]


def all_parts() -> dict[str, Run]:
    """In the order in which they run."""
    files = sorted(file.stem.removeprefix("test_") for file in BENCH.glob("test_*.py"))
    parts: dict[str, Run] = dict.fromkeys(
        (name for name in files if name not in OF_THE_BENCH), run_file
    )
    parts |= {LOOKS: run_looks, PROPERTIES: run_properties}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    parts |= {name: run_target for name in TARGETS if re.search(rf"^{name}:", makefile, re.M)}
    return parts


def run_file(name: str, about: dict[str, Any]) -> Part:
    file = BENCH / f"test_{name}.py"
    said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    tests = run_pytest([str(file), "--soak", "-n", "0", *TIMEOUT], {})
    return Part(name, said, today(), about, tests)


def run_properties(name: str, about: dict[str, Any]) -> Part:
    """All tests of the files that ask Hypothesis for examples, but for those of faults."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    asking = [file for file in files if BENCH not in file.parents and _asks_hypothesis(file)]
    tests = run_pytest([*map(str, asking), "-n", "auto", *TIMEOUT], THOROUGH)
    return Part(name, ABOUT_PROPERTIES, today(), about, by_file(tests))


def run_looks(name: str, about: dict[str, Any]) -> Part:
    tests = run_pytest([*LOOKING, "-n", "auto", "--dist", "loadfile", *TIMEOUT], THOROUGH)
    return Part(name, ABOUT_LOOKS, today(), about, by_file(tests))


def _asks_hypothesis(file: Path) -> bool:
    return bool(re.search(r"^(from|import) hypothesis", file.read_text("utf-8"), re.MULTILINE))


def by_file(tests: Iterable[Test]) -> list[Test]:
    """One line for all tests of a file, and one for each that has failed."""
    files: dict[str, list[Test]] = {}
    for test in tests:
        files.setdefault(test.file or test.name, []).append(test)
    lines: list[Test] = []
    for file, own in files.items():
        failed = [test for test in own if test.outcome == FAILED]
        seconds = sum(test.seconds for test in own)
        passed = [Figure("Tests that passed", len(own) - len(failed), "", str(len(own)))]
        lines += [Test(file, FAILED if failed else PASSED, seconds, "", passed), *failed]
    return lines


def run_pytest(arguments: list[str], env: dict[str, str]) -> list[Test]:
    """Runs it, and reads what it says of each test."""
    with tempfile.TemporaryDirectory(prefix="stackpick-soak-") as folder:
        report, figures = Path(folder) / "report.xml", Path(folder) / "figures"
        figures.touch()
        command = [sys.executable, "-m", "pytest", *arguments, f"--junitxml={report}"]
        command += ["-o", "junit_family=xunit1", "--no-cov", "-q"]
        outside = without_our_settings(os.environ)
        start = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, env=outside | env | {FIGURES: str(figures)})
        if not report.is_file():
            took = time.monotonic() - start
            return [Test("pytest did not run", FAILED, took, f"exit status {done.returncode}")]
        return read_report(report.read_text("utf-8"), figures.read_text("utf-8"))


def read_report(xml: str, figures: str) -> list[Test]:
    """The tests of a JUnit report, each with the figures that it wrote down."""
    by_test: dict[str, list[Figure]] = {}
    for line in figures.splitlines():
        said = json.loads(line)
        by_test.setdefault(said.pop("test"), []).append(Figure(**said))
    cases = ElementTree.fromstring(xml).iter("testcase")  # noqa: S314 -- pytest has just written it
    return [_test(case, by_test) for case in cases]


def _test(case: ElementTree.Element, figures: dict[str, list[Figure]]) -> Test:
    outcome, message = PASSED, ""
    for child in case:
        if child.tag in ("failure", "error"):
            outcome, message = FAILED, child.get("message", "")
        elif child.tag == "skipped":
            outcome, message = SKIPPED, child.get("message", "")
    name = case.get("name", "")
    file = case.get("file", "")
    own = figures.get(f"{file}::{name}", [])
    return Test(in_words(name), outcome, float(case.get("time", 0)), message, own, file)


def in_words(name: str) -> str:
    """A sentence of the name of a test, with what it was run on in brackets."""
    words, bracket, parameter = name.removeprefix("test_").partition("[")
    sentence = words.replace("_", " ")
    return f"{sentence[:1].upper()}{sentence[1:]}{' (' if bracket else ''}{parameter[:-1]}" + (
        ")" if bracket else ""
    )


def run_target(name: str, about: dict[str, Any]) -> Part:
    """A target of the Makefile, which says itself what it found."""
    start = time.monotonic()
    done = subprocess.run(
        ["make", "--no-print-directory", name], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    print(done.stdout)
    last = next((line for line in reversed(done.stdout.splitlines()) if line.strip()), "")
    outcome = FAILED if done.returncode else PASSED
    figures = [Figure("The last line of what it says", last)]
    test = Test(f"make {name}", outcome, time.monotonic() - start, "", figures)
    return Part(name, TARGETS[name], today(), about, [test])


def keep(found: Part, known: Iterable[str]) -> None:
    """Puts a part in place of its last run, and writes the page; what is no part any more goes."""
    kept = {part.name: part for part in kept_parts()} | {found.name: found}
    parts = [kept[name] for name in known if name in kept]
    plain = json.dumps([part.plain() for part in parts], indent=1, ensure_ascii=False)
    KEPT.write_text(plain + "\n", encoding="utf-8")
    PAGE.write_text(page(parts), encoding="utf-8")


def kept_parts() -> list[Part]:
    if not KEPT.is_file():
        return []
    return [Part.from_plain(part) for part in json.loads(KEPT.read_text(encoding="utf-8"))]


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def memory() -> str:
    """How much the machine has."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{total / 2**30:.0f} GiB"


if __name__ == "__main__":
    sys.exit(main())
