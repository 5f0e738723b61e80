"""What is measured on a server, and what it has to reach."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from benchmarks import load
from benchmarks.founders import Founders

CONNECTIONS = 50
SCORE = "/api/score"
CALM_SECONDS = 0.3
GZIP = ("header", "Accept-Encoding", "gzip")


@dataclass(frozen=True)
class Target:
    """Requests a second as a part of hello's or as they are, and limits; a row without one only
    informs."""

    ratio: float = 0
    rate: float = 0
    p99_ms: float | None = None
    queries: int | None = None


@dataclass
class Row:
    name: str
    title: str
    slice: Callable[[float], load.Slice]
    queries: int | None = None
    target: Target | None = None
    seen: list[load.Slice] = field(default_factory=list)

    def measure(self, seconds: float) -> None:
        self.seen.append(self.slice(seconds))

    @property
    def rate(self) -> float:
        return statistics.median(one.rate for one in self.seen)

    @property
    def p99_ms(self) -> float:
        """Of the worst round: percentiles of several rounds cannot be averaged."""
        return max(one.p99_ms for one in self.seen)

    @property
    def errors(self) -> int:
        return sum(one.errors for one in self.seen)

    def ratio(self, hello: Row) -> float:
        """Round by round, so that a machine that slows down slows both."""
        pairs = zip(self.seen, hello.seen, strict=True)
        return statistics.median(own.rate / its.rate if its.rate else 0 for own, its in pairs)

    def misses(self, hello: Row) -> list[str]:
        target, ratio = self.target, self.ratio(hello)
        said = [f"{self.errors} errors"] if self.errors else []
        if target and ratio < target.ratio:
            said.append(f"{ratio:.3f} of hello, should be {target.ratio:.2f}")
        if target and self.rate < target.rate:
            said.append(f"{self.rate:.0f} a second, should be {target.rate:.0f}")
        if target and target.p99_ms and self.p99_ms > target.p99_ms:
            said.append(f"p99 of {self.p99_ms:.0f} ms, should be {target.p99_ms:.0f}")
        if target and target.queries and (self.queries or 0) > target.queries:
            said.append(f"{self.queries} queries, should be {target.queries}")
        return said


@dataclass
class Site:
    """A running server, and what ``benchmarks.prepare`` put in its database."""

    url: str
    data: dict[str, Any]
    founders: Founders
    client: httpx.Client
    log: Path

    def calm_down(self) -> None:
        """Waits until nothing is worked off any more, by the access log.

        Gunicorn still answers what wrk left behind at its end, which can take as long as a slice.
        """
        size = -1
        while (now := self.log.stat().st_size) != size:
            size = now
            time.sleep(CALM_SECONDS)

    def hello(self) -> Row:
        return self._row("hello", "hello", ["/hello/"])

    def page(self, name: str, title: str, target: Target) -> Row:
        return self._row(name, title, self.data["pages"][name], target=target)

    def zipped(self, name: str, title: str) -> Row:
        paths = self.data["pages"][name]
        sent = self.client.get(paths[0], headers={"Accept-Encoding": "gzip"})
        how = "gzip" if "Content-Encoding" in sent.headers else "gzip refused"
        return self._row(f"{name}-gzip", f"{title}, {how}", paths, [GZIP])

    def not_modified(self, name: str, title: str) -> Row | None:
        """Asked again by a visitor who has the pages; None if they have no ETag."""
        plan, paths = [], self.data["pages"][name]
        for path in paths:
            etag = self.client.get(path).headers.get("ETag")
            if not etag or self._status(path, etag) != 304:
                return None
            plan.append(("page", path, etag))
        run = partial(load.get, self.url, plan, connections=CONNECTIONS)
        return Row(f"{name}-304", f"{title}, 304", run)

    def save(self, name: str, title: str, ratio: float) -> Row:
        target = Target(ratio, p99_ms=500)
        return Row(name, title, self.founders.save, self.data["queries"]["save"], target)

    def scored(self, name: str, title: str, rate: float) -> Row:
        """Answers files sent to the scoring API, with its limit counting each of them."""
        plan: list[tuple[str, ...]] = [("header", "Content-Type", "application/json")]
        for file in self.data["files"]:
            assert self.client.post(SCORE, json=file).status_code == 200
            plan.append(("body", SCORE, json.dumps(file)))
        run = partial(load.post, self.url, plan, connections=CONNECTIONS)
        return Row(name, title, run, self.data["queries"]["score"], Target(rate=rate))

    def _row(
        self,
        name: str,
        title: str,
        paths: list[str],
        headers: load.Plan = (),
        target: Target | None = None,
    ) -> Row:
        """A row of plain GETs; each address is looked at once before it counts."""
        for path in paths:
            assert self._status(path) == 200, path
        # every visitor brings the cookie that the start page set, to the bare view too
        cookie = ("header", "Cookie", f"csrftoken={self.data['csrf']}")
        plan = [cookie, *headers, *(("page", path) for path in paths)]
        run = partial(load.get, self.url, plan, connections=CONNECTIONS)
        return Row(name, title, run, self.data["queries"].get(name), target)

    def _status(self, path: str, etag: str = "") -> int:
        headers = {"If-None-Match": etag} if etag else {}
        return self.client.get(path, headers=headers).status_code
