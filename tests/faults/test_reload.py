"""New code under load: a HUP to Gunicorn, at which no request may fail."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.ledger import compare
from tests.faults.load import Asked, Load
from tests.faults.site import Site, running_site

CLIENTS = 30
READERS = 10
PAGES = ("/", "/model/", "/examples/ledgerly/")

Amount = Callable[[int, int], int]
Figure = Callable[..., None]


def reload_and_wait(site: Site, most: float = 60) -> None:
    """Returns when all workers are new ones, and there are as many as before."""
    before = set(site.workers)
    site.reload()
    deadline = time.monotonic() + most
    while len(now := set(site.workers)) != len(before) or now & before:
        if time.monotonic() > deadline:
            raise TimeoutError(f"Old workers are still there: {sorted(now & before)}")
        time.sleep(0.05)


@pytest.mark.parametrize("connections", ["kept", "of their own"])
def test_no_request_fails_while_the_code_is_changed(
    on_sqlite: str, tmp_path: Path, connections: str, amount: Amount, figure: Figure
) -> None:
    reloads = amount(5, 30) if connections == "kept" else amount(2, 30)
    with running_site(on_sqlite, tmp_path / "log") as site:
        founders = site.founders(CLIENTS)
        # A machine that is busy with other things may be slow, but is to answer everybody.
        how = {"reads": PAGES, "readers": READERS, "pause": 0.05, "patience": 120.0}
        anew = connections != "kept"
        with Load(site.url, founders, connect_anew=anew, **how) as load:
            load.until_saved(CLIENTS)
            for _ in range(reloads):
                before = load.saved
                reload_and_wait(site)
                load.until_saved(before + CLIENTS)
        findings = compare(on_sqlite, founders, load.answers)
    failed = failures(load.answers)
    figure(f"Reloads, connections {connections}", reloads)
    figure(f"Requests, connections {connections}", len(load.answers))
    figure(f"Failed requests, connections {connections}", sum(failed.values()), wanted="0")
    assert not failed
    assert findings.is_clean, findings


def failures(answers: list[Asked]) -> Counter[str]:
    """What was not served, by what came instead."""
    return Counter(asked.trouble or str(asked.status) for asked in answers if not asked.is_served)


def test_workers_that_leave_at_once_are_found_out(
    on_sqlite: str, tmp_path: Path, figure: Figure
) -> None:
    abrupt = "tests.faults.broken.abrupt"
    with running_site(on_sqlite, tmp_path / "log", application=abrupt) as site:
        founders = site.founders(CLIENTS)
        with Load(site.url, founders, reads=PAGES, readers=READERS) as load:
            load.until_saved(CLIENTS)
            reload_and_wait(site)
            load.until_saved(load.saved + CLIENTS)
    failed = sum(failures(load.answers).values())
    figure("Failed with workers that leave at once", failed, "requests", wanted="1 or more")
    assert failed
