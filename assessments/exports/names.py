"""What a file is called when it is saved: plain ASCII, from the project and the verdict."""

from __future__ import annotations

import re
import unicodedata

from .failures import DraftError
from .item import Item

LONGEST_NAME = 80
LONGEST_STACK = 20


def file_name(item: Item, extension: str, first: str = "") -> str:
    """Such as ``ledgerly-start-with-fastapi.pdf``: at most 80 characters.

    Args:
        item: the assessment.
        extension: without its dot.
        first: what stands before the project's name, such as a number.

    Raises:
        DraftError: the assessment is not finished.
    """
    if not item.has_verdict:
        raise DraftError(item)
    last = "-".join(filter(None, ("start-with", slug(item.decided, LONGEST_STACK))))
    room = LONGEST_NAME - len(f"{first}--{last}.{extension}")
    return "-".join(filter(None, (first, slug(item.project, room), last))) + f".{extension}"


def slug(text: str, longest: int) -> str:
    """The text's ASCII letters and digits, in lower case, with dashes between; may be empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: max(longest, 0)].rstrip("-")
