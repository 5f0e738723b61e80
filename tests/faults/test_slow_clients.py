"""Clients who take their time do not keep the others waiting."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from stackpick.buffering import HEAD_SECONDS
from tests.faults.slow import UNVERIFIED, SlowClients
from tests.servers import QUICKER, running_server
from tests.test_operations import HOST, proxied

PAGE = "/examples/ledgerly/"
WARM_UP, QUIET = 5, 30
# Gunicorn's own worker with as many threads as ours has.
STOCK = {"GUNICORN_CMD_ARGS": "--worker-class gthread"}
PATIENCE = 8.0
# Until they have every thread of a worker that lets them.
HOLD_SECONDS = 2

Figure = Callable[..., None]


@contextmanager
def site(folder: Path, **env: str) -> Iterator[str]:
    database = f"sqlite:///{folder / 'site.sqlite3'}"
    with running_server(database, env=QUICKER | env) as url:
        yield url


def asked(url: str, times: int, for_seconds: float = 0, host: str = "localhost") -> list[float]:
    """How long each of so many pages took, one after the other, each on a connection of its own.

    With ``for_seconds`` they go on for so long at the least. One that is not answered raises.
    """
    took: list[float] = []
    start = time.monotonic()
    while len(took) < times or time.monotonic() < start + for_seconds:
        with httpx.Client(verify=UNVERIFIED, timeout=PATIENCE) as client:
            begun = time.monotonic()
            answer = client.get(url + PAGE, headers={"Host": host})
            took.append(time.monotonic() - begun)
        assert answer.status_code == 200
    return took


def p99(took: list[float]) -> float:
    return statistics.quantiles(took, n=100)[98]


def test_a_hundred_who_send_slowly_and_fifty_who_read_slowly_keep_nobody_waiting(
    tmp_path: Path, figure: Figure, amount: Callable[[int, int], int]
) -> None:
    with site(tmp_path) as url:
        asked(url, WARM_UP)
        quiet = p99(asked(url, QUIET))
        with SlowClients(url, amount(100, 1000), amount(50, 200)) as slow:
            slow.wait_for(slow.readers, PATIENCE)
            assert {each.status for each in slow.readers} == {"200"}
            beside = p99(asked(url, QUIET, for_seconds=HEAD_SECONDS))
            slow.wait_for(slow.heads, PATIENCE)
            figure("Pages beside slow clients, p99", round(beside * 1000), "ms")
            figure("The same without them, p99", round(quiet * 1000), "ms")
            assert beside < 3 * quiet + 0.25
            # Who did not get a head together in time is told so, and holds nothing any more.
            assert {each.status for each in slow.heads} == {"408"}
            assert {each.status for each in slow.bodies} == {""}
            assert not any(each.is_over for each in slow.readers)


def test_without_our_worker_they_keep_everybody_waiting_but_behind_the_proxy_as_documented(
    tmp_path: Path, figure: Figure
) -> None:
    behind = {"ALLOWED_HOSTS": HOST, "PLAIN_HTTP": "0", "TRUST_X_FORWARDED_PROTO": "1"}
    with site(tmp_path, **STOCK, **behind) as url:
        with proxied(tmp_path, url) as proxy:
            asked(proxy.tls, WARM_UP, host=HOST)
            quiet = p99(asked(proxy.tls, QUIET, host=HOST))
            with SlowClients(proxy.tls, host=HOST) as slow:
                slow.wait_for(slow.readers, PATIENCE)
                assert {each.status for each in slow.readers} == {"200"}
                beside = p99(asked(proxy.tls, QUIET, host=HOST))
            figure("Pages through nginx beside slow clients, p99", round(beside * 1000), "ms")
            assert beside < 3 * quiet + 0.25
        with SlowClients(url, host=HOST):
            time.sleep(HOLD_SECONDS)
            with pytest.raises(httpx.TimeoutException):
                asked(url, 3, host=HOST)
