"""What a database holds, read past the site that is running on it."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import psycopg

from assessments.models.touched import last_touched
from assessments.tokens import token_hash
from tests.faults.must_be_stored import Fields, Review, in_fields
from tests.web import LENS, STEPS

_ROW = """
SELECT a.version, a.answers, a.report, p.name, p.summary, a.id, a.project_id, a.touched
FROM assessments_assessment a JOIN assessments_project p ON p.id = a.project_id
WHERE a.edit_hash = %s
"""
_LINK = "SELECT id FROM assessments_sharelink WHERE token_hash = %s"
_REVIEW = "SELECT version, text, published FROM assessments_review WHERE assessment_id = %s"


class Database:
    """Read as another program would: what one sees here is committed."""

    def __init__(self, url: str) -> None:
        self.connection: Any
        if url.startswith("sqlite:///"):
            path = url.removeprefix("sqlite:///")
            self.connection, self.place = sqlite3.connect(path, isolation_level=None), "?"
        else:
            self.connection, self.place = psycopg.connect(url, autocommit=True), "%s"

    def close(self) -> None:
        self.connection.close()

    def row(self, sql: str, *values: Any) -> Any:
        return self.connection.execute(sql.replace("%s", self.place), values).fetchone()

    def stored(self, token: str) -> tuple[int, Fields, dict[str, int]] | None:
        """Of the assessment that an edit token opens its version, its fields, and in which version
        each step was last saved."""
        row = self.row(_ROW, token_hash(token))
        if row is None:
            return None
        project, touched = {"name": row[3], "summary": row[4]}, _read(row[7])
        seen = {step: last_touched(touched, LENS, step) for step in STEPS}
        return row[0], in_fields(project, _read(row[1])), seen

    def report(self, token: str) -> dict[str, Any] | None:
        report = self.row(_ROW, token_hash(token))[2]
        return None if report is None else _read(report)

    def keys(self, token: str) -> tuple[int, int]:
        """Those of the assessment and of its project."""
        row = self.row(_ROW, token_hash(token))
        return row[5], row[6]

    def link(self, token: str) -> int:
        return int(self.row(_LINK, token_hash(token))[0])

    def review(self, assessment: int) -> Review:
        row = self.row(_REVIEW, assessment)
        if row is None:
            return Review()
        published = None if row[2] is None else _read(row[2])
        return Review(row[0], row[1], published and published["text"])

    def rows_of(self, assessment: int) -> list[tuple[str, str, str]]:
        """The changes, as the desk searches them: rows beside the answers that hold them too."""
        sql = (
            "SELECT text, kind, likelihood FROM assessments_anticipatedchange "
            "WHERE assessment_id = %s ORDER BY position"
        ).replace("%s", self.place)
        return [tuple(row) for row in self.connection.execute(sql, (assessment,)).fetchall()]


def _read(value: Any) -> Any:
    """SQLite gives JSON as text, psycopg has read it."""
    return json.loads(value) if isinstance(value, str) else value
