"""Files that are there whole or not at all, readable to their owner only."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import CannotBackUp

OWNER_ONLY = 0o600
_UNFINISHED = ".unfinished"
# Nothing takes as long as this that is still being written to.
_LEFT_SECONDS = 24 * 60 * 60


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """An empty file to fill, which takes its name once it is on the disk.

    Raises:
        CannotBackUp: there is a file of that name, or it cannot be written.
    """
    unfinished = target.with_name(f".{target.name}.{os.getpid()}{_UNFINISHED}")
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
        yield unfinished
        write_through(unfinished)
        os.link(unfinished, target)  # unlike a rename, it never takes another's place
    except FileExistsError:
        raise CannotBackUp(f"{target} is there already, and is not overwritten.") from None
    except OSError as error:
        raise CannotBackUp(f"{target} cannot be written: {error.strerror}.") from None
    finally:
        unfinished.unlink(missing_ok=True)
    write_through(target.parent)


def remove_unfinished(folder: Path) -> None:
    """Removes backups that were begun under names of our own, are not finished, and have not been
    written to for a day; what others put there stays."""
    for file in folder.glob(f".stackpick-*{_UNFINISHED}"):
        if time.time() - file.stat().st_mtime > _LEFT_SECONDS:
            file.unlink(missing_ok=True)


def write_through(path: Path) -> None:
    """Has a file, or what a folder says of its files, on the disk before it goes on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def in_words(size: int) -> str:
    """Bytes as people say them."""
    number, units = float(size), ["bytes", "KB", "MB", "GB"]
    while number >= 1000 and len(units) > 1:
        number, units = number / 1000, units[1:]
    return f"{number:.0f} bytes" if units[0] == "bytes" else f"{number:.1f} {units[0]}"
