"""How quick the engine is, beside a plain loop over the same number of draws.

Run it with ``make bench``. Times are medians on the machine at hand; the ratios to the baseline,
measured in the same run, are what can be compared between machines.
"""

from __future__ import annotations

import json
import math
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from assessments.engine.answers import Answers
from assessments.engine.bounds import bounds, next_question
from assessments.engine.calibration import case_answers, load_cases
from assessments.engine.lens import Axis, Lens
from assessments.engine.loading import load_lens
from assessments.engine.readings import reading_of
from assessments.engine.report import build_report
from assessments.engine.robustness import robustness
from assessments.engine.scoring import score
from benchmarks.figures import note

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 15
LOOP = "a plain loop over 10,000 draws"
AXES: tuple[Axis, Axis] = ("uncertainty", "operations")


def main() -> None:
    lens = load_lens()
    cases = [case_answers(lens, case, reader) for case in load_cases() for reader in (0, 1)]
    loop = median_ms(lambda answers: plain_loop(lens, answers), cases[:3], rounds=1)
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors")
    print(f"{'':<44}{'median ms':>10}{'target':>9}{'loop ÷ it':>11}")
    rows: list[tuple[str, Callable[[Answers], object], str]] = [
        ("full report, 10,000 draws", lambda a: build_report(lens, a), "10"),
        ("bounds and next question", lambda a: (bounds(lens, a), next_question(lens, a)), "1"),
        ("robustness alone, 10,000 draws", lambda a: robustness(lens, a), ""),
    ]
    for name, run, target in rows:
        took = median_ms(run, cases)
        print(f"{name:<44}{took:>10.2f}{target:>9}{loop / took:>11.0f}")
        most = float(target) if target else None
        note("engine", name, took, "ms", baseline=LOOP, ratio=took / loop, target=most)
    print(f"{f'baseline: {LOOP}':<44}{loop:>10.0f}{'':>9}{1:>11}")
    note("engine", f"baseline: {LOOP}", loop, "ms", ratio=1.0)
    for count in (100, 1000):
        command_line(lens, cases, count)


Run = Callable[[Answers], object]


def median_ms(run: Run, cases: list[Answers], rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        for answers in cases:
            start = time.perf_counter()
            run(answers)
            times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def plain_loop(lens: Lens, answers: Answers) -> float:
    """The same draws without NumPy: what a first version would be. The share of FastAPI."""
    verdict, rng = score(lens, answers), random.Random(1)  # noqa: S311
    readings = {q.id: reading_of(lens, answers, q) for q in lens.weighed}
    width, wins = math.log(lens.arithmetic.factor), 0
    for _ in range(lens.arithmetic.draws):
        scores = []
        for number, axis in enumerate(AXES):
            total = value = 0.0
            for question in lens.weighed:
                weight = question.weights.get(axis, 0.0) * math.exp(rng.uniform(-width, width))
                total += weight
                value += weight * readings[question.id][number]
            scores.append(100 * value / total)
        belief = 1 / (1 + math.exp(-(scores[0] - scores[1]) / lens.arithmetic.scale))
        ratio = (
            verdict.loss.too_slow / verdict.loss.too_loosely * math.exp(rng.uniform(-width, width))
        )
        slow, loosely = ratio / (1 + ratio), 1 / (1 + ratio)
        fastapi = (1 - belief) * loosely + verdict.fit["fastapi"]
        wins += fastapi <= belief * slow + verdict.fit["go"]
    return wins / lens.arithmetic.draws


def command_line(lens: Lens, cases: list[Answers], count: int) -> None:
    """``manage.py score`` over so many answers: rate and peak memory of the whole process."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for number in range(count):
            file.write(json.dumps(cases[number % len(cases)].to_file(lens)) + "\n")
        file.flush()
        command = [sys.executable, "manage.py", "score", file.name]
        start = time.perf_counter()
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        took = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"manage.py score, {count:>5} answers: {count / took:>5.0f} a second, {peak} MB at most")
    title = f"manage.py score, {count} answers"
    note("engine", title, count / took, "a second", more_is_better=True)
    note("engine", f"{title}, memory at most", peak, "MB")


if __name__ == "__main__":
    main()
