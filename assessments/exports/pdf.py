"""The result as a PDF: the page as a well-set document, for people and for archives.

It is PDF/UA-1 (tagged, for screen readers) and PDF/A-2a (readable in decades) at once. The same
item gives the same bytes.
"""

from __future__ import annotations

from .item import Item
from .sheet import sheet
from .typesetting import typesetter

STANDARDS = ("ua-1", "a-2a")


def render(item: Item) -> bytes:
    """The document, usually two pages of A4.

    Raises:
        DraftError: the assessment is not finished.
        RenderingFailed: it could not be made, or not in time.
    """
    data = sheet(item)
    moment = item.finished.timestamp() if item.finished else 0
    return typesetter.render(
        "result.typ", data, format="pdf", pdf_standards=STANDARDS, timestamp=int(moment)
    )
