"""What a shared result says of itself to others: in previews, and as a badge in a README."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .exports.documents import DOCUMENTS
from .exports.item import Item

# Of the picture, in pixels, as previews ask for it.
PICTURE_WIDTH, PICTURE_HEIGHT = 1200, 630


def documents_context(page: str, item: Item) -> dict[str, Any]:
    """What ``results/_documents.html`` and ``results/_preview.html`` show.

    Args:
        page: the path of the result, such as ``/r/<token>/``; its files stand beside it.
        item: what they are made of; where it has no link, there is nothing to show elsewhere.
    """
    beside = page.rstrip("/")
    files = [
        {"extension": extension, "document": document, "address": f"{beside}.{extension}"}
        for extension, document in DOCUMENTS.items()
    ]
    public = {extension: f"{item.site}{beside}.{extension}" for extension in DOCUMENTS}
    return {
        "files": files,
        "page_url": item.link,
        "picture_url": public.get("png", "") if item.link else "",
        "picture_size": (PICTURE_WIDTH, PICTURE_HEIGHT),
        "badge": f"{beside}.svg" if "svg" in DOCUMENTS else "",
        "badge_snippet": badge_snippet(public.get("svg", ""), item),
    }


def badge_snippet(badge_url: str, item: Item) -> str:
    """Markdown that shows the badge and leads to the result; empty where there is none."""
    if not (badge_url and item.link):
        return ""
    badge: Any = import_module("assessments.exports.badge")
    return str(badge.markdown_snippet(badge_url, item.link, item))
