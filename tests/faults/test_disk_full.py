"""A disk that is full, under load: a small file system of its own, and SQLite on it."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.faults.faulted import Fault
from tests.faults.founders import Founders
from tests.faults.ledger import compare
from tests.faults.load import Load
from tests.faults.site import Site, running_site

CLIENTS = 30
READERS = 4
FULL_SECONDS = 2.0
SIZE = "24m"

Amount = Callable[[int, int], int]
Figure = Callable[..., None]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    mounted = subprocess.run(["mount", *options], capture_output=True, text=True)
    if mounted.returncode:
        missing(f"no small file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def on_small_disk(migrated_sqlite: Path, small_disk: Path) -> str:
    shutil.copy(migrated_sqlite, small_disk / "site.sqlite3")
    return f"sqlite:///{small_disk / 'site.sqlite3'}"


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Not a byte is left, until the context is left."""
    filler = disk / "filler"
    try:
        with filler.open("wb", buffering=0) as file:
            while True:
                try:
                    file.write(bytes(4096))
                except OSError:
                    break
        yield
    finally:
        filler.unlink()


def shorten_log(database: Path) -> None:
    """Takes all back into the tables: a log that is long already is written over and over again,
    and saves would go on for as long as it lasts."""
    with closing(sqlite3.connect(database, timeout=10, isolation_level=None)) as connection:
        for _ in range(50):
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                return
    raise TimeoutError("somebody reads the log at all times")


def fill_up(
    site: Site, disk: Path, founders: Founders, and_after: bool = True
) -> tuple[Load, Fault]:
    """Load before, while and after the disk is full.

    It is full for good only when the log of the database cannot grow: until then saves go on.
    """
    lasting = Fault()
    pages = [f"/a/{founder.token}/project/" for founder in founders.everybody]
    with Load(site.url, founders, reads=pages, readers=READERS, pause=0.05) as load:
        load.until_saved(CLIENTS)
        shorten_log(disk / "site.sqlite3")
        with lasting.lasting(), full(disk):
            load.until(lambda: any(not asked.is_served for asked in load.answers), seconds=30)
            time.sleep(FULL_SECONDS)
        if and_after:
            load.until_saved(load.saved + CLIENTS)
    return load, lasting


def test_a_full_disk_costs_a_503_and_no_save(
    on_small_disk: str, small_disk: Path, tmp_path: Path, amount: Amount, figure: Figure
) -> None:
    with running_site(on_small_disk, tmp_path / "log") as site:
        groups = amount(1, 10)
        for founders in site.founders(CLIENTS * groups).shared_out(groups):
            load, lasting = fill_up(site, small_disk, founders)
            findings = compare(on_small_disk, founders, load.answers)
            pages = [asked for asked in lasting.met(load) if not asked.is_save]
            unread = sum(not asked.is_served for asked in pages)
            lasting.report(load, "Disk full", figure)
            figure("Disk full: pages that were not served", unread, "pages", wanted="0")
            figure("Disk full: acknowledged saves lost", findings.lost, "saves", wanted="0")
            figure("Disk full: half-saved", len(findings.half_saved), wanted="0")
            lasting.check(load)
            assert not unread
            assert findings.is_clean, findings


@pytest.mark.control
def test_a_site_that_takes_a_full_disk_for_a_mistake_of_its_own_is_found_out(
    on_small_disk: str, small_disk: Path, tmp_path: Path, figure: Figure
) -> None:
    """And one that keeps no journal: what was written by halves cannot be taken back."""
    env = {"DJANGO_SETTINGS_MODULE": "tests.faults.broken.no_journal"}
    blind = "tests.faults.broken.blind"
    with running_site(on_small_disk, tmp_path / "log", env, blind) as site:
        founders = site.founders(CLIENTS)
        load, lasting = fill_up(site, small_disk, founders, and_after=False)
        findings = compare(on_small_disk, founders, load.answers)
    wrong = len(lasting.dishonest(load))
    figure("Not 503 from a site that does not know", wrong, "answers", wanted="1 or more")
    damage = len(findings.half_saved) + len(findings.damage)
    figure("Damage without a journal", damage, wanted="1 or more")
    assert wrong
    assert damage
