"""200 founders who save at the same time on SQLite, which has one writer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.ledger import SQLITE, compare
from tests.faults.load import Load, seconds_of
from tests.faults.site import Site, running_site

CLIENTS = 200
PAUSE_SECONDS = 0.5  # between two saves of one founder
P99_SECONDS = 3.0
LOCKED = "database is locked"

Amount = Callable[[int, int], int]
Figure = Callable[..., None]


def load_on(site: Site, **how: Any) -> Load:
    return Load(site.url, site.founders(CLIENTS), pause=PAUSE_SECONDS, **how)


@pytest.mark.alone
def test_two_hundred_writers_wait_their_turn_and_none_is_turned_away(
    on_sqlite: str, tmp_path: Path, amount: Amount, figure: Figure
) -> None:
    saves = amount(5, 100)
    with running_site(on_sqlite, tmp_path / "log") as site:
        with load_on(site, saves=saves) as load:
            load.until(lambda: False, seconds=60 + 5 * saves)
        findings = compare(on_sqlite, load.founders, load.answers)
    saved = [asked for asked in load.answers if asked.is_saved]
    failed = len(load.answers) - len(saved)
    locked = (tmp_path / "log").read_text().count(LOCKED)
    p50, p99 = (round(seconds_of(saved, share), 2) for share in (0.5, 0.99))
    figure("Founders who save, each again after half a second", CLIENTS)
    figure("Acknowledged saves", len(saved), "saves", wanted=str(CLIENTS * saves))
    figure("Failed requests, 5xx among them", failed, wanted="0")
    figure(f"“{LOCKED}” in the log", locked, "times", wanted="0")
    figure("Time of a save, median", p50, "seconds")
    figure("Time of a save, 99 of 100", p99, "seconds", wanted=f"less than {P99_SECONDS:g}")
    assert len(saved) == CLIENTS * saves
    assert not failed
    assert not locked
    assert findings.is_clean, findings
    assert p99 < P99_SECONDS


@pytest.mark.control
def test_sqlite_as_it_comes_says_that_it_is_locked(
    on_sqlite: str, tmp_path: Path, figure: Figure
) -> None:
    with sqlite3.connect(on_sqlite.removeprefix(SQLITE)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    plain = {"DJANGO_SETTINGS_MODULE": "tests.faults.broken.plain_sqlite"}
    with (
        running_site(on_sqlite, tmp_path / "log", plain) as site,
        load_on(site, patience=10.0) as load,
    ):
        load.until(lambda: any(not asked.is_served for asked in load.answers), seconds=60)
    failed = sum(not asked.is_served for asked in load.answers)
    locked = (tmp_path / "log").read_text().count(LOCKED)
    figure("Failed requests with SQLite as it comes", failed, wanted="1 or more")
    figure(f"“{LOCKED}” with SQLite as it comes", locked, "times", wanted="1 or more")
    assert failed
    assert locked
