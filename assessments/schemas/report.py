"""The JSON Schema of reports: a promise, so it is kept in a file and never made from the code."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from .texts import Json

FILE = Path(__file__).with_name("report-1.json")


@cache
def report_schema() -> Json:
    """The schema of ``exports.json_report.document``. Not to be changed by its reader."""
    return dict(json.loads(FILE.read_text(encoding="utf-8")))
