"""What one small server answers, FastAPI beside Go: measures it and writes the figures.

    make headroom

Every case is measured in short slices that take turns, so that a machine that slows down for a
while slows all of them down. README.md says what is measured, and what it does not show.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg

from assessments.engine.headroom import DEFAULT, FORMAT, load_figures
from tests.postgres import PostgresMissing, find_binaries, throwaway_postgres

from .load import CONNECTIONS, PATHS, LoadFailed, busy_cores, slice_of
from .variants import (
    GO_PATH,
    POOL,
    PYTHON,
    VAR,
    Place,
    Server,
    build_go,
    build_python,
    serving,
)

STACKS = ("fastapi", "go")
WORKERS = (1, 2)
ROUNDS = 9
SECONDS = 3
WARM_UP_SECONDS = 1
ITEMS = 1000
QUIET_SECONDS = 5
QUIET_BELOW = 0.1  # cores that other programs may use before a warning
TOOLS = {"go": "golang", "wrk": "wrk", "taskset": "util-linux"}
LIBRARY = "github.com/lib/pq"
LIBRARY_PACKAGE = "golang-github-lib-pq-dev"

Slices = dict[tuple[Server, str], list[tuple[float, float]]]


class Missing(Exception):
    """Something that has to be installed first; the text says what."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure what one small server answers.")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="slices of each case")
    parser.add_argument("--output", type=Path, default=DEFAULT, help="the file of figures")
    wanted = parser.parse_args()
    try:
        look_for_tools()
        measure(max(1, wanted.rounds), wanted.output)
    except (Missing, PostgresMissing, LoadFailed) as problem:
        print(f"Not measured: {problem}.", file=sys.stderr)
        return 1
    return 0


def look_for_tools() -> None:
    """Say what is missing before anything is built."""
    if not sys.platform.startswith("linux"):
        raise Missing("this needs Linux, which can tie a server to one core")
    for tool, package in TOOLS.items():
        if not shutil.which(tool):
            raise Missing(f"{tool} is not installed (Debian's package is called {package})")
    if not (GO_PATH / "src" / LIBRARY).is_dir():
        raise Missing(f"{LIBRARY} is not installed (Debian's package is called {LIBRARY_PACKAGE})")
    if len(os.sched_getaffinity(0)) < 2:
        raise Missing("this needs two cores, one for the server and one for the load")
    find_binaries()


def measure(rounds: int, output: Path) -> None:
    """Build, measure, check what was measured, and only then replace the file of figures."""
    # SIGTERM must unwind the contexts, or servers stay behind.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    VAR.mkdir(parents=True, exist_ok=True)
    print("Building both servers", flush=True)
    build_python()
    build_go()
    before = cores_of_others()
    with ExitStack() as stack:
        servers = start_servers(stack)
        check_answers(servers)
        slices = take_turns(servers, rounds)
    others = max(before, cores_of_others())
    draft = VAR / "headroom.json"
    text = json.dumps(figures(slices, method(rounds, others)), indent=2, ensure_ascii=False)
    draft.write_text(f"{text}\n", encoding="utf-8")
    load_figures(draft)
    shutil.copyfile(draft, output)
    print(f"Wrote {output}")


def cores_of_others() -> float:
    """How many cores other programs keep busy, with a warning where that spoils the figures."""
    others = busy_cores(QUIET_SECONDS)
    if others > QUIET_BELOW:
        print(f"Other programs keep {others:.1f} cores busy: the figures are too low.", flush=True)
    return others


def start_servers(stack: ExitStack) -> list[Server]:
    """Each stack with one worker on one core, and with two on both, beside its own database."""
    first, second = sorted(os.sched_getaffinity(0))[:2]
    both = f"{first},{second}"
    places = {1: Place(str(first), str(second)), 2: Place(both, both)}
    servers = []
    for workers in WORKERS:
        with only_on(places[workers].load):
            database = stack.enter_context(throwaway_postgres())
        fill(database)
        for name in STACKS:
            running = serving(name, workers, database, places[workers])
            servers.append(stack.enter_context(running))
    return servers


@contextmanager
def only_on(cores: str) -> Iterator[None]:
    """Programs that start meanwhile run on these cores only, for as long as they live."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {int(core) for core in cores.split(",")})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def fill(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL,"
            " price_cents int NOT NULL, in_stock boolean NOT NULL)"
        )
        connection.execute(
            "INSERT INTO item SELECT n, 'Item ' || n, 100 + n, n %% 3 > 0"
            " FROM generate_series(1, %s) AS n",
            [ITEMS],
        )
        connection.execute("VACUUM ANALYZE item")


def check_answers(servers: Sequence[Server]) -> None:
    """All servers have to give the same answers, or the comparison is none."""
    for path in PATHS.values():
        answers = {httpx.get(server.url + path, trust_env=False).text.strip() for server in servers}
        if len(answers) > 1:
            raise LoadFailed(f"the servers differ in what they answer to {path}: {answers}")


def take_turns(servers: Sequence[Server], rounds: int) -> Slices:
    """Slices of every server and scenario, every second round in the opposite order."""
    order = [(server, scenario) for server in servers for scenario in PATHS]
    for server, scenario in order:
        slice_of(server, scenario, WARM_UP_SECONDS)
    slices: Slices = {case: [] for case in order}
    for number in range(rounds):
        for server, scenario in order if number % 2 == 0 else order[::-1]:
            slices[server, scenario].append(slice_of(server, scenario, SECONDS))
        print(f"Round {number + 1} of {rounds}", flush=True)
    return slices


def figures(slices: Slices, how: dict[str, str]) -> dict[str, Any]:
    """The content of the file of figures."""
    return {
        "format": FORMAT,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {"cpu": processor(), "cores": os.cpu_count()},
        "versions": versions(),
        "method": how,
        "results": [
            result(server, scenario, of_case) for (server, scenario), of_case in slices.items()
        ],
    }


def result(server: Server, scenario: str, of_case: list[tuple[float, float]]) -> dict[str, Any]:
    rates = [rate for rate, _ in of_case]
    rps = {"median": statistics.median(rates), "low": min(rates), "high": max(rates)}
    rounded = {name: round(value) for name, value in rps.items()}
    busy = round(statistics.median(busy for _, busy in of_case), 2)
    print(f"{server.stack:8} {server.workers} {scenario:5} {rounded} busy {busy}")
    return {
        "stack": server.stack,
        "workers": server.workers,
        "scenario": scenario,
        "rps": rounded,
        "busy": busy,
    }


def method(rounds: int, others: float) -> dict[str, str]:
    """How it was measured, in sentences; ``others`` is how many cores other programs used."""
    return {
        "servers": "FastAPI under uvicorn with uvloop and httptools, and Go's net/http, each with "
        "one worker and with two; for Go, workers are the threads that may run at once. No access "
        "log, no proxy, no TLS.",
        "scenarios": "“json” answers a small object; “row” reads one row of a table of "
        f"{ITEMS:,} by its key from PostgreSQL and answers it. Both stacks give the same JSON, "
        f"with a prepared statement and {POOL} connections to the database for each server.",
        "cores": "With one worker, the server alone is tied to one core; database and load "
        "generator share another. With two, server, database and load generator share two cores, "
        "so a server with two cores to itself would answer more.",
        "load": f"wrk keeps {CONNECTIONS} connections busy from the same machine, in slices of "
        f"{SECONDS} seconds; all cases take turns, over {rounds} rounds after a warm-up. Low and "
        "high are the slowest and the quickest round.",
        "busy": "“busy” is how many cores the server itself used. Where it stays well below its "
        "workers, database or load generator were the limit, and the figure is a floor.",
    }


def processor() -> str:
    found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def versions() -> dict[str, str]:
    names = ("fastapi", "uvicorn", "asyncpg")
    ask = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    installed = said_by(PYTHON, "-c", ask, *names).split()
    return {
        "python": platform.python_version(),
        **dict(zip(names, installed, strict=True)),
        "go": number_in(said_by("go", "version")),
        "postgresql": number_in(said_by(find_binaries() / "postgres", "--version")),
        "wrk": number_in(said_by("wrk", "-v")),
    }


def said_by(*command: str | Path) -> str:
    # wrk tells its version with an exit status of 1.
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout


def number_in(text: str) -> str:
    found = re.search(r"\d+(\.\d+)+", text)
    return found[0] if found else text.strip()


if __name__ == "__main__":
    sys.exit(main())
