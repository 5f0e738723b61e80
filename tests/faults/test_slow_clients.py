"""Clients who take their time do not keep the others waiting."""

from __future__ import annotations

import json
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from stackpick.serving.allowances import HEAD_SECONDS
from tests.faults.slow import SMALL_WINDOW, UNVERIFIED, SlowClients
from tests.operations import HOST
from tests.operations.proxied import proxied
from tests.servers import COLLECTED, QUICKER, running_server

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


ASKS_ON = 16
GET = b"GET /model/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
# Gunicorn says that such a client may go on, with each request.
EXPECTING = GET.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n")
LARGE_FILE = "admin/js/vendor/xregexp/xregexp.js"


def ask_for_a_large_file() -> bytes:
    name = json.loads(COLLECTED.read_text())["paths"][LARGE_FILE]
    return GET.replace(b"/model/", f"/static/{name}".encode())


@contextmanager
def who_read_nothing(url: str, sends: bytes) -> Iterator[list[socket.socket]]:
    """Connections on which all is asked for, and no answer is taken in."""
    port = int(url.rpartition(":")[2])
    with ExitStack() as stack:
        clients = []
        for each in range(10):  # more than there are threads
            client = stack.enter_context(socket.socket())
            if each:  # the first could take in more than the others
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_WINDOW)
            client.connect(("127.0.0.1", port))
            client.sendall(sends)
            clients.append(client)
        time.sleep(HOLD_SECONDS)
        yield clients


def nobody_waits(url: str, beside: str, figure: Figure) -> None:
    took = max(asked(url, WARM_UP))
    figure(f"A page beside clients {beside}, at most", took * 1000, "ms")
    assert took < PATIENCE / 4


def test_who_ask_on_or_for_much_and_read_nothing_keep_nobody_waiting(
    tmp_path: Path, figure: Figure
) -> None:
    with site(tmp_path, WEB_CONCURRENCY="1") as url:
        with who_read_nothing(url, GET * ASKS_ON) as clients:
            nobody_waits(url, "that ask on and read nothing", figure)
            # Who reads after all gets every answer.
            clients[0].settimeout(PATIENCE)
            heard = b""
            while heard.count(b"HTTP/1.1 200 OK\r\n") < ASKS_ON and (
                more := clients[0].recv(1 << 16)
            ):
                heard += more
            assert heard.count(b"HTTP/1.1 200 OK\r\n") == ASKS_ON
        with who_read_nothing(url, ASKS_ON * EXPECTING):
            nobody_waits(url, "that wait to be told", figure)
        with who_read_nothing(url, 4 * ask_for_a_large_file()):
            nobody_waits(url, "that read nothing of a file", figure)


# The buffers of the system grow where nobody says how large they are to be.
MUCH = {"pages": lambda: 8 * ASKS_ON * GET, "files": lambda: 32 * ask_for_a_large_file()}


@pytest.mark.control
@pytest.mark.parametrize("what", MUCH)
def test_a_worker_that_answers_them_all_the_same_answers_nobody_else(
    tmp_path: Path, what: str
) -> None:
    with (
        site(tmp_path, WEB_CONCURRENCY="1", **STOCK) as url,
        who_read_nothing(url, MUCH[what]()),
        pytest.raises(httpx.TimeoutException),
    ):
        asked(url, 3)
