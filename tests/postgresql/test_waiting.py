"""A request waits for PostgreSQL only so long, whatever is between them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from socket import create_connection, create_server, socket
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from stackpick import patience
from stackpick.databases import database_from_url
from stackpick.patience import patient
from stackpick.postgresql import base
from tests.servers import ROOT


class Proxy:
    """Passes on what both say, until it is told to hold it, or cuts them apart."""

    def __init__(self, port: int) -> None:
        self._port, self._listener = port, create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.holds, self._sockets = False, list[socket]()
        Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                ours = self._listener.accept()[0]
                theirs = create_connection(("127.0.0.1", self._port))
                self._sockets += [ours, theirs]
                for pair in ((ours, theirs), (theirs, ours)):
                    Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket, to: socket) -> None:
        with suppress(OSError):
            while part := source.recv(65536):
                while self.holds:
                    time.sleep(0.01)
                to.sendall(part)
        self.cut([source, to])

    def cut(self, sockets: list[socket] | None = None) -> None:
        for each in self._sockets if sockets is None else sockets:
            with suppress(OSError):
                each.shutdown(2)

    def close(self) -> None:
        self.holds = False
        self._listener.close()
        self.cut()


@pytest.fixture
def proxy(postgres_url: str) -> Iterator[Proxy]:
    proxy = Proxy(urlsplit(postgres_url).port or 0)
    yield proxy
    proxy.close()


@pytest.fixture
def connect(
    proxy: Proxy, postgres_url: str, django_db_blocker: Any
) -> Iterator[Callable[[], BaseDatabaseWrapper]]:
    """Django's connections through the proxy, none of which remembers a silence of before."""
    base._silences.clear()
    address = urlsplit(postgres_url)
    url = address._replace(netloc=f"{address.username}@127.0.0.1:{proxy.port}").geturl()
    made: list[BaseDatabaseWrapper] = []

    def connecting() -> BaseDatabaseWrapper:
        made.append(ConnectionHandler({"default": database_from_url(url, ROOT)})["default"])
        made[-1].ensure_connection()
        return made[-1]

    with django_db_blocker.unblock():  # none of them is Django's own
        yield connecting
        proxy.holds = False
        for connection in made:
            connection.close()


def ask(connection: BaseDatabaseWrapper, question: str = "SELECT 1") -> object:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def seconds(do: Callable[[], object]) -> float:
    began = time.monotonic()
    with pytest.raises(OperationalError):
        do()
    return time.monotonic() - began


def test_a_server_that_goes_silent_is_left_in_time(
    connect: Callable[[], BaseDatabaseWrapper], proxy: Proxy
) -> None:
    connection = connect()
    proxy.holds = True
    with patient(0.5):
        assert 0.4 < seconds(lambda: ask(connection)) < 2.5
    assert connection.connection.closed


def test_a_server_that_lets_nobody_in_is_left_in_time(
    connect: Callable[[], BaseDatabaseWrapper], proxy: Proxy
) -> None:
    proxy.holds = True
    with patient():
        assert 1.5 < seconds(connect) < 5
        assert seconds(connect) < 3  # what is left, and no new start


def test_without_patience_a_command_waits_as_long_as_it_takes(
    connect: Callable[[], BaseDatabaseWrapper], proxy: Proxy
) -> None:
    connection = connect()
    assert ask(connection, "SELECT 1 FROM pg_sleep(0.6)") == 1
    with patient(0.3):
        assert seconds(lambda: ask(connection, "SELECT 1 FROM pg_sleep(0.6)")) < 2.5


def test_many_slow_answers_are_too_slow_as_well(
    connect: Callable[[], BaseDatabaseWrapper],
) -> None:
    connection, answers = connect(), list[object]()

    def ask_often() -> None:
        for _ in range(20):
            answers.append(ask(connection, "SELECT 1 FROM pg_sleep(0.15)"))

    with patient(0.5):
        seconds(ask_often)
    assert 1 < len(answers) < 6


def test_many_prompt_answers_are_not(connect: Callable[[], BaseDatabaseWrapper]) -> None:
    connection, patience_left = connect(), patience.Patience(0.5)
    for _ in range(100):
        with patience_left.waiting():
            time.sleep(0.001)
    with patient(0.5):
        for _ in range(500):
            ask(connection)
    assert patience_left.left > 0.4


def test_behind_a_silence_nobody_waits_long_and_all_go_on_when_it_ends(
    connect: Callable[[], BaseDatabaseWrapper], proxy: Proxy
) -> None:
    first, second = connect(), connect()
    proxy.holds = True
    with patient(0.3):
        seconds(lambda: ask(first))
    assert eventually(lambda: all(each.is_noticed for each in base._silences.values()))
    with patient():
        assert seconds(lambda: ask(second)) < 1
        assert seconds(connect) < 1
    proxy.holds = False
    with patient():
        assert eventually(lambda: ask(connect()) == 1)


def test_one_slow_answer_ends_nobody_elses_waiting(
    connect: Callable[[], BaseDatabaseWrapper], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_the_server = base._try

    def take_a_while(*server: Any) -> None:
        time.sleep(0.5)
        ask_the_server(*server)

    monkeypatch.setattr(base, "_try", take_a_while)
    first, second = connect(), connect().connection

    def wait_patiently() -> object:
        with patient(20):
            return second.execute("SELECT 1 FROM pg_sleep(4)").fetchone()

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(wait_patiently)
        with patient(1.5):
            seconds(lambda: ask(first, "SELECT 1 FROM pg_sleep(9)"))
            seconds(lambda: ask(connect()))  # whose patience is used up, which is nobody's silence
        assert waiting.result() == (1,)
    assert not any(each.is_noticed for each in base._silences.values())


def test_whoever_waits_already_is_told_with_the_first(
    connect: Callable[[], BaseDatabaseWrapper], proxy: Proxy
) -> None:
    first, second = connect(), connect().connection  # which knows no threads, as Django's does
    proxy.holds = True

    def wait_patiently() -> float:
        began = time.monotonic()
        with patient(20), pytest.raises(psycopg.OperationalError):
            second.execute("SELECT 1")
        return time.monotonic() - began

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(wait_patiently)
        with patient(1):
            seconds(lambda: ask(first))
        assert waiting.result() < 10


def eventually(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with suppress(OperationalError):
            if holds():
                return True
        time.sleep(0.1)
    return False


def test_what_was_written_when_it_went_silent_is_not_half_there(
    connect: Callable[[], BaseDatabaseWrapper], proxy: Proxy
) -> None:
    connection = connect()
    connection.connection.execute("CREATE TABLE halves (n int)")

    def write() -> None:
        with connection.wrap_database_errors, connection.connection.transaction():
            connection.connection.execute("INSERT INTO halves VALUES (1)")
            proxy.holds = True
            connection.connection.execute("INSERT INTO halves VALUES (2)")

    with patient(0.3):
        seconds(write)
    proxy.holds = False
    proxy.cut()
    assert ask(connect(), "SELECT count(*) FROM halves") == 0


def test_the_first_request_after_the_server_was_gone_finds_it_again(
    connect: Callable[[], BaseDatabaseWrapper], proxy: Proxy
) -> None:
    connection = connect()
    assert ask(connection) == 1
    proxy.cut()
    time.sleep(0.1)
    connection.close_if_unusable_or_obsolete()  # as at the beginning of each request
    with patient():
        assert ask(connection) == 1


def test_a_request_begins_and_ends_with_patience() -> None:
    patience.end(sender=None)  # of a test client's request, which may have been left open
    assert patience.current() is None
    patience.begin(sender=None, environ={})
    assert patience.current() is not None
    patience.end(sender=None)
    assert patience.current() is None


def test_one_silent_server_says_nothing_of_another(
    connect: Callable[[], BaseDatabaseWrapper], proxy: Proxy, postgres_url: str
) -> None:
    silent = connect()
    proxy.holds = True
    with patient(0.3):
        seconds(lambda: ask(silent))
    other = ConnectionHandler({"default": database_from_url(postgres_url, ROOT)})["default"]
    with patient():
        assert [ask(other) for _ in range(3)] == [1, 1, 1]
    other.close()


def test_a_part_of_the_patience_leaves_the_rest_for_what_comes_after(
    connect: Callable[[], BaseDatabaseWrapper], proxy: Proxy
) -> None:
    first, second = connect(), connect()
    with patient(3):
        with patience.at_most(0.3):
            assert seconds(lambda: ask(first, "SELECT 1 FROM pg_sleep(0.9)")) < 2.5
        left = patience.current()
        assert left
        assert 0.5 < left.left < 2.9
        assert ask(second) == 1


def test_a_pools_connections_are_bounded_as_well(
    proxy: Proxy, postgres_url: str, django_db_blocker: Any
) -> None:
    base._silences.clear()
    address = urlsplit(postgres_url)
    url = address._replace(netloc=f"{address.username}@127.0.0.1:{proxy.port}", query="pool=true")
    database = database_from_url(url.geturl(), ROOT)
    with django_db_blocker.unblock():
        connection: Any = ConnectionHandler({"default": database})["default"]
        try:
            assert ask(connection) == 1
            proxy.holds = True
            with patient(0.5):
                assert 0.4 < seconds(lambda: ask(connection)) < 3.5
        finally:
            proxy.holds = False
            connection.close()
            connection.close_pool()
