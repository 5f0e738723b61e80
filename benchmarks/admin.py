"""How quick the desk's list is over a thousand and over a million assessments.

Run it with ``make bench PARTS=admin``. It builds four databases under var/ the first time (minutes,
and about 6 GB), SQLite and PostgreSQL at both sizes, and keeps them. As ``python -m
benchmarks.admin`` it takes ``--rebuild``, which makes them anew, and ``--large 100000``, which
compares with another size. Pages are asked for in process, by Django's test client, in turn: each
row once a database in every round, so that a machine that slows down slows all of them. PostgreSQL
runs as it comes out of the box.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import secrets
import shutil
import signal
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.figures import note
from tests.postgres import PostgresMissing, kept_postgres
from tests.servers import ROOT, collect_static_files, without_our_settings

KEPT = ROOT / "var" / "bench-admin"
SMALL, LARGE = 1_000, 1_000_000
LAST = "?p=999999999"  # a page beyond the end is the last
MOST_QUERIES, MOST_CPU_MS, MOST_MAP_MS = 12, 60, 300
LAST_PAGE, SEARCH = 1.15, 2.5

FILTERS = (
    *("state=draft", "state=published", "verdict=fastapi", "verdict=-", "strength=close"),
    *("pattern=seam", "stage=growing", "review=overdue", "review=soon", "review=later"),
    *("review=-", "started=7", "started=90", "started=older", "client=50", "owner={owner}"),
    *("owner=-", "example=yes", "example=no", "archived=yes", "archived=no"),
    "state=reviewed&verdict=go&strength=lean&pattern=seam",
)
WORDS = {"rare": "quokka", "middling": "harbour", "common": "backend"}


@dataclass
class Row:
    """One page as one person sees it. ``what`` the worker is asked for, see there."""

    title: str
    query: str
    user: str = "root"
    what: str = "page"
    times: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    queries: dict[str, int] = field(default_factory=dict)

    def median(self, size: str, of: str = "ms") -> float:
        return statistics.median(one[of] for one in self.times[size])

    def least(self, size: str, of: str) -> float:
        """Others on the same processor only ever add to what a page costs it."""
        return min(one[of] for one in self.times[size])

    def ratio(self, size: str, other: Row, other_size: str) -> float:
        """Round by round, so that a machine that slows down slows both."""
        pairs = zip(self.times[size], other.times[other_size], strict=True)
        return statistics.median(own["ms"] / its["ms"] for own, its in pairs)


def rows_to_measure() -> list[Row]:
    searches = [
        Row(f"search, a {how} word{whose}", f"?q={word}", user)
        for user, whose in (("root", ""), ("consultant-1", ", a consultant"))
        for how, word in WORDS.items()
    ]
    return [
        Row("list", ""),
        Row("list, a consultant's", "", "consultant-1"),
        Row("list, a consultant with five clients", "", "few"),
        Row("last page", LAST),
        *searches,
        Row("search, two letters", "?q=ba"),
        Row("search, a common word, and filtered", "?q=backend&verdict=go"),
        *(Row(f"filter {query}", f"?{query}") for query in FILTERS),
        Row("sorted by review date", "?o=12"),
        Row("a page in the middle", "?p=middle"),
        Row("counts beside filters, one client", "?client=50&_facets=True"),
        Row("overdue reviews, counted", "", what="overdue"),
        Row("overdue reviews, counted for a consultant", "", "consultant-1", "overdue"),
        Row("the map alone", "", what="map"),
        Row("the map alone, a consultant's", "", "consultant-1", "map"),
    ]


def main() -> None:
    # SIGTERM must unwind the contexts, or PostgreSQL stays behind.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    options = parse()
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors,")
    print(f"load {os.getloadavg()[0]:.1f} before the start; medians of {options.rounds} rounds")
    collect_static_files()
    sizes = {"small": options.small, "large": options.large}
    for title, places in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        if options.only in (None, title.lower()):
            try:
                measure(title, places, sizes, options)
            except PostgresMissing as problem:
                print(f"SKIPPED {title}: {problem}.")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the desk's list at two sizes.")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--small", type=int, default=SMALL)
    parser.add_argument("--large", type=int, default=LARGE)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--rebuild", action="store_true", help="make the databases anew")
    return parser.parse_args()


# The databases


@contextmanager
def sqlite() -> Iterator[Callable[[int], tuple[str, Path]]]:
    """From a size to the URL of its database, and the file that says that it is whole."""
    KEPT.mkdir(parents=True, exist_ok=True)
    yield lambda rows: (f"sqlite:///{KEPT}/{rows}.sqlite3", KEPT / f"sqlite-{rows}.whole")


@contextmanager
def postgresql() -> Iterator[Callable[[int], tuple[str, Path]]]:
    with kept_postgres(KEPT / "postgresql") as url:
        yield lambda rows: (url(f"stackpick_{rows}"), KEPT / f"postgresql-{rows}.whole")


def build(rows: int, url: str, whole: Path) -> None:
    env = environment(url)
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)
    if not whole.exists():
        print(f"Building {rows:,} assessments: {whole.stem}", flush=True)
        command = [sys.executable, "-m", "benchmarks.desk_data", str(rows)]
        subprocess.run(command, cwd=ROOT, env=env, check=True)
        whole.touch()


def environment(url: str) -> dict[str, str]:
    return without_our_settings(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "stackpick.settings",
        "DATABASE_URL": url,
        "ALLOWED_HOSTS": "testserver",
        "PLAIN_HTTP": "1",
        "REQUIRE_MFA": "0",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "LOG_LEVEL": "error",
    }


# Measuring


@dataclass
class Worker:
    process: subprocess.Popen[str]

    def ask(self, **asked: Any) -> dict[str, float]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return dict(json.loads(self.process.stdout.readline()))


@contextmanager
def working_on(url: str) -> Iterator[Worker]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.desk_worker"],
        cwd=ROOT,
        env=environment(url),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Worker(process)
        assert process.stdin
        process.stdin.close()


def measure(title: str, places: Any, sizes: dict[str, int], options: argparse.Namespace) -> None:
    if options.rebuild:
        shutil.rmtree(KEPT, ignore_errors=True)
    with places() as place, ExitStack() as stack:
        workers = {}
        for size, number in sizes.items():
            url, whole = place(number)
            build(number, url, whole)
            workers[size] = stack.enter_context(working_on(url))
        rows = rows_to_measure()
        for number in range(-1, options.rounds):
            for row in rows:
                for size, worker in workers.items():
                    one_round(row, size, sizes[size], worker, warming=number < 0)
    show(title, rows)


def one_round(row: Row, size: str, number: int, worker: Worker, warming: bool) -> None:
    """The first round fills caches and counts queries."""
    query = row.query.replace("middle", str(number // 50 // 2)).replace("{owner}", "3")
    asked = {"user": row.user, "query": query}
    took = worker.ask(what=row.what, **asked)
    if not warming:
        row.times.setdefault(size, []).append(took)
    elif row.what == "page":
        row.queries[size] = int(worker.ask(what="count", **asked)["queries"])


# What is said


def show(title: str, rows: list[Row]) -> None:
    by_title = {row.title: row for row in rows}
    lists = {"root": by_title["list"], "consultant-1": by_title["list, a consultant's"]}
    head = f"{'':<58}{'small ms':>9}{'large ms':>9}{'÷ small':>8}{'÷ list':>8}{'cpu ms':>8}"
    print(f"\n{title}\n{head}{'least':>7}{'KB':>6}{'queries':>9}")
    for row in rows:
        beside = lists.get(row.user, lists["root"])
        print(
            f"{row.title:<58}{row.median('small'):>9.1f}{row.median('large'):>9.1f}"
            f"{row.ratio('large', row, 'small'):>8.2f}{row.ratio('large', beside, 'large'):>8.2f}"
            f"{row.median('large', 'cpu'):>8.1f}{row.least('large', 'cpu'):>7.1f}"
            f"{row.median('large', 'bytes') / 1000:>6.0f}"
            f"{max(row.queries.values(), default=0) or '':>9}"
        )
        keep(title, row, beside)
    for miss in misses(rows, lists):
        print(f"MISSED {miss}.")


def keep(database: str, row: Row, beside: Row) -> None:
    """Notes a row for the table of all benchmarks: a search beside the list, all others beside
    themselves over the small database."""
    took, what = row.median("large"), f"{row.title}, {database}"
    if row.query.startswith("?q="):
        ratio, baseline, most = row.ratio("large", beside, "large"), "the list", SEARCH
        note("admin", what, took, "ms", baseline=baseline, ratio=ratio, target=most, of_ratio=True)
        return
    ratio, baseline = row.ratio("large", row, "small"), "itself, small database"
    limits = {"last page": (LAST_PAGE, True), "list": (LAST_PAGE, True)}
    limit, of_ratio = limits.get(row.title, (None, False))
    if row.what == "map":
        limit = MOST_MAP_MS
    about = {"baseline": baseline, "ratio": ratio, "target": limit, "of_ratio": of_ratio}
    note("admin", what, took, "ms", **about)


def misses(rows: list[Row], lists: dict[str, Row]) -> Iterator[str]:
    for row in rows:
        if max(row.queries.values(), default=0) > MOST_QUERIES and "_facets" not in row.query:
            yield f"{row.title}: {max(row.queries.values())} queries, at most {MOST_QUERIES}"
        if row.title == "last page" and row.ratio("large", row, "small") > LAST_PAGE:
            yield f"{row.title}: {row.ratio('large', row, 'small'):.2f}, at most {LAST_PAGE}"
        if row.title == "list" and row.median("large", "cpu") > MOST_CPU_MS:
            yield f"{row.title}: {row.median('large', 'cpu'):.0f} ms of CPU, at most {MOST_CPU_MS}"
        if row.what == "map" and row.median("large") > MOST_MAP_MS:
            yield f"{row.title}: {row.median('large'):.0f} ms, at most {MOST_MAP_MS}"
        if row.query.startswith("?q=") and row.ratio("large", lists[row.user], "large") > SEARCH:
            ratio = row.ratio("large", lists[row.user], "large")
            yield f"{row.title}: {ratio:.2f} of the list, at most {SEARCH}"


if __name__ == "__main__":
    main()
