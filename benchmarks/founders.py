"""The founders who save in the benchmark, and what the database says about it afterwards."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import psycopg

from benchmarks import load

QUIET_SECONDS = 0.3
Versions = dict[str, int]


@dataclass
class Founders:
    """One assessment each, saved over and over; their versions are read before each slice.

    A save in flight when wrk stops may be stored without wrk having seen its answer: one a
    founder at most. Any other difference between acknowledged and stored counts as lost.
    """

    site: str
    database_url: str
    tokens: list[str]
    header: load.Plan
    saves: load.Plan
    acknowledged: int = 0
    stored: int = 0
    lost: int = 0

    def save(self, seconds: float) -> load.Slice:
        """A slice in which a refused save, or one that is not stored, is an error."""
        before = self._settled()
        plan = [*self.header, *self.saves]
        plan += [("writer", token, str(before[token])) for token in self.tokens]
        seen = load.save(self.site, plan, seconds, len(self.tokens))
        after = self._settled()
        wrong = 0
        for token, acknowledged in zip(self.tokens, seen.saved, strict=True):
            stored = after[token] - before[token]
            self.acknowledged += acknowledged
            self.stored += stored
            wrong += stored - acknowledged not in (0, 1)
        self.lost += wrong
        return replace(seen, errors=seen.errors + seen.refused + wrong)

    def _settled(self) -> Versions:
        """The versions, once nothing is being saved any more."""
        before: Versions = {}
        while (now := self._versions()) != before:
            before = now
            time.sleep(QUIET_SECONDS)
        return now

    def _versions(self) -> Versions:
        by_hash = {hashlib.sha256(token.encode()).hexdigest(): token for token in self.tokens}
        rows = _rows(self.database_url, "SELECT edit_hash, version FROM assessments_assessment")
        return {by_hash[edit_hash]: version for edit_hash, version in rows if edit_hash in by_hash}


def founders(site: str, database_url: str, data: dict[str, Any]) -> Founders:
    """From what ``benchmarks.prepare`` said."""
    header = [
        ("header", "Content-Type", "application/x-www-form-urlencoded"),
        ("header", "Cookie", f"csrftoken={data['csrf']}"),
        ("header", "Origin", site),
    ]
    saves = [("save", step, body) for step, body in data["saves"]]
    return Founders(site, database_url, data["writers"], header, saves)


def _rows(database_url: str, query: str) -> Iterable[tuple[str, int]]:
    if database_url.startswith("sqlite:///"):
        connection: Any = sqlite3.connect(database_url.removeprefix("sqlite:///"))
    else:
        connection = psycopg.connect(database_url)
    with closing(connection):
        return list(connection.execute(query))
