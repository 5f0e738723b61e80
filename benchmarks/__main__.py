"""All benchmarks, one after the other, in one table: ``make bench``.

    python -m benchmarks [--only PART]... [--to FILE]

Each part runs in a process of its own and measures its baseline in the same run. What it prints is
shown as it comes; at the end stands one table, and the same as JSON in var/bench/, for
``python -m benchmarks.compare``. A part whose tools are missing says so, and is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.figures import NOTED, Figure, read

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "var" / "bench"
# In the order in which they run, each with how it measures.
PARTS = {
    "engine": "medians over 64 answers files; baseline: a plain loop over as many draws",
    "suggest": "medians, each sentence once; baseline: a product of matrices of about its work",
    "documents": "medians of 60 in turn; baseline: a document of one line",
    "web": "wrk, 50 connections, medians of 5 rounds in turn; baseline: a view that says hello",
    "weight": "bytes over the wire as Chromium counts them; one visitor, an empty cache",
    "admin": "medians of 15 rounds in turn, in process; baseline: the same over 1,000 assessments",
}
PACKAGES = ("Django", "gunicorn", "numpy", "psycopg", "typst", "Jinja2")
PROGRAMS = {"PostgreSQL": ["psql", "--version"], "Chromium": ["chromium", "--version"]}


def main() -> int:
    options = parse()
    parts = options.only or list(PARTS)
    figures, failed = [], []
    started = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="stackpick-bench-") as folder:
        for part in parts:
            print(f"\n# {part}: {PARTS[part]}\n", flush=True)
            found, status = run(part, Path(folder) / part)
            figures += found
            failed += [part] if status else []
    about = machine() | {"date": started.isoformat(timespec="seconds")}
    about["methods"] = {part: PARTS[part] for part in parts}
    print(f"\n{head(about)}\n\n{table(figures)}")
    path = options.to or KEPT / f"{started:%Y-%m-%d-%H%M%S}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {**about, "figures": [asdict(figure) for figure in figures]}
    path.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"\nKept as {path}. To compare two runs: make bench-compare OLD=… NEW=…")
    if failed:
        print(f"FAILED: {', '.join(failed)}.")
    return bool(failed)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure it all.")
    parser.add_argument(
        "--only", action="append", choices=PARTS, metavar="PART", help=str([*PARTS])
    )
    parser.add_argument("--to", type=Path, metavar="FILE", help="where to keep it (var/bench/…)")
    return parser.parse_args()


def run(part: str, noted: Path) -> tuple[list[Figure], int]:
    """The figures of a part, and how its process ended."""
    noted.touch()
    command = [sys.executable, "-m", f"benchmarks.{part}"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {NOTED: str(noted)})
    return read(noted.read_text(encoding="utf-8")), done.returncode


def machine() -> dict[str, Any]:
    """What was measured on, and with which versions."""
    versions = {"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version}
    versions |= {name: version(name) for name in PACKAGES}
    versions |= {name: said for name, asked in PROGRAMS.items() if (said := answer(asked))}
    return {
        "cpu": processor(),
        "processors": os.cpu_count() or 0,
        "system": f"{platform.system()} {platform.release()}, {platform.machine()}",
        "load_before": round(os.getloadavg()[0], 1),
        "versions": versions,
    }


def processor() -> str:
    """Its name, where the system tells."""
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or "unknown"


def answer(command: list[str]) -> str:
    """The number in what a program says of its version; empty where it is not there."""
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"\d+(\.\d+)+", said)
    return found[0] if found else ""


def head(about: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    return (
        f"{about['date']}, {about['cpu']}, {about['processors']} processors, {about['system']},"
        f" load {about['load_before']} before the start\n{versions}"
    )


COLUMNS = ("part", "what", "measured", "baseline", "ratio", "target", "")


def table(figures: list[Figure]) -> str:
    """One row a figure, as Markdown that is also read as it is."""
    rows = [COLUMNS, *map(cells, figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def cells(figure: Figure) -> tuple[str, ...]:
    ratio = "" if figure.ratio is None else shown(figure.ratio)
    return (
        figure.part,
        figure.what,
        f"{shown(figure.value)} {figure.unit}".strip(),
        figure.baseline,
        ratio,
        target(figure),
        "MISSED" if figure.missed else "",
    )


def target(figure: Figure) -> str:
    if figure.target is None:
        return ""
    unit = "" if figure.of_ratio else f" {figure.unit}"
    return f"{'≥' if figure.more_is_better else '≤'} {shown(figure.target)}{unit}".rstrip()


def shown(value: float) -> str:
    """Three figures, without an exponent."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


if __name__ == "__main__":
    started_at = time.monotonic()
    ended = main()
    print(f"{time.monotonic() - started_at:.0f} s in all.")
    sys.exit(ended)
