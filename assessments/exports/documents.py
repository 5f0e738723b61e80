"""One result as one file: a registry of formats, each in a module of its own.

A format takes an ``Item`` with a verdict, and gives bytes. Nothing here imports Django, and nothing
is computed: what a file says is what the pinned report says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import badge, calendar_file, decision_record, json_report, pdf, picture
from .file_names import document_name
from .item import Item


@dataclass(frozen=True)
class Document:
    """One format.

    Args:
        label: what it is called where it is offered.
        use: what it is good for, in a sentence.
        content_type: its media type, with the charset where it is text.
        render: makes the file; raises ``DraftError``, a ``ValueError``, for an item without a
            verdict, and ``RenderingFailed`` where it cannot be made, or not in time.
        file_name: the name to save it under, ASCII.
    """

    label: str
    use: str
    content_type: str
    render: Callable[[Item], bytes]
    file_name: Callable[[Item], str]


def _named(extension: str) -> Callable[[Item], str]:
    return lambda item: document_name(item, extension)


# By the extension of its address and file, in the order in which they are offered.
DOCUMENTS = {
    "pdf": Document(
        "PDF",
        "Two pages to print, to send or to keep; accessible, and made to last.",
        "application/pdf",
        pdf.render,
        _named("pdf"),
    ),
    "md": Document(
        "Decision record",
        "Markdown (MADR 4), to commit beside the code.",
        "text/markdown; charset=utf-8",
        lambda item: decision_record.render(item).encode(),
        decision_record.name_by_itself,
    ),
    "json": Document(
        "Data",
        "The whole report as JSON, with a published schema, to compute on.",
        "application/json",
        json_report.render,
        _named("json"),
    ),
    "png": Document(
        "Picture",
        "The verdict at a glance, 1200 × 630, for slides, chats and link previews.",
        "image/png",
        picture.render,
        _named("png"),
    ),
    "svg": Document(
        "Badge",
        "A small picture (SVG) of the verdict for a README.",
        "image/svg+xml",
        badge.render,
        _named("svg"),
    ),
    "ics": Document(
        "Calendar file",
        "The day to look again, with the tripwires, for your calendar.",
        "text/calendar; charset=utf-8",
        calendar_file.render,
        _named("ics"),
    ),
}
