"""A zip of decision records, with a README that says what is in it and what is not."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count

from . import decision_record, names
from .item import Item
from .plain import one_line

README = "README.txt"
# The earliest and the latest time that a zip can hold.
EARLIEST, LATEST = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)
UNNAMED = "project without a name"


def render(items: Iterable[Item]) -> bytes:
    """The archive. The same items in the same order give the same bytes."""
    everything = list(items)
    finished = [item for item in everything if item.has_verdict]
    drafts = [item for item in everything if not item.has_verdict]
    named = _named(finished)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        times = [_time(item.finished) for item in finished]
        _add(archive, README, _readme(named, drafts), max(times, default=EARLIEST))
        for (name, item), time in zip(named.items(), times, strict=True):
            _add(archive, name, decision_record.render(item), time)
    return stream.getvalue()


def _named(items: Iterable[Item]) -> dict[str, Item]:
    """The items by names of which no two are the same, whatever the numbers and projects."""
    named: dict[str, Item] = {}
    for item in items:
        name = decision_record.file_name(item)
        stem = name.removesuffix(".md")
        further = (f"{stem[: names.LONGEST_NAME - 8]}-{n}.md" for n in count(2))
        while name in named:
            name = next(further)
        named[name] = item
    return named


def _time(moment: datetime | None) -> tuple[int, int, int, int, int, int]:
    if moment is None:
        return EARLIEST
    there = moment.astimezone(UTC) if moment.tzinfo else moment
    when = (there.year, there.month, there.day, there.hour, there.minute, there.second)
    return min(max(when, EARLIEST), LATEST)


def _add(
    archive: zipfile.ZipFile, name: str, text: str, time: tuple[int, int, int, int, int, int]
) -> None:
    entry = zipfile.ZipInfo(name, time)
    # said here, because by itself it would be that of the machine
    entry.create_system, entry.external_attr = 3, 0o100644 << 16
    archive.writestr(entry, text.encode(), zipfile.ZIP_DEFLATED)


def _readme(named: dict[str, Item], drafts: list[Item]) -> str:
    lines = ["Decision records from StackPick", ""]
    lines += [f"{name}\n    {_title(item)}" for name, item in named.items()] or ["None."]
    if drafts:
        lines += ["", "Left out, because they are drafts and have no verdict yet:", ""]
        lines += [f"{item.number:04d}  {_title(item)}" for item in drafts]
    return "\n".join(lines) + "\n"


def _title(item: Item) -> str:
    names = filter(None, (one_line(item.client), one_line(item.project) or UNNAMED))
    return ": ".join(names)
