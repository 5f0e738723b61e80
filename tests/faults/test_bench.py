"""The bench itself: load, ledger and proxy, on cases small enough to see through."""

from __future__ import annotations

import hashlib
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from threading import Thread

import pytest

from assessments.folding import fold
from tests.faults.client import Client
from tests.faults.faulted import Fault
from tests.faults.founders import Forms, Founder, Founders
from tests.faults.fuzz_values import json_body
from tests.faults.ledger import Stored, after_a_kill, compare
from tests.faults.load import Asked, Load, seconds_of
from tests.faults.proxy import Proxy
from tests.faults.test_kill import moments
from tests.faults.test_postgres_killed import Outages, not_503
from tests.web import CHANGE_HEAVY

FORMS = Forms("s" * 32, [("project", {"project_name": "Save {number}"}), ("team", {"go": "some"})])
TABLES = """
CREATE TABLE assessments_client (id INTEGER, name TEXT);
CREATE TABLE assessments_project (id INTEGER, name TEXT, summary TEXT, client_id INTEGER);
CREATE TABLE assessments_assessment (id INTEGER, edit_hash TEXT, version INTEGER, touched TEXT,
    answers TEXT, stage TEXT, project_id INTEGER);
CREATE TABLE assessments_anticipatedchange (assessment_id INTEGER, position INTEGER, text TEXT,
    kind TEXT, likelihood TEXT);
CREATE TABLE assessments_searchtext (assessment_id INTEGER, words TEXT);
CREATE VIRTUAL TABLE assessments_searchindex USING fts5(words, content='assessments_searchtext',
    content_rowid='assessment_id');
"""


def saved(number: int, status: int = 302, at: float = 0.0, seconds: float = 0.1) -> Asked:
    return Asked(at, seconds, status, "", "30", founder=0, number=number)


# ---- The ledger ----


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """One founder, who has saved two steps."""
    with closing(sqlite3.connect(tmp_path / "site.sqlite3", isolation_level=None)) as rows:
        rows.executescript(TABLES)
        edit_hash = hashlib.sha256(b"token").hexdigest()
        rows.execute("INSERT INTO assessments_project VALUES (1, 'Save 0', '', NULL)")
        rows.execute(
            "INSERT INTO assessments_assessment VALUES (1, ?, 2, ?, ?, '', 1)",
            [edit_hash, '{"project": 1, "team": 2}', '{"go": "some"}'],
        )
        words = " ".join(fold("Save 0"))
        rows.execute("INSERT INTO assessments_searchtext VALUES (1, ?)", [words])
        rows.execute("INSERT INTO assessments_searchindex(rowid, words) VALUES (1, ?)", [words])
        yield rows


@pytest.fixture
def founders() -> Founders:
    return Founders(FORMS, [Founder("token", 0)])


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'site.sqlite3'}"


@pytest.mark.usefixtures("stored")
def test_what_was_acknowledged_and_is_there_is_clean(url: str, founders: Founders) -> None:
    findings = compare(url, founders, [saved(0), saved(1)])
    assert findings.is_clean, findings
    assert findings.acknowledged == 2


@pytest.mark.usefixtures("stored")
def test_a_save_that_is_not_there_is_lost(url: str, founders: Founders) -> None:
    assert compare(url, founders, [saved(0), saved(1), saved(2)]).lost == 1


@pytest.mark.usefixtures("stored")
def test_a_save_without_an_answer_may_be_stored_or_not(url: str, founders: Founders) -> None:
    assert compare(url, founders, [saved(0), saved(1, status=0)]).is_clean
    assert compare(url, founders, [saved(0), saved(1), saved(2, status=0)]).is_clean


@pytest.mark.usefixtures("stored")
def test_a_save_that_nobody_sent_is_too_many(url: str, founders: Founders) -> None:
    assert compare(url, founders, [saved(0)]).doubled == 1


def test_an_assessment_that_is_gone_has_lost_everything(
    url: str, founders: Founders, stored: sqlite3.Connection
) -> None:
    stored.execute("DELETE FROM assessments_assessment")
    findings = compare(url, founders, [saved(0), saved(1)])
    assert findings.lost == 2
    assert findings.damage == ["words of no assessment, 1"]


def test_the_right_version_with_other_words_is_lost_too(
    url: str, founders: Founders, stored: sqlite3.Connection
) -> None:
    stored.execute("UPDATE assessments_project SET name = 'Save 7'")
    findings = compare(url, founders, [saved(0), saved(1)])
    assert findings.lost == 1
    assert [line.partition(": ")[2] for line in findings.half_saved] == ["its search text"]


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ("UPDATE assessments_searchtext SET words = 'other'", "its search text"),
        ("UPDATE assessments_assessment SET stage = 'idea'", "its stage"),
        ("UPDATE assessments_assessment SET version = 1", "its touched steps"),
        ("INSERT INTO assessments_anticipatedchange VALUES (1, 0, 'A', '', '')", "its changes"),
    ],
)
def test_parts_that_tell_of_different_saves_are_half_saved(
    url: str, stored: sqlite3.Connection, change: str, part: str
) -> None:
    assert not after_a_kill(url)
    stored.execute(change)
    assert part in [line.partition(": ")[2] for line in after_a_kill(url)]


def test_an_index_that_knows_other_words_is_damage(
    url: str, founders: Founders, stored: sqlite3.Connection
) -> None:
    stored.execute("INSERT INTO assessments_searchindex(rowid, words) VALUES (2, 'gone')")
    assert compare(url, founders, [saved(0), saved(1)]).damage


def test_a_file_that_is_no_database_is_damage(tmp_path: Path, founders: Founders) -> None:
    (tmp_path / "other.sqlite3").write_bytes(b"nothing of the kind" * 1000)
    findings = compare(f"sqlite:///{tmp_path / 'other.sqlite3'}", founders, [saved(0)])
    assert findings.damage
    assert findings.lost == 1


def test_fields_have_the_names_that_forms_have_for_them() -> None:
    change = {"text": "A", "kind": "schema"}
    stored = Stored(
        1, {}, {"changes": [change], "peak_rps": 7}, "", "N", "S", "", [change], "n s a"
    )
    assert stored.fields["change_0_text"] == "A"
    assert stored.fields["peak_rps"] == "7"
    assert stored.fields["project_name"] == "N"
    assert not stored.disagreements()


# ---- Load ----


class Server(BaseHTTPRequestHandler):
    """Acknowledges each save, but the third one only when it comes again."""

    protocol_version = "HTTP/1.1"
    seen: list[str] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append(self.path)
        self._answer(503 if len(self.seen) == 3 else 302)

    def do_GET(self) -> None:
        self._answer(200)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        if status == 503:
            self.send_header("Retry-After", "30")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    Server.seen = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_save_is_sent_until_it_is_acknowledged(server: str, founders: Founders) -> None:
    with Load(server, founders, saves=4, reads=["/"]) as load:
        load.until(lambda: False, seconds=30)
    assert [(asked.number, asked.status) for asked in load.answers] == [
        (0, 302),
        (1, 302),
        (2, 503),
        (2, 302),
        (3, 302),
    ]
    assert load.answers[2].retry_after == "30"
    assert load.saved == 4
    assert Server.seen[0] == "/a/token/project/"


def test_load_ends_when_the_context_does_and_readers_read(server: str, founders: Founders) -> None:
    with Load(server, founders, reads=["/"], readers=2, pause=0.01) as load:
        load.until_saved(3, seconds=30)
    assert not load.is_on
    assert any(not asked.is_save and asked.is_served for asked in load.answers)


def test_a_client_opens_again_what_was_closed_between_two_requests(server: str) -> None:
    client = Client(server)
    assert client.ask("GET", "/").status == 200
    assert client._connection.sock
    client._connection.sock.shutdown(socket.SHUT_RD)
    assert client.ask("GET", "/").status == 200
    assert client.reopened == 1


def test_a_request_that_nobody_takes_has_failed() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        answer = Client(f"http://127.0.0.1:{closed.getsockname()[1]}").ask("GET", "/")
    assert (answer.status, answer.trouble) == (0, "ConnectionRefusedError")


def test_each_save_has_a_form_of_its_own() -> None:
    assert FORMS.filled(2) == {"project_name": "Save 2"}
    assert "version=5" in FORMS.body(4, 5)
    assert [FORMS.step(number) for number in range(3)] == ["project", "team", "project"]


def test_the_time_of_most_is_that_of_the_slowest_of_them() -> None:
    answers = [saved(0, seconds=number / 100) for number in range(1, 101)]
    assert seconds_of(answers, 0.5) == pytest.approx(0.51)
    assert seconds_of(answers, 0.99) == pytest.approx(1.0)
    assert seconds_of([], 0.5) == 0


# ---- Faults ----


def fault_of(*answers: Asked) -> tuple[Fault, Load]:
    load = Load("http://127.0.0.1:1", Founders(FORMS))
    load.answers = list(answers)
    return Fault(began=10.0, ended=20.0), load


def test_a_fault_that_is_told_at_once_and_gone_soon_passes() -> None:
    told = saved(0, status=503, at=11, seconds=1)
    fault, load = fault_of(saved(0, at=1), told, saved(1, at=21))
    fault.check(load)


@pytest.mark.parametrize(
    "wrong",
    [
        saved(1, status=500, at=12),
        saved(1, status=0, at=12),
        saved(1, status=503, at=12, seconds=5.5),
        saved(1, status=503, at=25.5),
        Asked(12, 0.1, 503, "", "", founder=0, number=1),
    ],
    ids=["500", "no answer", "told late", "not well again", "no Retry-After"],
)
def test_whatever_else_is_told_does_not_pass(wrong: Asked) -> None:
    fault, load = fault_of(saved(0, status=503, at=11), wrong, saved(1, at=21))
    with pytest.raises(AssertionError):
        fault.check(load)


def test_a_fault_that_nobody_has_met_does_not_pass() -> None:
    fault, load = fault_of(saved(0, at=11), saved(1, at=21))
    with pytest.raises(AssertionError, match="nobody has met"):
        fault.check(load)


def test_what_was_asked_while_it_was_down_is_what_began_and_ended_then() -> None:
    outages = Outages()
    outages.down = [(10.0, 12.0), (20.0, 22.0)]
    moments = [(9.5, 1.0), (10.5, 0.5), (11.5, 1.0), (15.0, 0.1), (20.1, 0.1)]
    answers = [saved(0, 503, at, seconds) for at, seconds in moments]
    assert outages.during(answers) == [answers[1], answers[4]]


@pytest.mark.parametrize(("status", "count"), [(503, 0), (500, 1), (302, 1), (0, 1)])
def test_whatever_is_no_503_counts(status: int, count: int) -> None:
    assert not_503([saved(0, status)]) == count


@pytest.mark.parametrize("saves", [200, 20_000])
def test_kills_come_at_other_moments_each_time(saves: int) -> None:
    first, second = moments(saves, 6), moments(saves, 6)
    assert len(set(first)) == 6
    assert max(first) < saves
    assert first != second


# ---- The wire ----


@pytest.fixture
def echo() -> Iterator[str]:
    """A database URL whose server says back what it hears."""

    def serve(listening: socket.socket) -> None:
        while True:
            try:
                taken, _ = listening.accept()
            except OSError:
                return
            Thread(target=say_back, args=(taken,), daemon=True).start()

    def say_back(taken: socket.socket) -> None:
        with taken, suppress(ConnectionResetError):
            while data := taken.recv(100):
                taken.sendall(data)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=serve, args=(listening,), daemon=True).start()
        yield f"postgresql://me@127.0.0.1:{listening.getsockname()[1]}/name"
        listening.shutdown(socket.SHUT_RDWR)


def connected(proxy: Proxy) -> socket.socket:
    port = int(proxy.url.rpartition(":")[2].partition("/")[0])
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def test_a_wire_passes_on_what_comes(echo: str) -> None:
    with Proxy(echo) as proxy, connected(proxy) as wire:
        wire.sendall(b"hello")
        assert wire.recv(100) == b"hello"


def test_a_stalled_wire_says_nothing_and_then_everything(echo: str) -> None:
    with Proxy(echo) as proxy, connected(proxy) as wire:
        proxy.stall()
        wire.sendall(b"hello")
        wire.settimeout(0.3)
        with pytest.raises(TimeoutError):
            wire.recv(100)
        proxy.go_on()
        wire.settimeout(5)
        assert wire.recv(100) == b"hello"


def test_a_cut_wire_resets_what_is_open_and_what_comes(echo: str) -> None:
    with Proxy(echo) as proxy, connected(proxy) as wire:
        wire.sendall(b"hello")
        assert wire.recv(100) == b"hello"
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            wire.recv(100)
        # The reset may come while the connection is made, or after it.
        with pytest.raises(ConnectionResetError), connected(proxy) as refused:
            refused.recv(100)
        proxy.mend()
        with connected(proxy) as again:
            again.sendall(b"again")
            assert again.recv(100) == b"again"


# ---- What the fuzzer sends ----


def test_what_is_sent_is_told_by_its_number_alone_whatever_was_sent_before() -> None:
    def body(number: int) -> bytes:
        return json_body(Random(number), CHANGE_HEAVY)  # noqa: S311 -- to be guessed is its point

    numbers = range(1_500)
    assert [*map(body, numbers)] == [*map(body, reversed(numbers))][::-1]
