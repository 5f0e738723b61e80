"""The picture of a link preview: a PNG of 1200 × 630, with all of it in words inside.

The words are its ``Description`` (PNG, section 11.3.4): what the picture has no room for, and what
a reader without eyes for it is told.
"""

from __future__ import annotations

from .item import Item
from .picture_text import with_text
from .sheet import sheet
from .summary import composed, reasons, review, source, tripwires, verdict
from .typesetting import typesetter


def render(item: Item) -> bytes:
    """The picture.

    Raises:
        DraftError: the assessment is not finished.
        RenderingFailed: it could not be made, or not in time.
    """
    data = sheet(item)
    # a point is a pixel; the page of the template is 1200 by 630 points
    picture = typesetter.render("picture.typ", data, format="png", ppi=72)
    return with_text(picture, {"Title": data["title"], "Description": summary(item)})


def summary(item: Item) -> str:
    r"""The result in words, with what each answer adds; lines are separated by ``\n``.

    Raises:
        DraftError: the assessment is not finished.
    """
    return "\n".join(composed(item, verdict, reasons, tripwires, review, source))
