"""Which share of one small server the founder's peak would use, from measured figures.

The figures are in ``headroom.json``, which ``benchmarks/headroom/measure.py`` writes. Rates are
in requests per second; a share of 1 is all that one small server was measured to answer. Nothing
here decides between the stacks: it stops throughput from being argued about when it is not the
bottleneck, or says plainly that it is. StackPick's own addition to the essay.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from .lens import STACKS
from .toml_table import LensError, Table

Json = dict[str, Any]
Level = Literal["not", "could", "is"]

DEFAULT = Path(__file__).parent / "headroom.json"
FORMAT = "stackpick-headroom-figures/1"
SCRIPT = "benchmarks/headroom/measure.py"
SMALL_PART = 0.1  # a peak under this share of every measured case leaves throughput out of it
NAMES = {"fastapi": "FastAPI", "go": "Go"}
SCENARIOS = {"json": "a small JSON answer", "row": "reading one row from a database"}
VERSIONS = ("python", "fastapi", "uvicorn", "asyncpg", "go", "postgresql", "wrk")
VERDICTS: dict[Level, str] = {
    "not": "Throughput is not your bottleneck: at {peak} requests a second, even the slowest case "
    "measured ({case}) would use less than a tenth of one small server.",
    "could": "Throughput could become your bottleneck: in the slowest case measured ({case}), "
    "{peak} requests a second would use a tenth or more of one small server. Measure your own "
    "slowest path before you argue about it.",
    "is": "Throughput is a bottleneck: {peak} requests a second is as much as one small {stack} "
    "server answered at its very best, or more. Whichever stack you choose, measure your own "
    "slowest path and count the servers that it takes.",
}
CAVEAT = (
    "One machine’s measurement, of {date} ({machine}; FastAPI {fastapi} under uvicorn {uvicorn}, "
    "Go {go}), with nearly nothing to do for each request. Your code, your queries and your "
    "machine will differ. It does not say which stack to choose."
)


class FiguresError(ValueError):
    """A file of figures that cannot be used: which file, where in it, and why."""


@dataclass(frozen=True)
class Rate:
    """Requests per second over the rounds of one case: lowest, median and highest round."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Result:
    """One measured case. ``busy`` is how many cores the server itself kept busy, the median."""

    stack: str
    workers: int
    scenario: str
    rps: Rate
    busy: float

    @property
    def says(self) -> str:
        workers = {1: "one worker", 2: "two workers"}.get(self.workers, f"{self.workers} workers")
        return f"{NAMES[self.stack]}, {workers}, {SCENARIOS[self.scenario]}"


@dataclass(frozen=True)
class Figures:
    """What was measured, when, where and how; ``results`` hold the same cases for each stack."""

    date: date
    cpu: str
    cores: int
    versions: Mapping[str, str]
    method: tuple[str, ...]
    results: tuple[Result, ...]

    @property
    def machine(self) -> str:
        return f"{self.cpu}, {self.cores} core{'' if self.cores == 1 else 's'}"

    def worst(self, stack: str) -> Result:
        """The case in which the stack's lowest round was the lowest."""
        return min(self._of(stack), key=lambda result: result.rps.low)

    def best(self, stack: str) -> Result:
        """The case in which the stack's highest round was the highest."""
        return max(self._of(stack), key=lambda result: result.rps.high)

    def _of(self, stack: str) -> list[Result]:
        return [result for result in self.results if result.stack == stack]


def load_figures(path: Path = DEFAULT) -> Figures:
    """The figures in the file at ``path``.

    Raises:
        FiguresError: the file cannot be read, is not JSON, or has a mistake in it.
    """
    try:
        return _figures(Table(path, "figures", json.loads(path.read_text(encoding="utf-8"))))
    except OSError as error:
        raise FiguresError(f"{path}: figures: cannot be read: {error.strerror}") from error
    except LensError as error:
        raise FiguresError(str(error)) from error
    except (ValueError, RecursionError) as error:
        raise FiguresError(f"{path}: figures: is not JSON: {error}") from error


@cache
def figures() -> Figures:
    """The figures that StackPick ships, read once."""
    return load_figures()


def _figures(table: Table) -> Figures:
    table.word("format", [FORMAT], "format")
    machine, versions, method = (table.table(key) for key in ("machine", "versions", "method"))
    figures = Figures(
        date=_date(table),
        cpu=machine.text("cpu"),
        cores=machine.whole("cores", low=1),
        versions={name: versions.text(name) for name in VERSIONS},
        method=method.sentences(),
        results=tuple(_result(item) for item in table.tables("results")),
    )
    for part in (machine, versions, method, table):
        part.done()
    _check_cases(table, figures)
    return figures


def _date(table: Table) -> date:
    try:
        return date.fromisoformat(table.text("date"))
    except ValueError:
        raise table.error("“date” has to be a day, written 2026-11-23") from None


def _result(table: Table) -> Result:
    result = Result(
        stack=table.word("stack", STACKS, "stack"),
        workers=table.whole("workers", low=1),
        scenario=table.word("scenario", SCENARIOS, "scenario"),
        rps=_rate(table.table("rps")),
        busy=table.number("busy"),
    )
    table.done()
    return result


def _rate(table: Table) -> Rate:
    low, median, high = (table.number(key) for key in ("low", "median", "high"))
    table.done()
    if not 0 < low <= median <= high:
        raise table.error("has to be above 0, with “low” ≤ “median” ≤ “high”")
    return Rate(median, low, high)


def _check_cases(table: Table, figures: Figures) -> None:
    """Refuse figures that would compare the stacks on different cases."""
    cases = [
        [(result.workers, result.scenario) for result in figures.results if result.stack == stack]
        for stack in STACKS
    ]
    if not all(cases):
        raise table.error("“results” has to hold a case of each stack")
    if any(len(set(of_one)) < len(of_one) or set(of_one) != set(cases[0]) for of_one in cases):
        raise table.error("“results” has to hold the same cases for each stack, each once")


def headroom(figures: Figures, peak_rps: float) -> Json:
    """The shares that a peak, in requests per second, would use: plain JSON data for a report.

    ``stacks`` has a band for each stack: ``low`` is the peak over the highest rate of its best
    case, ``high`` over the lowest rate of its worst. Both grow without limit; ``bar`` holds them
    clipped at 1, for drawing.

    Raises:
        ValueError: the peak is negative or not finite.
    """
    if not (math.isfinite(peak_rps) and peak_rps >= 0):
        raise ValueError(f"a peak has to be a finite number of at least 0, not {peak_rps}")
    stacks = [_stack(figures, stack, peak_rps) for stack in STACKS]
    level = _level(stacks)
    return {
        "peak_rps": peak_rps,
        "level": level,
        "verdict": _verdict(figures, level, peak_rps),
        "stacks": stacks,
        "caveat": CAVEAT.format(date=_day(figures), machine=figures.machine, **figures.versions),
        "source": {
            "date": figures.date.isoformat(),
            "machine": figures.machine,
            "versions": dict(figures.versions),
            "script": SCRIPT,
        },
    }


def _stack(figures: Figures, stack: str, peak: float) -> Json:
    worst, best = figures.worst(stack), figures.best(stack)
    low, high = peak / best.rps.high, peak / worst.rps.low
    return {
        "stack": stack,
        "name": NAMES[stack],
        "low": low,
        "high": high,
        "words": band_words(low, high),
        "bar": {"low": min(1.0, low), "high": min(1.0, high)},
        "limit": {"low": worst.rps.low, "high": best.rps.high},
        "cases": {"worst": worst.says, "best": best.says},
    }


def _level(stacks: list[Json]) -> Level:
    if all(band["high"] < SMALL_PART for band in stacks):
        return "not"
    return "is" if any(band["low"] >= 1 for band in stacks) else "could"


def _verdict(figures: Figures, level: Level, peak: float) -> str:
    """The sentence for the level, with the slowest case and the stack whose best is lowest."""
    slowest = min((figures.worst(stack) for stack in STACKS), key=lambda case: case.rps.low)
    lowest_best = min((figures.best(stack) for stack in STACKS), key=lambda case: case.rps.high)
    return VERDICTS[level].format(
        peak=_number(peak), case=slowest.says, stack=NAMES[lowest_best.stack]
    )


def band_words(low: float, high: float) -> str:
    """A band of shares as it is shown: “2 to 9 %”, “under 1 %”, “about 3 servers’ worth”.

    Percents are rounded down, so that what is under a tenth, or under a whole server, never
    reads as one; counts of servers are rounded to two digits.
    """
    if high < 1:
        return _percents(low, high)
    if low < 1:
        return f"{_percents(low, low)} of one server to {_servers(high)}"
    few, many = _two_digits(low), _two_digits(high)
    return f"about {_servers(high)}" if few == many else f"about {few} to {_servers(high)}"


def _percents(low: float, high: float) -> str:
    # the tiny amount mends products such as 100 × .29, which comes out below 29
    start, end = (math.floor(100 * share + 1e-9) for share in (low, high))
    if end == 0:
        return "under 1\N{NO-BREAK SPACE}%"
    if start == end:
        return f"about {end}\N{NO-BREAK SPACE}%"
    return f"{f'{start} to' if start else 'up to'} {end}\N{NO-BREAK SPACE}%"


def _servers(count: float) -> str:
    shown = _two_digits(count)
    return f"{shown} server’s worth" if shown == "1" else f"{shown} servers’ worth"


def _two_digits(count: float) -> str:
    """A count of at least 1 rounded to two digits: 1.4, 3, 27, 590,000."""
    return _number(round(count, 1 - math.floor(math.log10(count))))


def _number(value: float) -> str:
    return f"{int(value) if value == int(value) else value:,}"


def _day(figures: Figures) -> str:
    return f"{figures.date.day} {figures.date:%B %Y}"
