"""Migrations back and forward while founders save, over few assessments and over a million."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db.migrations.loader import MigrationLoader

from tests.conftest import missing
from tests.faults.keeping_on import Founders, founders_at, lost
from tests.faults.many import database_of
from tests.postgres import PostgresMissing
from tests.servers import QUICKER, manage_site, run_beside, running_server

# A migration gives up where it gets no lock soon, and whoever upgrades starts it again.
STARTS = 10
# What came before was not made to be taken back while everybody saves (docs/operations.md).
FARTHEST_BACK = "0008_unnamed_reports"
TRIAL = "from tests.faults.trials import *; {}({})"
FORWARD_AND_BACK = """
import json
from tests.faults.trials import BY_THE_RULES, back, forward, timed
print(json.dumps({way.__name__: timed(way, BY_THE_RULES) for way in (forward, back)}))
"""

Amount = Callable[[int, int], int]


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, amount: Amount, tmp_path: Path) -> Iterator[str]:
    """A server over many assessments, of a release that suggests nothing: what it counts of that
    is in the table that the newest migration of today made."""
    with ExitStack() as stack:
        rows = amount(2_000, 1_000_000)
        try:
            url = stack.enter_context(database_of(request.param, rows, tmp_path))
        except PostgresMissing as problem:
            missing(str(problem))
        yield stack.enter_context(running_server(url, env=QUICKER))


def seconds(run: Callable[[], object]) -> float:
    """How long it takes, started again where it got no lock."""
    began = time.monotonic()
    for _ in range(STARTS - 1):
        try:
            run()
            break
        except RuntimeError as error:
            if "lock timeout" not in str(error) and "database is locked" not in str(error):
                raise
    else:
        run()
    return time.monotonic() - began


def latest() -> str:
    """The migration before the two newest."""
    names = sorted(name for app, name in MigrationLoader(None).graph.nodes if app == "assessments")
    return max(names[-3], FARTHEST_BACK)


def all_is_kept(founders: Founders, site: str, figure: Callable[..., None]) -> None:
    founders.wait_for(3)
    acknowledged = founders.so_far()
    figure("Saves that were put off with 503", founders.put_off)
    figure("Saves that failed", len(founders.failed), wanted="0")
    assert founders.failed == []
    gone = lost(site, acknowledged)
    figure("Acknowledged saves lost", len(gone), f"of {len(acknowledged)}", "0")
    assert gone == []


def test_migrations_run_back_and_forward_while_founders_save_and_against_the_rules_it_shows(
    site: str, soaking: bool, figure: Callable[..., None]
) -> None:
    with founders_at(site) as founders:
        steps = {
            "The latest back": ["manage.py", "migrate", "assessments", latest()],
            "The latest forward": ["manage.py", "migrate"],
        }
        for what, command in steps.items():
            took = seconds(lambda command=command: manage_site(site, *command))  # type: ignore[misc]
            figure(what, round(took, 1), "s")
            founders.wait_for(3)
        for way, took in json.loads(run_beside(site, FORWARD_AND_BACK)).items():
            figure(f"A column of the largest table, filled and indexed, {way}", took, "s")
        founders.wait_for(3)
        all_is_kept(founders, site, figure)
        if soaking:
            return  # what follows makes a table anew: with a million rows it shows nothing more
        run_beside(site, TRIAL.format("forward", "AGAINST_THE_RULES"))
        founders.wait_for(1_000)
    assert any("500" in said for said in founders.failed)
