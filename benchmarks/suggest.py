"""How quick suggestions are, how long they take to load, and what memory a server needs for them.

Run it with ``make bench``, or with ``.venv/bin/python -m benchmarks.suggest``. The baseline of a
suggestion is a product of two matrices of about its work, in the same run; that of memory is the
same server with SUGGEST=0. Every sentence is another one: nothing is remembered from before.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import httpx
import numpy as np

from assessments.engine.calibration import load_cases
from assessments.suggest import Classifier, load_classifier, why_not
from assessments.suggest.training.measures import Judged, in_words, measure
from assessments.suggest.training.sentences import load_sentences
from benchmarks.figures import note
from tests.servers import processes_of, run_beside, running_server

ROOT = Path(__file__).resolve().parents[1]
TEST = ROOT / "tests" / "suggest" / "sentences.jsonl"
LOADS = 5
WORKERS = 2
# About as many multiplications as a sentence of twelve pieces: 12 × 10.6 million.
SIDE = 503
ASKED = 10
TITLE = 48

# A founder whose changes have no kind yet: the page that shows them asks for suggestions.
START = """
from assessments.models import Assessment
assessment, token = Assessment.objects.start()
texts = ["Connect Stripe", "Split the name column", "Ten times more requests per second"]
assessment.answers = {"changes": [{"text": text} for text in texts]}
assessment.save()
print(token)
"""


def main() -> None:
    if sys.argv[1:] == ["--load"]:
        print(milliseconds(load_classifier))
        return
    if problem := why_not():
        print(f"Suggestions are not measured: {problem}.")
        return
    test = load_sentences(TEST)
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors,")
    print(f"load {os.getloadavg()[0]:.1f} before the start")
    print(f"{'':<{TITLE}}{'median':>8}{'p95':>7}{'target':>8}{'÷ product':>11}")
    known = load_classifier()
    speed(known, {"a case's change": changes_of_cases(), "a test sentence": [s.text for s in test]})
    loads = [load_apart() for _ in range(LOADS)]
    line("loading, in a process of its own, ms", statistics.median(loads), "1000")
    memory()
    judged = [Judged(one.kind, known.suggest(one.text)) for one in test]
    print(f"\n{in_words(measure(judged))}")


def changes_of_cases() -> list[str]:
    """The changes of the documented cases, as long as what is typed into that field."""
    texts = [change["text"] for case in load_cases() for change in case["answers"]["changes"]]
    return list(dict.fromkeys(texts))


def speed(known: Classifier, groups: Mapping[str, Sequence[str]]) -> None:
    """In turn with the baseline, so that what else the machine does is the same for both."""
    random = np.random.default_rng(0)
    left, right = random.random((2, SIDE, SIDE), dtype=np.float32)
    products = []
    rows: list[tuple[str, list[float], str]] = []
    for name, texts in groups.items():
        found, why = [], []
        for text in texts:
            products.append(milliseconds(lambda: left @ right))
            found.append(milliseconds(partial(known.suggest, text)))
            why.append(milliseconds(partial(known.because, text, known.kinds[0])))
        rows += [(f"{name}, ms", found, "8"), (f"{name}, the words that speak for it, ms", why, "")]
    product = statistics.median(products)
    for title, times, target in [*rows, (f"baseline: {SIDE} × {SIDE} matrices, ms", products, "")]:
        row(title, times, target, product)


def row(title: str, times: Sequence[float], target: str, product: float) -> None:
    took, slow = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    print(f"{title:<{TITLE}}{took:>8.2f}{slow:>7.1f}{target:>8}{took / product:>11.1f}")
    what, most = title.removesuffix(", ms"), float(target) if target else None
    baseline = "" if title.startswith("baseline") else f"{SIDE} × {SIDE} matrices"
    note("suggest", what, took, "ms", baseline=baseline, ratio=took / product, target=most)


def line(title: str, value: float, target: str) -> None:
    print(f"{title:<{TITLE}}{value:>8.0f}{'':>7}{target:>8}")
    what, _, unit = title.rpartition(", ")
    note("suggest", what, value, unit, target=float(target) if target else None)


def load_apart() -> float:
    """Packages, model and weights, in a process that has none of them."""
    command = [sys.executable, "-m", "benchmarks.suggest", "--load"]
    return float(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)


def memory() -> None:
    """All processes of a server after each worker has suggested something, with and without."""
    if sys.platform != "linux":
        print("Memory is not measured: that reads /proc.")
        return
    with_it, without = (server_mb({"SUGGEST": flag}) for flag in ("1", "0"))
    line(f"a server with {WORKERS} workers, MB", with_it, "")
    line("the same without suggestions, MB", without, "")
    line("difference, MB", with_it - without, "150")


def server_mb(settings: dict[str, str]) -> float:
    """The proportional set size of all its processes: what they share is counted once."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/site.sqlite3"
        with running_server(database, env={**settings, "WEB_CONCURRENCY": str(WORKERS)}) as url:
            address = f"{url}/a/{run_beside(url, START).strip()}/changes/"
            for _ in range(ASKED * WORKERS):
                httpx.get(address).raise_for_status()  # a new connection, so any worker may take it
            return sum(map(proportional_mb, processes_of(url)))


def proportional_mb(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return int(rollup.split("\nPss:")[1].split()[0]) / 1024


def milliseconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    main()
