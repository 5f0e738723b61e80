"""Where a request ends, in bytes that come as they like."""

from __future__ import annotations

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import ParseException
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader
from hypothesis import given
from hypothesis import strategies as st

from stackpick.serving.framing import (
    BODY_TOO_LARGE,
    HEAD_TOO_LARGE,
    LARGEST_BODY,
    LARGEST_HEAD,
    LARGEST_IN_CHUNKS,
    LARGEST_LINE,
    WRONG_CHUNKS,
    Incoming,
    Refusal,
)

PLAIN = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
FORM = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length:  5 \r\n\r\nab=cd"
CHUNKED = (
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\nab=\r\nA;name=value\r\n\r\n0\r\n\r\n456\r\n0;last\r\n\r\n"
)
CODED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
# As long as they are, they say little.
ZEROES = b"0" * 30
REQUESTS = {"plain": PLAIN, "form": FORM, "chunked": CHUNKED}
REQUESTS |= {
    "form of a length with zeroes": FORM.replace(b" 5 ", b" %b5 " % ZEROES),
    "chunked with zeroes": CHUNKED.replace(b"\r\nA;", b"\r\n%bA;" % ZEROES),
}


def fed(*pieces: bytes) -> Incoming:
    incoming = Incoming()
    for piece in pieces:
        incoming.add(piece)
    return incoming


def one_by_one(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_whole_with_its_last_byte_and_not_before(name: str) -> None:
    request = REQUESTS[name]
    assert fed(request).is_whole
    assert fed(*one_by_one(request)).is_whole
    for length in range(len(request)):
        assert not fed(request[:length]).is_whole
        assert not fed(*one_by_one(request[:length])).is_whole


@pytest.mark.parametrize("name", REQUESTS)
def test_what_comes_after_it_is_kept_and_changes_nothing(name: str) -> None:
    incoming = fed(REQUESTS[name] + PLAIN[:9])
    assert incoming.is_whole
    assert incoming.received.endswith(PLAIN[:9])


@pytest.mark.parametrize(
    "wrong",
    [
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        b"\r\n\r\n",
    ],
)
def test_what_is_wrong_is_passed_on_to_be_refused(wrong: bytes) -> None:
    assert fed(wrong).is_whole


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"GET / HTTP/1.1\r\nX: " + b"x" * LARGEST_HEAD, HEAD_TOO_LARGE),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * LARGEST_HEAD + b"\r\n\r\n", HEAD_TOO_LARGE),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (LARGEST_BODY + 1), BODY_TOO_LARGE),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % LARGEST_BODY, None),
        (b"POST / HTTP/1.1\r\nContent-Length: 999999999999999999\r\n\r\n", BODY_TOO_LARGE),
        (b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 9_000 + b"\r\n\r\n", BODY_TOO_LARGE),
        (CODED + b"%x\r\n" % (LARGEST_IN_CHUNKS + 1), BODY_TOO_LARGE),
        (CODED + b"f" * 900 + b"\r\n", BODY_TOO_LARGE),
        (CODED + b"5;x=" + b"y" * LARGEST_LINE, WRONG_CHUNKS),
        (CODED + b"5" * LARGEST_LINE, WRONG_CHUNKS),
        (CODED + b"1\r\nx\r\n" * (LARGEST_IN_CHUNKS // 6 + 1), BODY_TOO_LARGE),
        (CODED + b"1\r\nx\r\n" * (LARGEST_IN_CHUNKS // 6 - 1), None),
    ],
)
def test_what_is_too_large_is_refused_as_soon_as_it_is_known(
    data: bytes, refusal: Refusal | None
) -> None:
    assert fed(data).refusal == refusal


@pytest.mark.parametrize(
    "body",
    [
        *(
            b"no size\r\n",
            b"-5\r\n",
            b"\r\n",
            b"zz\r\n",
            b"2\r\n{}XX0\r\n\r\n",
            b"2\r\n{}\r\r0\r\n\r\n",
        ),
        *(
            b" 1\r\n",
            b"1 \r\n",
            b"1;=\r\n",
            b"1;a\rb\r\n",
            b"1;a\nb\r\n",
            b"1;a b\r\n",
            b'1;a="\r\n',
        ),
        *(b"0\r\nA: b\r\n\r\n", b"0\r\nContent-Length: 5\r\n\r\n", b"0\r\nx\r\n\r\n"),
    ],
)
def test_chunks_that_are_wrong_are_refused_before_anybody_reads_them(body: bytes) -> None:
    """Or the reader would get an answer and then a refusal, or a 500."""
    assert fed(CODED + body).refusal == WRONG_CHUNKS
    bit_by_bit = fed(*one_by_one(CODED + body))
    assert bit_by_bit.refusal == WRONG_CHUNKS
    assert not bit_by_bit.is_whole


def test_so_are_chunks_once_they_are_too_many() -> None:
    incoming = fed(CODED, *[b"4000\r\n" + b"x" * 0x4000 + b"\r\n"] * 7)
    assert incoming.refusal is None
    incoming.add(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
    assert incoming.refusal == BODY_TOO_LARGE


def test_what_comes_after_chunks_does_not_make_them_too_many() -> None:
    incoming = fed(CODED + b"1FF00\r\n" + b"x" * 0x1FF00 + b"\r\n0\r\n\r\n" + PLAIN * 200)
    assert incoming.is_whole
    assert incoming.refusal is None


def test_who_waits_to_be_told_to_go_on_is_noticed() -> None:
    head = b"POST / HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
    assert fed(head).expects_continue
    assert not fed(FORM).expects_continue
    # To a client of HTTP/1.0 it would be the answer.
    assert not fed(head.replace(b"HTTP/1.1", b"HTTP/1.0")).expects_continue


# ---- What counts as whole is whole for Gunicorn ----


class Dry(Exception):
    """Gunicorn asks for more than there is: a thread would wait for it."""


def _all_there_is(data: bytes) -> IterUnreader:
    def pieces() -> object:
        yield data
        raise Dry

    return IterUnreader(pieces())


def read_by_gunicorn(data: bytes) -> bytes | None:
    """The body, or None of what it refuses at once. Raises ``Dry`` where it would have waited, and
    what it says of a body that nobody can read to its end."""
    try:
        request = Request(Config(), _all_there_is(data), ("127.0.0.1", 1), 1)
    except ParseException:
        return None
    return bytes(request.body.read())


FIELDS = st.sampled_from(
    [
        *(b"Content-Length: 5", b"content-length:5", b"Content-Length: 0", b"Content-Length: x"),
        *(b"Content-Length : 5", b"Content-Length:\t7\t", b"Content-Length: +5", b"X: y"),
        *(b"Transfer-Encoding: chunked", b"transfer-encoding:chunked", b"Transfer-Encoding: gzip"),
        *(b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: identity", b" folded: 1"),
        *(b"Expect: 100-continue", b"Content-Length: 5, 5", b"X:\rContent-Length: 9"),
        *(
            b"Content-Length: " + ZEROES + b"5",
            b"Content-Length: \xb2\xb3",
            b"Content-Length: 5\xbc",
        ),
        *(b"X: \nContent-Length: 9", b"Transfer-Encoding: chunked\nX: y", b"Content-Length: \x0b5"),
    ]
)
BODIES = st.lists(
    st.sampled_from(
        [
            b"abcde",
            b"5\r\n",
            b"\r\n",
            b"0\r\n\r\n",
            b"0\r\nA: b\r\n\r\n",
            b"1;x=y\r\n",
            b"0" * 20 + b"5\r\n",
            b"z",
            b"0x1",
            *(b"1 \r\nx\r\n", b" 1\r\nx\r\n", b"1\r\nx\r\n", b"1;\r\nx\r\n", b"0;y\r\n\r\n"),
            *(
                b'1;a="\\""\r\nx\r\n',
                b"1 ; a = b ;c\r\nx\r\n",
                b"1;a\rb\r\nx\r\n",
                b"1;a=\r\nx\r\n",
            ),
            *(b"0\r\nContent-Length: 5\r\n\r\n", b"0\r\nA:\0\r\n\r\n"),
        ]
    ),
    max_size=8,
).map(b"".join)


@given(st.lists(FIELDS, max_size=4), BODIES)
def test_for_what_is_whole_gunicorn_waits_for_nothing(fields: list[bytes], body: bytes) -> None:
    request = b"\r\n".join([b"POST / HTTP/1.1", b"Host: a", *fields, b"", body])
    if fed(request).is_whole:
        read_by_gunicorn(request)


@given(BODIES)
def test_nor_is_it_surprised_by_what_comes_in_chunks(body: bytes) -> None:
    if fed(CODED + body).is_whole:
        assert read_by_gunicorn(CODED + body) is not None


def test_it_would_be_noticed_if_it_did() -> None:
    with pytest.raises(Dry):
        read_by_gunicorn(FORM[:-1])
    with pytest.raises(Dry):
        read_by_gunicorn(CHUNKED[:-1])
