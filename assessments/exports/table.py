"""A table for spreadsheets: CSV (RFC 4180) in UTF-8, one row an assessment."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from .item import Item
from .plain import clean

# What makes a spreadsheet read a cell as a formula, the minus sign of typographers with it.
_STARTS = frozenset("=+-@\N{MINUS SIGN}")
# Before what ends a cell, whoever reads it.
_ENDS = re.compile(r"(?=[;\n])")
# Letters and symbols that nobody sees, and that a spreadsheet may drop.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def render(items: Iterable[Item]) -> Iterator[bytes]:
    """The table, row by row: a byte order mark (spreadsheets ask for it), a header, CRLF."""
    yield codecs.BOM_UTF8 + _row(COLUMNS)
    for item in items:
        yield _row(column(item) for column in COLUMNS.values())


def _row(cells: Iterable[str]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerow([guarded(cell) for cell in cells])
    return stream.getvalue().encode()


def guarded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: where it could, behind an apostrophe.

    And so in its midst, where another cell begins for one that goes by semicolons, as they do in
    half of Europe: what is quoted for commas is then not quoted, and ends with its line.

    Numbers below zero would be put behind one too; there is no column that can have them.
    """
    first, *rest = _ENDS.split(clean(text))
    whole = f"'{first}" if _begins_formula(first) else first
    for part in rest:  # quotes that open a cell are no part of it
        whole += f"{part[0]}'{part[1:]}" if _begins_formula(part[1:].replace('"', "")) else part
    return whole


def _begins_formula(cell: str) -> bool:
    """Looks past whatever is not seen, and takes full-width and small signs for the plain ones."""
    first = next((c for c in cell if not _is_unseen(c)), " ")
    return unicodedata.normalize("NFKC", first)[0] in _STARTS


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character)[0] in "CZM" or character in _BLANK


# ---------------------------------------------------------------- the columns

Column = Callable[[Item], str]


def _of_report(value: Callable[[Mapping[str, Any]], str]) -> Column:
    """A column about the verdict, which a draft does not have."""
    return lambda item: "" if item.report is None else value(item.report)


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return ""
    there = moment.astimezone(UTC) if moment.tzinfo else moment
    return there.strftime("%Y-%m-%d %H:%M")


def _review_verdict(item: Item) -> str:
    if item.review is None:
        return ""
    name = item.review.overrules_name
    says = f"overruled to {name}" if name else "stands"
    return f"{says} (answers changed since)" if item.review.outdated else says


COLUMNS: dict[str, Column] = {
    "Number": lambda item: str(item.number),
    "Client": lambda item: item.client,
    "Project": lambda item: item.project,
    "Summary": lambda item: item.summary,
    "Stage": lambda item: item.stage,
    "State": lambda item: item.state,
    "Verdict": _of_report(lambda report: str(report["headline"]["stack"])),
    "Strength": _of_report(lambda report: str(report["strength"])),
    "Pattern": _of_report(lambda report: str(report["pattern"])),
    "Robustness": _of_report(lambda report: f"{report['robustness'][report['stack']]:.3f}"),
    "Product uncertainty": _of_report(lambda report: f"{report['uncertainty']['displayed']:.1f}"),
    "Operational certainty": _of_report(lambda report: f"{report['operations']['displayed']:.1f}"),
    "Lens": _of_report(lambda report: f"{report['lens']['id']} {report['lens']['version']}"),
    "Started (UTC)": lambda item: _moment(item.started),
    "Finished (UTC)": lambda item: _moment(item.finished),
    "Look again on": lambda item: item.review_on.isoformat() if item.review_on else "",
    "Review": _review_verdict,
    "Why overruled": lambda item: item.review.reason if item.review else "",
    "Review text": lambda item: item.review.text if item.review else "",
    "What would flip it": _of_report(lambda report: str(report["firmness"]["flip"])),
}
