"""The report as a JSON document: the engine's own keys, and beside them what came of it.

Its keys are a contract, version ``SCHEMA_VERSION``, published as ``/schema/report-1.json``. What is
stored beside the report's own keys never comes out. They are written in alphabetical order, because
a database may give them in any: the same report is the same file, wherever it is stored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ..engine.report import Report
from .failures import DraftError
from .item import Item
from .lines import review_object

SCHEMA_VERSION = 1
SCHEMA_PATH = f"/schema/report-{SCHEMA_VERSION}.json"
# Reports were pinned before these were thought of; whoever reads the document finds them all.
MISSING_IN_OLD_REPORTS: Mapping[str, Any] = {"headroom": None}

_NOT_ASCII = re.compile(r"[^\n\x20-\x7e]")
# In a JSON text, line breaks stand only between values: this finds no part of a string.
_ROW_OF_NUMBERS = re.compile(r"\[\n\s+(-?[\d.e+-]+(?:,\n\s+-?[\d.e+-]+)*)\n\s+\]")


def render(item: Item) -> bytes:
    """The document in UTF-8, with a line break at its end.

    Raises:
        DraftError: the assessment is not finished.
        ValueError: a number that JSON does not have, such as NaN.
    """
    if item.report is None or item.finished is None:
        raise DraftError(item)
    return written(
        document(item.report, item.site)
        | {
            "finished_at": item.finished.isoformat(),
            "review_on": item.review_on.isoformat() if item.review_on else None,
            "review": review_object(item.review) if item.review else None,
            "link": item.link or None,
        }
    )


def document(report: Mapping[str, Any], site: str = "") -> dict[str, Any]:
    """The document of a report that nobody stored: what came of it is null.

    Args:
        report: ``engine.report.Report``, now or as it was stored.
        site: where StackPick stands; without it the document does not name its schema.
    """
    own = {key: report[key] for key in Report.__annotations__ if key in report}
    named = {"$schema": f"{site}{SCHEMA_PATH}"} if site else {}
    beside = {"schema_version": SCHEMA_VERSION} | dict.fromkeys(
        ("finished_at", "review_on", "review", "link")
    )
    return named | dict(MISSING_IN_OLD_REPORTS) | own | beside


def written(data: Mapping[str, Any], sort_keys: bool = True) -> bytes:
    """JSON in UTF-8 over several lines, its last one ended; keys in alphabetical order if asked.

    Rows of numbers stay on one line. What cannot be seen, such as marks that turn the direction of
    reading, is escaped, so that the file shows what is in it.
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=2, sort_keys=sort_keys)
    text = _ROW_OF_NUMBERS.sub(lambda row: f"[{' '.join(row[1].split())}]", text)
    return f"{_NOT_ASCII.sub(_seen, text)}\n".encode()


def _seen(found: re.Match[str]) -> str:
    return found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1]
