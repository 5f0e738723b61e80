"""A thread that answers waits for nobody, and reads what is there already."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from gunicorn.config import Config
from gunicorn.http.message import Request
from hypothesis import given
from hypothesis import strategies as st

from stackpick.serving import streams
from stackpick.serving.streams import LEFT_AT_MOST, PIECE, AnsweringSocket, Room, TakenIn

MEGABYTE = 1024 * 1024
ANSWER = bytes(range(256)) * (LEFT_AT_MOST // 512)


class Pair:
    """A socket of ours, and the client at its other end."""

    def __init__(self, most: int = 4 * MEGABYTE) -> None:
        plain, self.client = socket.socketpair()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        self.room = Room(most)
        self.ours = AnsweringSocket.in_place_of(plain, self.room)
        self.ours.setblocking(True)

    def read(self, size: int) -> bytes:
        heard = b""
        while len(heard) < size:
            heard += self.client.recv(size - len(heard))
        return heard

    def close(self) -> None:
        self.ours.close()
        self.client.close()


@pytest.fixture
def pair() -> Iterator[Pair]:
    made = Pair()
    yield made
    made.close()


def test_an_answer_is_sent_without_waiting_though_nobody_reads_it(pair: Pair) -> None:
    pair.ours.sendall(ANSWER)
    assert pair.room.held == len(pair.ours.left) > len(ANSWER) // 2


def test_what_is_left_is_sent_in_order_as_the_client_takes_it(pair: Pair) -> None:
    for at in range(0, len(ANSWER), 100_000):
        pair.ours.sendall(ANSWER[at : at + 100_000])
    heard = b""
    while not pair.ours.send_left():
        heard += pair.client.recv(PIECE)
    assert heard + pair.read(len(ANSWER) - len(heard)) == ANSWER
    assert pair.room.held == 0


def test_a_file_is_sent_like_any_answer(pair: Pair, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(ANSWER)
    with (tmp_path / "file").open("rb") as file:
        assert pair.ours.sendfile(file, 10, 500_000) == 500_000
        heard = b""
        while not pair.ours.send_left():
            heard += pair.client.recv(PIECE)
        assert heard + pair.read(500_000 - len(heard)) == ANSWER[10:500_010]
        # To the end, wherever one is in it.
        assert pair.ours.sendfile(file, len(ANSWER) - 7) == 7
    assert pair.read(7) == ANSWER[-7:]


def test_of_more_than_may_be_left_the_client_takes_some_first_or_is_gone(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "ANSWER_SECONDS", 0.05)
    pair.ours.setblocking(True)
    pair.ours.sendall(ANSWER)
    pair.ours.sendall(ANSWER)
    with pytest.raises(ConnectionResetError):
        pair.ours.sendall(ANSWER)
    assert pair.room.held == 0


def test_where_a_worker_holds_too_much_already_the_client_is_gone() -> None:
    pair = Pair(most=len(ANSWER) // 2)
    with pytest.raises(ConnectionResetError):
        pair.ours.sendall(ANSWER)
    assert pair.room.held == 0
    pair.close()


def test_what_a_client_that_hung_up_did_not_take_is_held_no_longer(pair: Pair) -> None:
    pair.ours.sendall(ANSWER)
    pair.client.close()
    with pytest.raises(OSError, match=r"Broken pipe|reset"):
        pair.ours.send_left()
    pair.ours.close()
    assert pair.room.held == 0


def taken_in(data: bytes) -> TakenIn:
    source = TakenIn()
    source.put(data)
    return source


@given(st.binary(max_size=300_000), st.lists(st.integers(0, 100_000), max_size=5))
def test_what_was_taken_in_is_read_in_order_and_the_rest_is_what_follows(
    data: bytes, sizes: list[int]
) -> None:
    source = taken_in(data)
    read = b"".join(source.read(size) for size in sizes)
    assert read == data[: sum(sizes)]
    assert source.take_buffered() == data[sum(sizes) :]
    assert source.read() == b""


def test_chunks_of_a_byte_are_read_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gunicorn copies what it has with each chunk: of all there is, that would take minutes."""
    handed_out = []
    chunk = TakenIn.chunk

    def counted(self: TakenIn, size_hint: int | None = None) -> bytes:
        handed_out.append(chunk(self, size_hint))
        return handed_out[-1]

    monkeypatch.setattr(TakenIn, "chunk", counted)
    body = b"1\r\nx\r\n" * 20_000 + b"0\r\n\r\n"
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    source = taken_in(head + body + b"GET /")
    request = Request(Config(), source, ("127.0.0.1", 1), 1)
    assert request.body.read() == b"x" * 20_000
    assert max(map(len, handed_out)) <= 8 * 1024
    assert source.take_buffered() == b"GET /"
