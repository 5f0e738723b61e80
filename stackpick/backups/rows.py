"""How many rows a table has and a hash over them, whatever order they are read in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

_BYTES = 16


class Rows(NamedTuple):
    """The rows of a table. Equal rows have equal hashes, and a row more, less or other another."""

    number: int
    digest: str


Tables = dict[str, Rows]


def rows_of(encoded: Iterable[bytes]) -> Rows:
    """Of rows as bytes. Hashes of single rows are added up, so their order does not matter, and
    two of the same do not cancel each other as they would with XOR."""
    count, total = 0, 0
    for row in encoded:
        count += 1
        total += int.from_bytes(hashlib.blake2b(row, digest_size=_BYTES).digest(), "big")
    return Rows(count, f"{total % (1 << 8 * _BYTES):0{2 * _BYTES}x}")


def differences(wanted: Tables, found: Tables) -> list[str]:
    """What is not as it should be, a sentence a table."""
    said = [f"the table {name} is missing" for name in sorted(wanted.keys() - found.keys())]
    said += [f"the table {name} is one too many" for name in sorted(found.keys() - wanted.keys())]
    for name in sorted(wanted.keys() & found.keys()):
        if wanted[name].number != found[name].number:
            counts = f"{found[name].number:,} rows, and should have {wanted[name].number:,}"
            said.append(f"the table {name} has {counts}")
        elif wanted[name] != found[name]:
            said.append(f"the table {name} has as many rows as it should, but not the same")
    return said
