"""How quick the PDF and the picture are, and what memory they take, beside a bare document.

Run it with ``make bench``, or with ``.venv/bin/python -m benchmarks.documents``. The baseline is a
document of one line, set by the same child process: what Typst, the pipes and Python cost at least.
Every document is another one, as if each founder asked for theirs once: nothing is kept from the
one before but fonts and templates.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count, cycle
from pathlib import Path

from assessments.engine.answers import parse
from assessments.engine.loading import load_lens
from assessments.engine.report import build_report
from assessments.exports import pdf, picture
from assessments.exports.item import Item
from assessments.exports.typesetting import typesetter
from benchmarks.figures import note

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 60
FIRSTS = 5
MANY = 500
SETTLED = 50  # documents after which memory should have reached its height
FINISHED = datetime(2026, 11, 25, 14, 3, tzinfo=UTC)


def main() -> None:
    if sys.argv[1:] == ["--first"]:
        print(first_ms())
        return
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors,")
    print(f"load {os.getloadavg()[0]:.1f} before the start; medians of {ROUNDS}")
    print(f"{'':<44}{'median ms':>10}{'best':>7}{'target':>9}{'÷ bare':>9}")
    items = documents()
    speed(items)
    firsts = [first_apart() for _ in range(FIRSTS)]
    row("first PDF, with the start of the child", firsts, "200")
    memory(items)


def speed(items: Iterator[Item]) -> None:
    """All three in turn, so that what else the machine does is the same for each."""
    runs: dict[str, Callable[[], object]] = {
        "baseline: a document of one line": lambda: typesetter.render("warm.typ", {}, format="pdf"),
        "PDF": lambda: pdf.render(next(items)),
        "PNG": lambda: picture.render(next(items)),
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()
    for _ in range(ROUNDS):
        for name, run in runs.items():
            times[name].append(milliseconds(run))
    bare, *rest = times
    for name in (*rest, bare):
        row(name, times[name], "" if name == bare else "40", statistics.median(times[bare]))


def row(name: str, times: list[float], target: str, bare: float = 0) -> None:
    took = statistics.median(times)
    ratio = f"{took / bare:>9.1f}" if bare else ""
    print(f"{name:<44}{took:>10.1f}{min(times):>7.1f}{target:>9}{ratio}")
    most, beside = float(target) if target else None, took / bare if bare else None
    baseline = "a document of one line" if bare and target else ""
    note("documents", name, took, "ms", baseline=baseline, ratio=beside, target=most)


def memory(items: Iterator[Item]) -> None:
    """What a worker needs more for its documents: the whole child, and what the worker grew by."""
    before = resident_mb(os.getpid())
    heights = []
    for number in range(MANY):
        (pdf if number % 2 else picture).render(next(items))
        if number % SETTLED == SETTLED - 1:
            assert typesetter.pid, "the child runs: it has just made a document"
            heights.append(resident_mb(typesetter.pid) + resident_mb(os.getpid()) - before)
    print(f"{f'memory, MB, after {SETTLED} documents':<44}{heights[0]:>10.0f}{'':>7}{'80':>9}")
    print(f"{f'memory, MB, after {MANY} documents':<44}{heights[-1]:>10.0f}{'':>7}{'flat':>9}")
    few = f"memory after {SETTLED} documents"
    note("documents", few, heights[0], "MB", target=80)
    ratio = heights[-1] / heights[0] if heights[0] else None
    note("documents", f"memory after {MANY}", heights[-1], "MB", baseline=few, ratio=ratio)


def resident_mb(pid: int) -> float:
    """The resident set, with what it shares with others; zero elsewhere than on Linux."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def first_apart() -> float:
    """The first document of a process of its own."""
    command = [sys.executable, "-m", "benchmarks.documents", "--first"]
    return float(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)


def first_ms() -> float:
    item = next(documents())
    return milliseconds(lambda: pdf.render(item))


def documents() -> Iterator[Item]:
    """The worked examples in turn, each time with other words in them."""
    lens = load_lens()
    made = []
    for number, path in enumerate(sorted((ROOT / "assessments/examples").glob("*.json"))):
        file = json.loads(path.read_text(encoding="utf-8"))
        report = build_report(lens, parse(lens, file))
        names = (file["project"]["name"], file["project"]["summary"])
        about = ("", *names, "", "finished", FINISHED, FINISHED, date(2027, 2, 24))
        made.append(Item(number, *about, file, dict(report), None, "https://example.org"))
    for number, item in zip(count(), cycle(made), strict=False):
        yield reworded(item, number)


def reworded(item: Item, number: int) -> Item:
    assert item.report
    project = {**item.report["project"], "name": f"{item.project} {number}"}
    because = f"{item.report['because']} ({number})"
    changes = [
        {**change, "text": f"{change['text']} {number}"} for change in item.report["changes"]
    ]
    report = {**item.report, "project": project, "because": because, "changes": changes}
    return replace(item, report=report)


def milliseconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    main()
