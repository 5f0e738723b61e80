"""How a backup is taken, named and rotated."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from . import CannotBackUp, postgresql, sqlite
from .files import new_file, remove_unfinished
from .record import Record, beside, sha256_of

KINDS: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}
_NAMED_BY_US = re.compile(r"stackpick-\d{8}T\d{6}Z\.(sqlite3|dump)")


class Taken(NamedTuple):
    """A backup that was taken, and how long it took with its record."""

    file: Path
    record: Record
    seconds: float


def take(vendor: str, settings: dict[str, Any], target: Path) -> Taken:
    """A backup of the database in a file, or under a name of its own in a folder.

    Raises:
        CannotBackUp: it cannot be taken; nothing is left of it then.
    """
    began, at, kind = time.monotonic(), datetime.now(UTC), KINDS[vendor]
    file = target / f"stackpick-{at:%Y%m%dT%H%M%SZ}{kind.SUFFIX}" if target.is_dir() else target
    for name in (file, beside(file)):
        if name.exists():
            raise CannotBackUp(f"{name} is there already, and is not overwritten.")
    with new_file(file) as unfinished:
        with kind.unreadable(unfinished):
            tables = kind.dump(settings, unfinished)
        record = Record(at, vendor, unfinished.stat().st_size, sha256_of(unfinished), tables)
        # First the record: a backup without one would be one that nothing can be said about.
        with new_file(beside(file)) as text:
            text.write_text(record.text(), "utf-8")
    return Taken(file, record, time.monotonic() - began)


def rotate(folder: Path, keep: int) -> list[Path]:
    """Removes the oldest backups that were named here, so that so many stay; those removed.

    What a backup has left that was killed goes too: it holds as much of everybody's as a whole one.
    """
    remove_unfinished(folder)
    ours = sorted(file for file in folder.iterdir() if _NAMED_BY_US.fullmatch(file.name))
    gone = ours[:-keep]
    for file in gone:
        file.unlink()
        beside(file).unlink(missing_ok=True)
    return gone
