"""Where a request ends in the bytes that have come so far (RFC 9112), and nothing else about it.

Gunicorn's own parser judges it afterwards. So what looks wrong counts as whole here: there it is
refused, from bytes that are all there.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LARGEST_HEAD = 32 * 1024
# An import at the desk is 8 MB, and comes in a form.
LARGEST_BODY = 9 * 1024 * 1024

_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
_CODED = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect[ \t]*:[ \t]*100-continue", re.IGNORECASE)


class Refusal(NamedTuple):
    """A status with its phrase, for what is not even taken in."""

    status: int
    phrase: str


HEAD_TOO_LARGE = Refusal(431, "Request Header Fields Too Large")
BODY_TOO_LARGE = Refusal(413, "Content Too Large")


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
        self.expects_continue = bool(_EXPECTS.search(head))
        if _CODED.search(head):
            self._chunk_at = body_at
        elif length := _LENGTH.search(head):
            self._length = int(length[1])

    def _find_end(self) -> None:
        if self._chunk_at:
            self._length = len(self.received) - self._body_at
            self.is_whole = self._has_last_chunk()
        else:
            self.is_whole = len(self.received) - self._body_at >= self._length
        if self._length > LARGEST_BODY:
            self.refusal = BODY_TOO_LARGE

    def _has_last_chunk(self) -> bool:
        """Goes on from the chunk that was not whole the last time."""
        while (line_end := self.received.find(b"\r\n", self._chunk_at)) >= 0:
            size = _chunk_size(bytes(self.received[self._chunk_at : line_end]))
            if size is None:
                return True
            if size == 0:  # trailers may follow, and an empty line
                return self.received.find(_HEAD_END, line_end) >= 0
            following = line_end + size + 2 * len(b"\r\n")
            if len(self.received) < following:
                return False
            self._chunk_at = following
        return False


def _chunk_size(line: bytes) -> int | None:
    """None where it is no size."""
    digits = line.partition(b";")[0].strip(b" \t")
    return int(digits, 16) if re.fullmatch(rb"[0-9A-Fa-f]{1,16}", digits) else None
