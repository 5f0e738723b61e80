"""PostgreSQL killed whole under load: the postmaster and all of its children, by kill -9."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.faults.cluster import Cluster
from tests.faults.founders import Founders
from tests.faults.ledger import compare
from tests.faults.load import READ, SAVED, Asked, Load
from tests.faults.site import Site, running_site

CLIENTS = 50
READERS = 4
DOWN_SECONDS = 1.5
READY_SECONDS = 10
SAVES_BETWEEN = 60
SERVED_OR_TOLD = {SAVED, READ, 503}

Amount = Callable[[int, int], int]
Figure = Callable[..., None]


def under_load(site: Site, founders: Founders) -> Load:
    """Founders save, and visitors open pages that need the database."""
    pages = [f"/a/{founder.token}/project/" for founder in founders.everybody]
    return Load(site.url, founders, reads=pages, readers=READERS, pause=0.02)


class Outages:
    """When it was down, and how long it then took."""

    def __init__(self) -> None:
        self.down: list[tuple[float, float]] = []
        self.until_ready: list[float] = []

    def make_one(self, site: Site, cluster: Cluster) -> None:
        cluster.kill()
        killed = time.monotonic()
        time.sleep(DOWN_SECONDS)
        begins_again = time.monotonic()
        self.down.append((killed, begins_again))
        cluster.start()
        site.seconds_until_ready()
        self.until_ready.append(time.monotonic() - begins_again)

    def during(self, answers: Iterable[Asked]) -> list[Asked]:
        """What was asked and answered while it was down."""
        return [
            asked
            for asked in answers
            if any(start < asked.at and asked.ended < end for start, end in self.down)
        ]


def test_while_postgresql_is_dead_clients_get_503_and_nothing_that_was_saved_is_lost(
    cluster: Cluster, on_postgresql: str, tmp_path: Path, amount: Amount, figure: Figure
) -> None:
    kills, outages = amount(3, 20), Outages()
    assert [cluster.setting(name) for name in ("fsync", "synchronous_commit")] == ["on", "on"]
    with running_site(on_postgresql, tmp_path / "log") as site:
        founders = site.founders(CLIENTS)
        with under_load(site, founders) as load:
            for _ in range(kills):
                load.until_saved(load.saved + SAVES_BETWEEN)
                outages.make_one(site, cluster)
            load.until_saved(load.saved + SAVES_BETWEEN)
        findings = compare(on_postgresql, founders, load.answers)
    told = outages.during(load.answers)
    others = [asked for asked in load.answers if asked.status not in SERVED_OR_TOLD]
    figure("PostgreSQL killed", kills, "times")
    figure("Acknowledged saves", findings.acknowledged, "saves")
    figure("Acknowledged saves lost", findings.lost, "saves", wanted="0")
    figure("Half-saved assessments", len(findings.half_saved), wanted="0")
    figure("Requests while it was down", len(told), wanted="1 or more in each outage")
    figure("Answers other than 503 while it was down", not_503(told), wanted="0")
    figure("Answers that were neither right nor 503, at any time", len(others), wanted="0")
    slowest = round(max(outages.until_ready), 1)
    figure("Ready again, the slowest", slowest, "seconds", wanted=f"{READY_SECONDS} at most")
    assert len(told) >= kills
    assert not not_503(told)
    assert all(asked.retry_after for asked in told)
    assert not others, others[:5]
    assert slowest <= READY_SECONDS
    assert findings.is_clean, findings


def not_503(told: Iterable[Asked]) -> int:
    return sum(asked.status != 503 for asked in told)


@pytest.mark.control
def test_a_database_that_does_not_wait_for_its_disk_is_found_out(
    cluster: Cluster, on_postgresql: str, tmp_path: Path, figure: Figure
) -> None:
    """And a site that takes a dead database for a mistake of its own."""
    outages, blind = Outages(), "tests.faults.broken.blind"
    never = ("wal_writer_delay=10000", "wal_writer_flush_after=1GB")
    cluster.stop()
    cluster.start("synchronous_commit=off", *never)
    with running_site(on_postgresql, tmp_path / "log", application=blind) as site:
        founders = site.founders(CLIENTS)
        with under_load(site, founders) as load:
            load.until_saved(SAVES_BETWEEN)
            outages.make_one(site, cluster)
        findings = compare(on_postgresql, founders, load.answers)
    told = not_503(outages.during(load.answers))
    figure("Lost without synchronous_commit", findings.lost, "saves", wanted="1 or more")
    figure("Not 503 from a site that does not know", told, "answers", wanted="1 or more")
    assert findings.lost
    assert told
