"""A strict reader of calendar files (RFC 5545); the package's own forgives too much."""

from __future__ import annotations

import re
from typing import NamedTuple

_LINE = re.compile(r"([A-Z-]+)((?:;[A-Z-]+=[A-Za-z0-9/-]+)*):(.*)\Z", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
OCTETS = 75


class Line(NamedTuple):
    """A content line; ``value`` as it stands in the file, with its escapes."""

    name: str
    parameters: str
    value: str


def unfolded(content: bytes) -> list[str]:
    """The content lines; fails where a line is too long, ends otherwise, or splits a character."""
    assert content.endswith(b"\r\n")
    physical = content[:-2].split(b"\r\n")
    for line in physical:
        assert len(line) <= OCTETS
        assert line
        line.decode()
    found = b"\r\n".join(physical).replace(b"\r\n ", b"").decode().split("\r\n")
    for text in found:
        assert not _CONTROL.search(text), f"a control character in {text!r}"
    return found


def lines(content: bytes) -> list[Line]:
    """Each line taken apart; parts of the calendar have to be closed as they were opened."""
    found: list[Line] = []
    opened: list[str] = []
    for text in unfolded(content):
        match = _LINE.match(text)
        assert match, f"no content line: {text!r}"
        name, parameters, raw = match.groups()
        if name == "BEGIN":
            opened.append(raw)
        elif name == "END":
            assert opened.pop() == raw
        found.append(Line(name, parameters[1:], raw))
    assert not opened
    return found


def value(found: list[Line], name: str) -> str:
    """The first value by this name as text, without its escapes."""
    raw = next(line.value for line in found if line.name == name)
    assert not re.search(r"(?<!\\)(?:\\\\)*\\[^\\;,nN]", raw), f"an escape that is none in {raw!r}"
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], raw)
