"""What was acknowledged, compared with what is stored.

Both are read from outside: the acknowledgements are those that clients saw, the rows are asked for
in SQL, by no model of ours.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from assessments.folding import fold
from tests.faults.founders import Founder, Founders
from tests.faults.load import Asked

SQLITE = "sqlite:///"
ROWS = """
SELECT a.id, a.edit_hash, a.version, a.touched, a.answers, a.stage, p.name, p.summary,
    COALESCE(c.name, '')
FROM assessments_assessment a JOIN assessments_project p ON p.id = a.project_id
    LEFT JOIN assessments_client c ON c.id = p.client_id
"""
CHANGES = """
SELECT assessment_id, text, kind, likelihood FROM assessments_anticipatedchange
ORDER BY assessment_id, position
"""
WORDS = "SELECT assessment_id, words FROM assessments_searchtext"
INDEX = "INSERT INTO assessments_searchindex(assessments_searchindex, rank)"


@dataclass
class Stored:
    """An assessment as its tables hold it."""

    version: int
    touched: dict[str, int]
    answers: dict[str, Any]
    stage: str
    name: str
    summary: str
    client: str
    changes: list[dict[str, str]] = field(default_factory=list)
    words: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """By the names that a form has for them."""
        given = {"project_name": self.name, "project_summary": self.summary}
        for key, answer in self.answers.items():
            if key != "changes":
                given[key] = str(answer)
        for place, change in enumerate(self.answers.get("changes", ())):
            given |= {f"change_{place}_{key}": text for key, text in change.items()}
        return given

    def disagreements(self) -> list[str]:
        """Where its parts tell of different saves; empty where it is whole."""
        changes = self.answers.get("changes", [])
        texts = [self.client, self.name, self.summary, *(change["text"] for change in changes)]
        found = {
            "its changes": self.changes != changes,
            "its stage": self.stage != self.answers.get("stage", ""),
            # Only a save that moves texts writes the words: a row without any has had none.
            "its search text": self.words != " ".join(fold("\n".join(texts))),
            "its touched steps": max(self.touched.values(), default=0) > self.version,
        }
        return [part for part, is_wrong in found.items() if is_wrong]


@dataclass(frozen=True)
class Findings:
    """What the ledger says of a run."""

    acknowledged: int
    lost: int
    doubled: int
    half_saved: list[str]
    damage: list[str]

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.half_saved or self.damage)


def compare(database_url: str, founders: Founders, answers: Iterable[Asked]) -> Findings:
    """The acknowledged saves of all founders, and each row of the database."""
    stored, damage = read(database_url)
    lost = doubled = acknowledged = 0
    sent = _by_founder(answers)
    for index, founder in enumerate(founders.everybody):
        saved = [asked.number for asked in sent[index] if asked.is_saved]
        begun = {asked.number for asked in sent[index]} - set(saved)
        acknowledged += len(saved)
        row = stored.get(hashlib.sha256(founder.token.encode()).hexdigest())
        missing, more = _difference(founders, founder, saved, begun, row)
        lost, doubled = lost + missing, doubled + more
    return Findings(acknowledged, lost, doubled, _disagreements(stored), damage)


def after_a_kill(database_url: str) -> list[str]:
    """What is half-saved or damaged in a database whose site was killed this moment.

    It looks at a copy of a SQLite file, so that it is the site that has to put the file right.
    """
    if not database_url.startswith(SQLITE):
        return _disagreements(read(database_url)[0])
    file = Path(database_url.removeprefix(SQLITE))
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        for part in (file, file.with_name(f"{file.name}-wal")):
            if part.exists():
                shutil.copy(part, folder)
        stored, damage = read(f"{SQLITE}{folder}/{file.name}")
    return _disagreements(stored) + damage


def _disagreements(stored: dict[str, Stored]) -> list[str]:
    return [
        f"{edit_hash[:8]}: {part}"
        for edit_hash, row in stored.items()
        for part in row.disagreements()
    ]


def _by_founder(answers: Iterable[Asked]) -> dict[int, list[Asked]]:
    sent: dict[int, list[Asked]] = defaultdict(list)
    for asked in answers:
        if asked.is_save:
            sent[asked.founder].append(asked)
    return sent


def _difference(
    founders: Founders, founder: Founder, saved: Sequence[int], begun: set[int], row: Stored | None
) -> tuple[int, int]:
    """How many of a founder's saves are missing, and how many are stored that nobody sent.

    A save that was sent and never answered may be stored or not.
    """
    if row is None:
        return len(saved), 0
    moved = row.version - founder.version
    if moved < len(saved):
        return len(saved) - moved, 0
    if moved > len(saved) + len(begun):
        return 0, moved - len(saved) - len(begun)
    wanted: dict[str, str] = {}
    touched: dict[str, int] = {}
    for number in range(moved):
        wanted |= founders.forms.filled(number)
        touched[founders.forms.step(number)] = founder.version + number + 1
    has_all = wanted.items() <= row.fields.items() and touched.items() <= row.touched.items()
    return (0 if has_all else 1), 0


def read(database_url: str) -> tuple[dict[str, Stored], list[str]]:
    """All assessments by the hash of their edit link, and what the database itself finds amiss."""
    if database_url.startswith(SQLITE):
        connection: Any = sqlite3.connect(database_url.removeprefix(SQLITE), timeout=20)
    else:
        connection = psycopg.connect(database_url, connect_timeout=10)
    rows: dict[int, tuple[str, Stored]] = {}
    with closing(connection):
        damage = _damage(connection) if isinstance(connection, sqlite3.Connection) else []
        try:
            damage += _read_rows(connection, rows)
        except sqlite3.DatabaseError as problem:
            damage.append(f"what can be read: {problem}")
    return dict(rows.values()), damage


def _read_rows(connection: Any, rows: dict[int, tuple[str, Stored]]) -> list[str]:
    """Puts them where they belong; what belongs to no assessment is returned."""
    lost: list[str] = []
    for key, edit_hash, version, touched, answers, *texts in connection.execute(ROWS):
        stored = Stored(version, _json(touched), _json(answers), *texts)
        rows[key] = (edit_hash or f"example {key}", stored)
    for key, *texts in connection.execute(CHANGES):
        named = zip(("text", "kind", "likelihood"), texts, strict=True)
        change = {name: text for name, text in named if text}
        if key in rows:
            rows[key][1].changes.append(change)
        else:
            lost.append(f"a change of no assessment, {key}")
    for key, words in connection.execute(WORDS):
        if key in rows:
            rows[key][1].words = words
        else:
            lost.append(f"words of no assessment, {key}")
    return lost


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _damage(connection: sqlite3.Connection) -> list[str]:
    """What SQLite says of the file, and of the search index beside the texts that it is about."""
    said: list[str] = []
    try:
        said += [str(line) for (line,) in connection.execute("PRAGMA integrity_check")]
        said += [f"foreign key: {line}" for line in connection.execute("PRAGMA foreign_key_check")]
        connection.execute(f"{INDEX} VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as problem:
        said.append(str(problem))
    connection.rollback()
    return [line for line in said if line != "ok"]
