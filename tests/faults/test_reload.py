"""New code under load: a HUP to Gunicorn, at which no request may fail."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.founders import Founders
from tests.faults.ledger import compare
from tests.faults.load import Asked, Load
from tests.faults.site import Site, running_site

CLIENTS = 30
READERS = 5
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


def test_no_request_fails_while_the_code_is_changed(
    on_sqlite: str, tmp_path: Path, amount: Amount, figure: Figure
) -> None:
    """Neither on connections that are kept, nor on one for each request."""
    reloads = amount(5, 30)
    with running_site(on_sqlite, tmp_path / "log") as site:
        some, others = site.founders(CLIENTS).shared_out(2)
        with under_load(site, some) as kept, under_load(site, others, connect_anew=True) as anew:
            for _ in range(reloads):
                until_each_has_saved(kept, anew)
                reload_and_wait(site)
            until_each_has_saved(kept, anew)
        findings = [compare(on_sqlite, load.founders, load.answers) for load in (kept, anew)]
    figure("Reloads", reloads)
    for load, connections in ((kept, "kept"), (anew, "of their own")):
        failed = sum(failures(load.answers).values())
        figure(f"Requests on connections {connections}", len(load.answers))
        figure(f"Failed requests on connections {connections}", failed, wanted="0")
    assert not failures(kept.answers)
    assert not failures(anew.answers)
    assert all(found.is_clean for found in findings), findings


def under_load(site: Site, founders: Founders, **how: Any) -> Load:
    """A machine that is busy with other things may be slow, but is to answer everybody."""
    more = {"reads": PAGES, "readers": READERS, "pause": 0.05, "patience": 120.0}
    return Load(site.url, founders, **more, **how)


def until_each_has_saved(*loads: Load) -> None:
    """As many saves again as there are founders."""
    for load in loads:
        load.until_saved(load.saved + len(load.founders.everybody))


def failures(answers: list[Asked]) -> Counter[str]:
    """What was not served, by what came instead."""
    return Counter(asked.trouble or str(asked.status) for asked in answers if not asked.is_served)


def test_workers_that_leave_at_once_are_found_out(
    on_sqlite: str, tmp_path: Path, figure: Figure
) -> None:
    abrupt = "tests.faults.broken.abrupt"
    with (
        running_site(on_sqlite, tmp_path / "log", application=abrupt) as site,
        under_load(site, site.founders(CLIENTS)) as load,
    ):
        until_each_has_saved(load)
        reload_and_wait(site)
        until_each_has_saved(load)
    failed = sum(failures(load.answers).values())
    figure("Failed with workers that leave at once", failed, "requests", wanted="1 or more")
    assert failed
