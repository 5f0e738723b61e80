"""One result as one file: a registry of formats, each in a module of its own.

A format takes an ``Item`` with a verdict, and gives bytes. Nothing here imports Django, and nothing
is computed: what a file says is what the pinned report says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import decision_record, pdf, picture
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


# By the extension of its address and file, in the order in which they are offered.
DOCUMENTS = {
    "pdf": Document(
        "PDF",
        "Two pages to print, to send or to keep; accessible, and made to last.",
        "application/pdf",
        pdf.render,
        pdf.file_name,
    ),
    "md": Document(
        "Decision record",
        "Markdown (MADR 4), to commit beside the code.",
        "text/markdown; charset=utf-8",
        lambda item: decision_record.render(item).encode(),
        decision_record.file_name,
    ),
    "png": Document(
        "Picture",
        "The verdict at a glance, 1200 × 630, for slides, chats and link previews.",
        "image/png",
        picture.render,
        picture.file_name,
    ),
}
