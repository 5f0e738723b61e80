"""Workers, and the whole site, killed at any moment while founders save."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.founders import Founders
from tests.faults.ledger import Findings, after_a_kill, compare
from tests.faults.load import Load
from tests.faults.site import Site, kill, running_site

CLIENTS = 50
SOMEWHERE = random.Random()  # noqa: S311 -- no secret
# How far a kill may stray from the save that it is meant for.
STRAYS = 0.05

Amount = Callable[[int, int], int]
Figure = Callable[..., None]


def moments(saves: int, kills: int) -> list[int]:
    """After how many saves each kill comes, at random."""
    return sorted(SOMEWHERE.sample(range(saves // 20, saves), kills))


def kill_at_random(site: Site, load: Load, saves: int, kills: int) -> list[str]:
    """Kills now a worker, now everything; what was found wrong each time everything was dead."""
    found: list[str] = []
    for number, moment in enumerate(moments(saves, kills)):
        load.until_saved(moment, seconds=180)
        time.sleep(SOMEWHERE.uniform(0, STRAYS))
        if number % 2:
            kill(SOMEWHERE.choice(site.workers))
        else:
            site.kill()
            found += after_a_kill(site.database_url)
            site.start()
    load.until_saved(saves, seconds=180)
    return found


def test_nothing_acknowledged_is_lost_whatever_is_killed(
    database_url: str, tmp_path: Path, amount: Amount, figure: Figure
) -> None:
    saves, kills = amount(1_500, 20_000), amount(4, 80)
    with running_site(database_url, tmp_path / "log") as site:
        founders = site.founders(CLIENTS)
        with Load(site.url, founders) as load:
            wrong = kill_at_random(site, load, saves, kills)
        findings = compare(database_url, founders, load.answers)
    broken_off = sum(asked.is_broken_off for asked in load.answers)
    figure("Kills, every second one of master and workers", kills)
    figure("Acknowledged saves", findings.acknowledged, "saves", wanted=f"{saves} or more")
    figure("Requests broken off by a kill", broken_off, "requests", wanted="1 or more")
    figure("Acknowledged saves lost", findings.lost, "saves", wanted="0")
    figure("Saves stored twice", findings.doubled, "saves", wanted="0")
    figure("Half-saved assessments", len(findings.half_saved + wrong), wanted="0")
    assert broken_off, "no kill has met a save"
    assert findings.acknowledged >= saves
    assert not wrong
    assert findings.is_clean, findings


# ---- The same on a site that is broken: it has to be seen ----


def killed_once(site: Site, founders: Founders, saves: int) -> tuple[Load, list[str]]:
    """The load, and what was wrong when the site was dead; it is not started again."""
    with Load(site.url, founders, patience=1.0) as load:
        load.until_saved(saves)
        site.kill()
        wrong = after_a_kill(site.database_url)
    return load, wrong


@pytest.mark.control
def test_a_site_that_acknowledges_too_early_is_found_out(
    on_sqlite: str, tmp_path: Path, figure: Figure
) -> None:
    with running_site(on_sqlite, tmp_path / "log", application="tests.faults.broken.late") as site:
        founders = site.founders(CLIENTS)
        load, _ = killed_once(site, founders, saves=100)
        findings: Findings = compare(on_sqlite, founders, load.answers)
    figure("Lost by a site that acknowledges early", findings.lost, "saves", wanted="1 or more")
    assert findings.lost


@pytest.mark.control
def test_a_site_that_saves_in_no_transaction_is_found_out(
    on_sqlite: str, tmp_path: Path, figure: Figure
) -> None:
    wrong: list[str] = []
    halves = "tests.faults.broken.halves"
    with running_site(on_sqlite, tmp_path / "log", application=halves) as site:
        founders = site.founders(CLIENTS)
        for _ in range(5):  # A kill may meet nobody between two statements.
            _, wrong = killed_once(site, founders, saves=50)
            if wrong:
                break
            site.start()
    figure("Half-saved by a site without transactions", len(wrong), wanted="1 or more")
    assert wrong
