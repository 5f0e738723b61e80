"""The way to the database: slow, silent, and cut."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.faulted import TOLD_SECONDS, Fault
from tests.faults.founders import Founders
from tests.faults.ledger import compare
from tests.faults.load import Load
from tests.faults.proxy import Proxy
from tests.faults.site import Site, running_site

CLIENTS = 30
READERS = 4
# More than a recovery may take, so that what comes late is seen.
WELL_AGAIN_SECONDS = 5.5
SLOW_SECONDS = 0.03
# Longer than anybody may wait, so that it is not its end that answers them.
SILENT_SECONDS = 6.5

Amount = Callable[[int, int], int]
Figure = Callable[..., None]


@pytest.fixture
def proxy(on_postgresql: str) -> Iterator[Proxy]:
    with Proxy(on_postgresql) as proxy:
        yield proxy


def under_load(site: Site, founders: Founders) -> Load:
    pages = [f"/a/{founder.token}/project/" for founder in founders.everybody]
    return Load(site.url, founders, reads=pages, readers=READERS, pause=0.1)


def slow(proxy: Proxy, load: Load) -> None:
    proxy.delay = SLOW_SECONDS
    load.until_saved(load.saved + CLIENTS)
    proxy.delay = 0.0


def silent(proxy: Proxy, load: Load) -> None:
    proxy.stall()
    time.sleep(SILENT_SECONDS)
    proxy.go_on()


def cut(proxy: Proxy, load: Load) -> None:
    proxy.cut()
    time.sleep(2)
    proxy.mend()


FAULTS = (slow, silent, cut)


def meet(site: Site, proxy: Proxy, founders: Founders, fault: Any) -> tuple[Load, Fault]:
    """Load before, while and after something is wrong with the wire."""
    lasting = Fault()
    with under_load(site, founders) as load:
        load.until_saved(CLIENTS)
        with lasting.lasting():
            fault(proxy, load)
        time.sleep(WELL_AGAIN_SECONDS)
        load.until_saved(load.saved + CLIENTS)
    return load, lasting


def test_a_slow_silent_or_cut_wire_costs_a_503_at_most_and_no_save(
    proxy: Proxy, on_postgresql: str, tmp_path: Path, amount: Amount, figure: Figure
) -> None:
    rounds = amount(1, 10)
    with running_site(proxy.url, tmp_path / "log") as site:
        everybody = site.founders(CLIENTS * len(FAULTS) * rounds)
        groups = everybody.shared_out(len(FAULTS) * rounds)
        for number, founders in enumerate(groups):
            fault = FAULTS[number % len(FAULTS)]
            load, lasting = meet(site, proxy, founders, fault)
            findings = compare(on_postgresql, founders, load.answers)
            what = f"Wire {fault.__name__}"
            figure(f"{what}: acknowledged saves lost", findings.lost, wanted="0")
            if fault is slow:
                assert all(asked.is_served for asked in lasting.met(load))
            else:
                lasting.report(load, what, figure)
                lasting.check(load)
            assert findings.is_clean, findings


@pytest.mark.control
def test_a_site_that_waits_for_ever_is_found_out(
    proxy: Proxy, tmp_path: Path, figure: Figure
) -> None:
    for_ever = "tests.faults.broken.for_ever"
    with running_site(proxy.url, tmp_path / "log", application=for_ever) as site:
        founders, lasting = site.founders(CLIENTS), Fault()
        with under_load(site, founders) as load:
            load.until_saved(CLIENTS)
            with lasting.lasting():
                silent(proxy, load)
    slowest = round(lasting.slowest(load), 2)
    figure("Slowest answer of a site that waits for ever", slowest, "seconds", "more than 5")
    with pytest.raises(AssertionError):
        lasting.check(load)
    assert slowest > TOLD_SECONDS
