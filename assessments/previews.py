"""What a shared result says of itself to others: in previews, and as a badge in a README."""

from __future__ import annotations

from typing import Any

from .exports import badge
from .exports.documents import DOCUMENTS
from .exports.item import Item

# Of the picture, in pixels, as previews ask for it.
PICTURE_WIDTH, PICTURE_HEIGHT = 1200, 630


def documents_context(page: str, item: Item | None = None) -> dict[str, Any]:
    """What ``results/_documents.html`` and ``results/_preview.html`` show.

    Args:
        page: the path of the result, such as ``/r/<token>/``; its files stand beside it.
        item: what others may see of it; None on the founder's own page, whose address is a secret.
    """
    beside = page.rstrip("/")
    context: dict[str, Any] = {
        "files": [
            {"extension": extension, "document": document, "address": f"{beside}.{extension}"}
            for extension, document in DOCUMENTS.items()
        ],
        "badge": f"{beside}.svg" if "svg" in DOCUMENTS else "",
        "badge_snippet": "",
    }
    return context if item is None else context | _public(f"{item.site}{beside}", item)


def _public(beside: str, item: Item) -> dict[str, Any]:
    """The same for a page that others can open: ``beside`` is its whole address, less the slash."""
    return {
        "page_url": item.link,
        "picture_url": f"{beside}.png" if "png" in DOCUMENTS else "",
        "picture_size": (PICTURE_WIDTH, PICTURE_HEIGHT),
        "badge_snippet": badge.markdown_snippet(f"{beside}.svg", item.link, item)
        if "svg" in DOCUMENTS
        else "",
    }
