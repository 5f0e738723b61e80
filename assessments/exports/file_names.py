"""What files are called: ASCII, in lower case, whatever the project is called."""

from __future__ import annotations

import re
import unicodedata

from .failures import DraftError
from .item import Item

LONGEST_NAME = 80
LONGEST_STACK = 20


def document_name(item: Item, extension: str, first: str = "") -> str:
    """A name such as ``ledgerly-start-with-fastapi.json``, at most 80 characters.

    Args:
        item: the assessment.
        extension: without its dot.
        first: what stands before the project's name, such as a number.

    Raises:
        DraftError: the assessment is not finished.
    """
    last = verdict_slug(item)
    around = "-".join(filter(None, (first, last)))
    room = LONGEST_NAME - len(f"{around}-.{extension}")
    return "-".join(filter(None, (first, slug(item.project, room), last))) + f".{extension}"


def verdict_slug(item: Item) -> str:
    """What is decided, such as ``start-with-fastapi``.

    Raises:
        DraftError: the assessment is not finished.
    """
    if not item.has_verdict:
        raise DraftError(item)
    return "-".join(filter(None, ("start-with", slug(item.decided, LONGEST_STACK))))


def slug(text: str, longest: int) -> str:
    """The letters and digits of a text, the rest as single hyphens; empty where there are none."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: max(longest, 0)].rstrip("-")
