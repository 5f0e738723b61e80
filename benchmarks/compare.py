"""Two runs of the benchmarks, row by row: ``make bench-compare OLD=a.json NEW=b.json``.

Rows with a baseline are compared by their ratio to it, so that a slower machine or a noisy hour
falls out; the others by what was measured. Without names, the last two runs in var/bench/.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.__main__ import KEPT, head, shown
from benchmarks.figures import Figure, from_plain

# Two runs on one noisy machine differ by as much now and then.
NOISE = 0.15
Runs = tuple[dict[str, Figure], dict[str, Figure]]


def main() -> int:
    options = parse()
    old, new = options.files or last_two()
    runs = [json.loads(path.read_text(encoding="utf-8")) for path in (old, new)]
    for name, path, run in zip(("old", "new"), (old, new), runs, strict=True):
        print(f"{name}: {path}\n{head(run)}\n")
    if runs[0]["cpu"] != runs[1]["cpu"]:
        print("The machines differ: only rows with a baseline can be compared.\n")
    for line in lines(rows(runs[0]), rows(runs[1])):
        print(line)
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare two runs of the benchmarks.")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="the old, the new")
    options = parser.parse_args()
    if len(options.files) not in (0, 2):
        parser.error("name two files, or none for the last two")
    return options


def last_two() -> list[Path]:
    kept = sorted(KEPT.glob("*.json"))[-2:]
    if len(kept) < 2:
        sys.exit(f"There are no two runs under {KEPT} yet: make bench keeps one each time.")
    return kept


def rows(run: dict[str, Any]) -> dict[str, Figure]:
    figures = map(from_plain, run["figures"])
    return {f"{figure.part}: {figure.what}": figure for figure in figures}


def lines(old: dict[str, Figure], new: dict[str, Figure]) -> list[str]:
    """Every row of either run, with how far it moved and in which direction."""
    names = list(dict.fromkeys([*old, *new]))
    width = max(map(len, names), default=0)
    return [f"{name:<{width}}  {moved(old.get(name), new.get(name))}" for name in names]


def moved(old: Figure | None, new: Figure | None) -> str:
    if old is None or new is None:
        there = old or new
        assert there, "a row is of one of the two"
        return f"{'only in the old' if old else 'only in the new'}: {shown(there.compared)}"
    said = f"{shown(old.compared):>9} → {shown(new.compared):>9}"
    if not old.compared:
        return said
    change = new.compared / old.compared - 1
    return f"{said}  {change:+.0%}{verdict(new, change)}"


def verdict(figure: Figure, change: float) -> str:
    if abs(change) <= NOISE:
        return ""
    return "  better" if (change > 0) == figure.more_is_better else "  WORSE"


if __name__ == "__main__":
    sys.exit(main())
