"""What leaves StackPick as a file: a registry of formats, each in a module of its own.

A format takes ``Item`` objects, which the caller makes from the database, and gives bytes. Nothing
here imports Django.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from . import archive, lines, table
from .item import Item


@dataclass(frozen=True)
class Format:
    """One way to export several assessments at once.

    ``render`` gives the file in parts, in order; a format that can, gives them while it reads.
    """

    label: str
    content_type: str
    extension: str
    render: Callable[[Iterable[Item]], Iterable[bytes]]


FORMATS = {
    "csv": Format("Table (CSV)", "text/csv; charset=utf-8", "csv", table.render),
    "jsonl": Format("Everything (JSON Lines)", "application/jsonl", "jsonl", lines.render),
    "zip": Format(
        "Decision records (ZIP)",
        "application/zip",
        "zip",
        lambda items: (archive.render(items),),
    ),
}
