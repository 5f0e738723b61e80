"""Where a request ends in the bytes that have come so far (RFC 9112), and nothing else about it.

Gunicorn's own parser judges it afterwards. So a head that looks wrong counts as whole here: there
it is refused, from bytes that are all there. Chunks that Gunicorn would refuse are refused here:
there it would be noticed by whoever reads the body, in the middle of an answer or after it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LARGEST_HEAD = 32 * 1024
# An import at the desk is 8 MB, and comes in a form.
LARGEST_BODY = 9 * 1024 * 1024
# In chunks: nobody but the API reads them, and an answers file has 64 KB at most. A body that comes
# with a byte in each takes long to read.
LARGEST_IN_CHUNKS = 128 * 1024
# Of a chunk: its size, and extensions that nobody uses.
LARGEST_LINE = 1024

_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*(\d+)[ \t]*\r\n", re.IGNORECASE)
_CODED = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.IGNORECASE)
# A chunk's size and its extensions (section 7.1.1), no more of them than Gunicorn takes.
_NAME = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED = rb'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"'
_CHUNK = re.compile(
    rb"([0-9A-Fa-f]+)(?:[ \t]*;[ \t]*"
    + _NAME
    + rb"(?:[ \t]*=[ \t]*(?:"
    + _NAME
    + rb"|"
    + _QUOTED
    + rb"))?)*"
)
# A client of HTTP/1.0 does not know what it would be told (RFC 9110, section 10.1.1).
_EXPECTS = re.compile(
    rb"[^\r\n]* HTTP/1\.1\r\n(?:.*\r\n)?expect[ \t]*:[ \t]*100-continue", re.IGNORECASE | re.DOTALL
)


class Refusal(NamedTuple):
    """A status with its phrase, for what is not even taken in."""

    status: int
    phrase: str


HEAD_TOO_LARGE = Refusal(431, "Request Header Fields Too Large")
BODY_TOO_LARGE = Refusal(413, "Content Too Large")
WRONG_CHUNKS = Refusal(400, "Bad Request")


class Incoming:
    """One request, as it comes in piece by piece; what follows it may be in the bytes as well."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.is_whole = False
        self.refusal: Refusal | None = None
        self.expects_continue = False
        self._body_at = 0  # 0 until the head is there
        self._length = 0
        self._chunk_at = 0  # where a chunk begins up to which all have come; 0 without chunks

    @property
    def has_head(self) -> bool:
        return self._body_at > 0

    def add(self, data: bytes) -> None:
        """Takes in what has come, and sees whether that is all, or too much."""
        looked_at = max(0, len(self.received) - len(_HEAD_END))
        self.received += data
        if not self.has_head:
            self._find_head(looked_at)
        if self.has_head and self.refusal is None:
            self._find_end()

    def _find_head(self, looked_at: int) -> None:
        end = self.received.find(_HEAD_END, looked_at)
        if max(end, 0 if end >= 0 else len(self.received)) > LARGEST_HEAD:
            self.refusal = HEAD_TOO_LARGE
        elif end >= 0:
            self._read_head(bytes(self.received[: end + 2]), end + len(_HEAD_END))

    def _read_head(self, head: bytes, body_at: int) -> None:
        self._body_at = body_at
        self.expects_continue = bool(_EXPECTS.match(head))
        if _CODED.search(head):
            self._chunk_at = body_at
        elif length := _LENGTH.search(head):
            self._length = _bounded(length[1], 10)

    def _find_end(self) -> None:
        if self._chunk_at:
            self._follow_chunks()
            end = self._chunk_at if self.is_whole else len(self.received)
            is_too_large = end - self._body_at > LARGEST_IN_CHUNKS
        else:
            self.is_whole = len(self.received) - self._body_at >= self._length
            is_too_large = self._length > LARGEST_BODY
        if is_too_large:
            self.refusal = BODY_TOO_LARGE

    def _follow_chunks(self) -> None:
        """Goes on from the chunk that was not whole the last time.

        What is searched again with each piece is bounded, or a body that comes byte by byte would
        keep the loop busy that takes in everybody's.
        """
        while not (self.is_whole or self.refusal):
            at = self._chunk_at
            line_end = self.received.find(b"\r\n", at, at + LARGEST_LINE)
            if line_end < 0:
                if len(self.received) - at >= LARGEST_LINE:
                    self.refusal = WRONG_CHUNKS
                return
            size = _chunk_size(bytes(self.received[at:line_end]))
            if size is None:
                self.refusal = WRONG_CHUNKS
                return
            following = line_end + size + 2 * len(b"\r\n")
            if size > LARGEST_IN_CHUNKS:
                self.refusal = BODY_TOO_LARGE
            if len(self.received) < following:
                return
            # After the last one there could be fields, which nobody here would read.
            if self.received[following - 2 : following] != b"\r\n":
                self.refusal = WRONG_CHUNKS
            self.is_whole = not (size or self.refusal)
            self._chunk_at = following


def _chunk_size(line: bytes) -> int | None:
    """None where it is no size."""
    found = _CHUNK.fullmatch(line)
    return _bounded(found[1], 16) if found else None


def _bounded(digits: bytes, base: int) -> int:
    """The number, or one that is too large for anything: to read a long one takes long."""
    told = digits.lstrip(b"0")
    return int(told or b"0", base) if len(told) <= 18 else LARGEST_BODY + 1
