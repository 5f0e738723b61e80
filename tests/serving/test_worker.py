"""The loop of a worker, turn by turn: what it holds, and whom it waits for how long."""

from __future__ import annotations

import os
import selectors
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn

from stackpick.serving import allowances, worker
from stackpick.serving.worker import BufferingWorker

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
PAGE = bytes(range(256)) * 2_000
TURNS = 200


class Loop:
    """A worker with one thread, and a page that reads nothing of what is sent to it."""

    def __init__(self) -> None:
        self.cfg = Config()
        log = Logger(self.cfg)
        self.worker = BufferingWorker(1, os.getpid(), [], SimpleNamespace(), 30, self.cfg, log)
        self.worker.poller = selectors.DefaultSelector()
        self.worker.method_queue.init()
        self.worker.poller.register(
            self.worker.method_queue.fileno(),
            selectors.EVENT_READ,
            self.worker.method_queue.run_callbacks,
        )
        self.worker.tpool = ThreadPoolExecutor(1)
        self.worker.wsgi = self.page
        self.clients: list[socket.socket] = []
        self.connections: list[TConn] = []

    def page(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Length", str(len(PAGE)))])
        return [PAGE]

    def connect(self, sends: bytes = b"") -> socket.socket:
        ours, client = socket.socketpair()
        client.settimeout(5)
        client.sendall(sends)
        conn = TConn(self.cfg, ours, ("192.0.2.1", 1), ("192.0.2.2", 80))
        self.worker.nr_conns += 1
        self.worker.enqueue_req(conn)
        self.clients.append(client)
        self.connections.append(conn)
        return client

    @property
    def held(self) -> int:
        return self.worker.requests.held + self.worker.answers.held

    def turn(self) -> None:
        self.worker.wait_for_and_dispatch_events(0.02)
        self.worker.murder_pending()

    def turn_until(self, happened: Callable[[], object]) -> None:
        for _ in range(TURNS):
            if happened():
                return
            self.turn()
        raise AssertionError(happened)

    def close(self) -> None:
        self.worker.tpool.shutdown()
        for connection in self.connections:
            connection.close()
        for client in self.clients:
            client.close()
        self.worker.poller.close()
        self.worker.method_queue.close()
        self.worker.tmp.close()


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loop]:
    monkeypatch.setattr(worker, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(worker, "ANSWER_BUFFER", 4096)
    made = Loop()
    yield made
    made.close()


def read_all(loop: Loop, client: socket.socket) -> bytes:
    """What a client hears until the other end is closed."""
    client.setblocking(False)
    heard = bytearray()

    def is_closed() -> bool:
        try:
            while piece := client.recv(1 << 16):
                heard.extend(piece)
        except BlockingIOError:
            return False
        return True

    loop.turn_until(is_closed)
    return bytes(heard)


def test_the_loop_sends_what_is_left_of_an_answer_and_then_serves_the_next(loop: Loop) -> None:
    client = loop.connect(GET + GET.replace(b"a\r\n", b"a\r\nConnection: close\r\n"))
    loop.turn_until(lambda: loop.worker.leaving)
    assert loop.worker.answers.held > len(PAGE) // 2
    heard = read_all(loop, client)
    assert heard.count(b"HTTP/1.1 200 OK\r\n") == 2
    assert heard.count(PAGE) == 2
    assert loop.held == 0


def test_who_reads_nothing_of_it_is_let_go_in_time(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowances, "ANSWER_SECONDS", 0.05)
    loop.connect(GET)
    loop.turn_until(lambda: loop.worker.leaving)
    loop.turn_until(lambda: not loop.worker.leaving)
    assert (loop.worker.nr_conns, loop.held) == (0, 0)


def test_who_reads_on_has_more_time(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowances, "ANSWER_SECONDS", 0.5)
    client = loop.connect(GET)
    loop.turn_until(lambda: loop.worker.leaving)
    (leaving,) = loop.worker.leaving.values()
    before = leaving.deadline
    client.recv(1 << 17)
    loop.turn_until(lambda: leaving.deadline > before)


def test_who_takes_less_than_the_system_speaks_of_is_noticed(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Linux says that there is room once a third of its buffer is free, and that may be long."""
    monkeypatch.setattr(worker, "EVENT_WRITE", selectors.EVENT_READ)  # which never happens
    client = loop.connect(GET)
    loop.turn_until(lambda: loop.worker.leaving)
    client.setblocking(False)
    loop.turn_until(lambda: client.recv(1 << 16) and not loop.worker.leaving)


def test_who_is_given_up_does_not_take_a_part_for_the_whole(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setattr(socket, "socketpair", lambda: _by_tcp(listener))
        monkeypatch.setattr(allowances, "ANSWER_SECONDS", 0.05)
        client = loop.connect(GET)
        loop.turn_until(lambda: loop.worker.leaving)
        loop.turn_until(lambda: not loop.worker.leaving)
    with pytest.raises(ConnectionResetError):
        list(iter(lambda: client.recv(1 << 16), b""))


def _by_tcp(listener: socket.socket) -> tuple[socket.socket, socket.socket]:
    client = socket.create_connection(listener.getsockname())
    return listener.accept()[0], client


def test_who_hangs_up_meanwhile_is_let_go(loop: Loop) -> None:
    client = loop.connect(GET)
    loop.turn_until(lambda: loop.worker.leaving)
    client.close()
    loop.turn_until(lambda: not loop.worker.leaving)
    assert (loop.worker.nr_conns, loop.held) == (0, 0)


def test_of_a_body_that_nobody_read_nothing_is_kept_while_the_client_closes(loop: Loop) -> None:
    body = b"x" * 50_000
    head = b"POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    client = loop.connect(head + body)
    client.setblocking(False)
    heard = bytearray()

    def lingers() -> object:
        with suppress(BlockingIOError):
            heard.extend(client.recv(1 << 16))
        return loop.worker.lingering

    loop.turn_until(lingers)
    (conn,) = loop.worker.lingering
    assert conn.parser is None
    assert loop.held == 0


def test_a_worker_that_ends_of_its_own_accord_does_not_wait_long_for_who_sends_slowly(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "LAST_SECONDS", 0.05)
    client = loop.connect(b"POST / HTTP/1.1\r\nContent-Length: 50\r\n\r\nslowly")
    loop.worker.nr = loop.worker.max_requests = 5
    loop.turn()
    assert loop.worker.arriving
    loop.worker.alive = False
    assert read_all(loop, client).startswith(b"HTTP/1.1 408 ")


def test_nor_for_who_reads_slowly(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "LAST_SECONDS", 0.05)
    loop.connect(GET)
    loop.turn_until(lambda: loop.worker.leaving)
    loop.worker.nr = loop.worker.max_requests = 5
    loop.worker.alive = False
    loop.turn_until(lambda: not loop.worker.leaving)


def test_one_that_is_told_to_end_waits_for_them(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others have taken its place before."""
    monkeypatch.setattr(worker, "LAST_SECONDS", 0.0)
    loop.connect(b"POST / HTTP/1.1\r\nContent-Length: 50\r\n\r\nslowly")
    loop.worker.alive = False
    for _ in range(5):
        loop.turn()
    assert loop.worker.arriving


def test_who_has_just_connected_may_still_send_when_a_worker_ends(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = loop.connect()
    loop.worker.alive = False
    loop.turn()
    client.sendall(GET)
    assert read_all(loop, client).count(b"200 OK") == 1
    monkeypatch.setattr(worker, "FIRST_BYTE_SECONDS", 0.0)
    assert read_all(loop, loop.connect()) == b""


def test_an_empty_line_after_a_request_is_not_taken_for_the_next(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowances, "HEAD_SECONDS", 0.05)
    assert read_all(loop, loop.connect(b"\r\n")) == b""
    assert read_all(loop, loop.connect(b"\r\nG")).startswith(b"HTTP/1.1 408 ")
