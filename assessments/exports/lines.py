"""JSON Lines: everything about each assessment, one object a line, to read again or to compute on.

A line is ``{"format", "number", "client", "state", "file", "report", "review"}``: ``file`` is the
answers file, ``report`` and ``review`` are null where there is none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .item import Item, PublishedReview

FORMAT = "stackpick-export/1"


def render(items: Iterable[Item]) -> Iterator[bytes]:
    r"""One line an assessment, in ASCII, ending in ``\n``.

    ASCII, because some readers take U+2028 and its like for the end of a line.

    Raises:
        ValueError: a number that JSON does not have, such as NaN.
    """
    for item in items:
        yield json.dumps(document(item), allow_nan=False).encode("ascii") + b"\n"


def document(item: Item) -> dict[str, Any]:
    """One assessment as the object of its line."""
    return {
        "format": FORMAT,
        "number": item.number,
        "client": item.client,
        "state": item.state,
        "file": item.answers_file,
        "report": None if item.report is None else dict(item.report),
        "review": None if item.review is None else review_object(item.review),
    }


def review_object(review: PublishedReview) -> dict[str, Any]:
    """A published review as plain JSON data."""
    return {
        "text": review.text,
        "overrules": review.overrules,
        "overrules_name": review.overrules_name,
        "reason": review.reason,
        "by": review.by,
        "on": review.on.isoformat(),
        "outdated": review.outdated,
    }


def answers_of(document: Any) -> Any:
    """The answers file in a decoded JSON document: a line of an export, or the file itself.

    Nothing is checked here. A line without an answers file gives None, and anything else is given
    back as it is, so that ``engine.answers.parse`` can say what is wrong with it.
    """
    if isinstance(document, Mapping) and document.get("format") == FORMAT:
        return document.get("file")
    return document
