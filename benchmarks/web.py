"""How quick the pages are, beside the least that Django can answer on the same server.

Run it with ``make bench``, or some of its rows with

    .venv/bin/python -m benchmarks.web --only save --only share --rounds 3

Gunicorn runs with production's settings, workers and middleware, and one page more, ``hello/``.
All rows are measured in turn, a slice of each in every round, and each is compared with the
hello of its own round: that ratio is what can be compared between machines.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks import load
from benchmarks.figures import note
from benchmarks.founders import founders
from benchmarks.rows import CONNECTIONS, Row, Site, Target
from tests.postgres import PostgresMissing, throwaway_postgres
from tests.servers import ROOT, running_server, without_our_settings

SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
    "WEB_CONCURRENCY": "2",
    # Counted and never reached, so that the API is measured with what its limit costs.
    "RATE_API": "999999/s",
    # Production renews a worker after some thousand requests. Here that would be one slice in
    # two for hello, while the new worker starts, and hardly any for a page: it would look better.
    "GUNICORN_CMD_ARGS": "--max-requests=0",
}
TITLES = {
    "steps": "wizard, all steps in turn",
    "heaviest": "wizard, the heaviest step",
    "result": "result",
    "share": "share page",
    "file": "shared file",
}
ON_SQLITE = [
    *("steps", "heaviest", "save", "result", "share", "share-304", "file", "score"),
    *(f"{name}-gzip" for name in TITLES),
]
ON_POSTGRESQL = ["postgresql-save", "postgresql-score"]
COLUMNS = (
    f"{'':<42}{'target':>7}{'a second':>10}{'÷ hello':>9}{'p99 ms':>8}{'errors':>8}{'queries':>9}"
)
WARM_UP_SECONDS = 1


def main() -> None:
    options = parse()
    if not load.has_wrk():
        print(f"SKIPPED all pages: {load.MISSING}.")
        return
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors,")
    print(f"load {os.getloadavg()[0]:.1f} before the start; {CONNECTIONS} connections,")
    print(f"medians of {options.rounds} rounds of {options.seconds:g} s, p99 of the worst round")
    if wanted := chosen(ON_SQLITE, options.only):
        with tempfile.TemporaryDirectory(prefix="stackpick-bench-", dir="/var/tmp") as folder:
            measure(f"sqlite:///{folder}/site.sqlite3", "SQLite", wanted, options)
    if wanted := chosen(ON_POSTGRESQL, options.only):
        try:
            with throwaway_postgres(durable=True) as url:
                measure(url, "PostgreSQL", wanted, options)
        except PostgresMissing as problem:
            print(f"SKIPPED {', '.join(wanted)}: {problem}.")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the pages beside a bare view.")
    parser.add_argument("--seconds", type=float, default=2, help="how long a slice is (2)")
    parser.add_argument("--rounds", type=int, default=5, help="how many slices of each (5)")
    names = [*ON_SQLITE, *ON_POSTGRESQL]
    parser.add_argument("--only", action="append", metavar="NAME", choices=names, help=str(names))
    return parser.parse_args()


def chosen(names: list[str], only: list[str] | None) -> list[str]:
    return [name for name in names if only is None or name in only]


def measure(database_url: str, title: str, wanted: list[str], options: argparse.Namespace) -> None:
    """Starts a server on the database, measures the rows on it and prints them."""
    with site_on(database_url) as site:
        hello, rows = site.hello(), [row for name in wanted if (row := row_of(site, name))]
        for row in [hello, *rows]:
            row.slice(WARM_UP_SECONDS)
            site.calm_down()
        for _ in range(options.rounds):
            for row in [hello, *rows]:
                row.measure(options.seconds)
                site.calm_down()
    print(f"\n{title}\n{COLUMNS}")
    for row in [hello, *rows]:
        print(line(row, hello))
        keep(title, row, hello)
    for words in notes(site, wanted, hello, rows):
        print(words)


@contextmanager
def site_on(database_url: str) -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="stackpick-bench-") as folder:
        log = Path(folder) / "log"
        with running_server(database_url, env=SETTINGS, log=log) as url:
            data = prepared(database_url)
            with httpx.Client(base_url=url, timeout=60) as client:
                yield Site(url, data, founders(url, database_url, data), client, log)


def prepared(database_url: str) -> dict[str, Any]:
    """What ``benchmarks.prepare`` put in the database; a process has only one of them."""
    environment = without_our_settings(os.environ) | SETTINGS
    environment |= {"DATABASE_URL": database_url, "ALLOWED_HOSTS": "testserver"}
    environment |= {"PLAIN_HTTP": "1", "SECRET_KEY": secrets.token_urlsafe(50)}
    command = [sys.executable, "-m", "benchmarks.prepare"]
    said = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(said.stdout))


def row_of(site: Site, name: str) -> Row | None:
    targets = {
        "steps": Target(0.20),
        "heaviest": Target(0.20),
        "result": Target(0.20, queries=4),
        "share": Target(0.90),
        "file": Target(0.90),
    }
    if name == "save":
        return site.save(name, "wizard, saving a step", 0.13)
    if name == "postgresql-save":
        return site.save(name, "wizard, saving a step", 0.15)
    if name.endswith("score"):
        return site.scored(name, "an answers file scored by the API", rate=80)
    page, _, how = name.partition("-")
    if how == "gzip":
        return site.zipped(page, TITLES[page])
    if how == "304":
        return site.not_modified(page, TITLES[page])
    return site.page(name, TITLES[name], targets[name])


def line(row: Row, hello: Row) -> str:
    target = shown(row.target) if row.target else ""
    queries = "" if row.queries is None else row.queries
    return (
        f"{row.title:<40}{target:>7}{row.rate:>10,.0f}{row.ratio(hello):>9.3f}"
        f"{row.p99_ms:>8.0f}{row.errors:>8}{queries:>9}"
    )


def keep(database: str, row: Row, hello: Row) -> None:
    """Notes a row for the table of all benchmarks."""
    target = row.target
    of_ratio = bool(target and target.ratio)
    figure: dict[str, Any] = {"more_is_better": True, "of_ratio": of_ratio}
    if target:
        figure["target"] = target.ratio if of_ratio else target.rate
    what = f"{row.title}, {database}"
    baseline = "" if row is hello else "hello"
    note("web", what, row.rate, "a second", baseline=baseline, ratio=row.ratio(hello), **figure)
    note("web", f"{what}: errors", row.errors, "", target=0)


def shown(target: Target) -> str:
    return f"{target.ratio:.2f}" if target.ratio else f"{target.rate:.0f}/s"


def notes(site: Site, wanted: list[str], hello: Row, rows: list[Row]) -> Iterator[str]:
    """What the table cannot say: what was left out, the heaviest step, the saves, the misses."""
    for name in sorted(set(wanted) - {row.name for row in rows}):
        yield f"SKIPPED {name}: the page has no ETag."
    if "heaviest" in wanted:
        yield f"The heaviest step is “{site.data['heaviest']}”."
    saving = site.founders
    if saving.acknowledged:
        yield f"{saving.acknowledged:,} saves acknowledged, {saving.stored:,} stored; what is more"
        yield f"was in flight when a slice ended. Founders whose numbers differ: {saving.lost}."
    for row in rows:
        for miss in row.misses(hello):
            yield f"MISSED {row.name}: {miss}."


if __name__ == "__main__":
    main()
