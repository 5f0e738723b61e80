"""Fills a migrated database with many assessments, for ``benchmarks.admin``.

Run in a process of its own, as ``python -m benchmarks.desk_data ROWS``. All rows have answers as a
founder gives them; of reports, which weigh twenty times as much and which no list reads, there is
one in ``REPORT_EVERY`` rows, and changes of their own have only these.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import django

django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from assessments.engine.report import build_report  # noqa: E402
from assessments.folding import fold  # noqa: E402
from assessments.models import (  # noqa: E402
    AnticipatedChange,
    Assessment,
    Client,
    Project,
    SearchText,
)
from assessments.scope import GROUP  # noqa: E402
from tests.factories import answers, changes, lens, parsed, stable_answers  # noqa: E402

CONSULTANTS = 20
ROWS_A_CLIENT = 100
REPORT_EVERY = 500
BATCH = 10_000
# So many different ones there are of texts and of results; the rows take them in turn.
MODELS = 9_973
SPAN = timedelta(days=730)
# How often the words come that are searched for: one row in so many.
WORDS = {"quokka": 50_000, "harbour": 100, "backend": 2}
SYLLABLES = ("ba", "dor", "fi", "gan", "hel", "ku", "lim", "mo", "nar", "pe", "ros", "ti", "vas")

Row = tuple[Any, ...]


@dataclass
class Maker:
    """Makes rows; the same number of them is always the same rows."""

    rows: int
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311
    now: datetime = field(default_factory=timezone.now)

    def __post_init__(self) -> None:
        self.files = [make(stage=stage) for make in (answers, stable_answers) for stage in STAGES]
        for number, file in enumerate(self.files):
            file["answers"]["changes"] = changes("schema", "throughput", None)
            file["answers"]["peak_rps"] = 10 * (number + 1)
        self.answers = [json.dumps(file["answers"]) for file in self.files]
        self.report = json.dumps(build_report(lens(), parsed(self.files[0])))
        self.words = ["".join(self.chance.choices(SYLLABLES, k=3)) for _ in range(2_000)]

        self.texts = [self._text() for _ in range(MODELS)]
        self.results = [self._result() for _ in range(MODELS)]

    def _text(self) -> tuple[str, str]:
        """A project's name and what else is said about it."""
        words = self.chance.choices(self.words, k=14)
        return " ".join(words[:2]).title(), " ".join(words[2:])

    def _result(self) -> Row:
        """The columns from the state on that come of finishing; none of a draft."""
        chance = self.chance
        state = chance.choices(("draft", "finished", "reviewed", "published"), (4, 4, 1, 1))[0]
        if state == "draft":
            return (state, *("",) * 4, *(None,) * 5)
        stack = chance.choices(("fastapi", "go"), (6, 4))[0]
        u, c = (65, 35) if stack == "fastapi" else (35, 65)
        return (
            state,
            lens().id,
            stack,
            chance.choices(("close", "lean", "clear"), (2, 3, 5))[0],
            chance.choices(("single", "seam"), (85, 15))[0],
            lens().version,
            round(min(100, max(0, chance.gauss(u, 15))), 1),
            round(min(100, max(0, chance.gauss(c, 15))), 1),
            round(chance.uniform(0.5, 1), 4),
            self._review_on(),
        )

    def _review_on(self) -> date:
        """One in twenty is overdue, by up to half a year."""
        days = self.chance.randrange(1, 180)
        is_late = self.chance.random() < 0.05
        return (self.now + timedelta(days=-days if is_late else days)).date()

    def project(self, number: int, client: int | None) -> Row:
        name, summary = self.texts[number % MODELS]
        also = " ".join(word for word, every in WORDS.items() if _mixed(number, every) == 0)
        return number, client, name, f"{summary} {also}".strip(), self.now

    def assessment(self, number: int) -> Row:
        started = self.now - SPAN * (1 - number / self.rows)
        result = self.results[_mixed(number, MODELS)]
        is_whole = result[0] != "draft" and number % REPORT_EVERY == 0
        return (
            *(number, number, sha256(str(number).encode()).hexdigest(), 8, "{}"),
            self.answers[number % len(self.answers)],
            STAGES[number % len(STAGES)],
            *(started, started, self.report if is_whole else None),
            started if result[1] else None,
            *result,
        )


STAGES = [option.id for option in lens().question["stage"].options]
COLUMNS = (
    *("id", "project_id", "edit_hash", "version", "touched", "answers", "stage", "created_at"),
    *("updated_at", "report", "finished_at", "state", "lens_id", "stack", "strength", "pattern"),
    *("lens_version", "uncertainty", "operations", "robust", "review_on"),
)


def main() -> None:
    rows = int(sys.argv[1])
    maker, store = Maker(rows), _copy if connection.vendor == "postgresql" else _insert
    clients = people(rows)
    if connection.vendor == "sqlite":
        _run("PRAGMA synchronous=OFF", "PRAGMA cache_size=-400000")
    else:
        _run("DROP INDEX assessments_searchindex")
    numbers = range(1, rows + 1)
    for start in range(0, rows, BATCH):
        some = numbers[start : start + BATCH]
        projects, words = [], []
        for number in some:
            # one in twenty came alone
            client = clients[_mixed(number, len(clients))] if _mixed(number, 20) else None
            project = maker.project(number, client.pk if client else None)
            whole = f"{client or ''} {project[2]} {project[3]}"
            projects.append(project)
            words.append((number, " ".join(fold(whole))))
        with transaction.atomic():
            store(Project, ("id", "client_id", "name", "summary", "created_at"), projects)
            store(Assessment, COLUMNS, map(maker.assessment, some))
            store(SearchText, ("assessment_id", "words"), words)
    _changes(rows)
    _finish()


def _mixed(number: int, below: int) -> int:
    """As if by chance, and another one for each ``below``; always the same for the same."""
    digest = sha256(b"%d %d" % (number, below)).digest()
    return int.from_bytes(digest[:8]) % below


def people(rows: int) -> list[Client]:
    """A superuser, consultants, and clients that are theirs in turn; one in twenty is archived."""
    User.objects.create_superuser("root")
    users = [User.objects.create_user(f"consultant-{n}", is_staff=True) for n in range(CONSULTANTS)]
    Group.objects.get(name=GROUP).user_set.add(*users)
    few = User.objects.create_user("few", is_staff=True)
    Group.objects.get(name=GROUP).user_set.add(few)
    number = max(100, rows // ROWS_A_CLIENT)
    now = timezone.now()
    clients = [
        Client(
            name=f"Client {n}",
            owner=few if n < 5 else users[n % CONSULTANTS],
            archived_at=now if n % 20 == 7 else None,
        )
        for n in range(number)
    ]
    return Client.objects.bulk_create(clients, batch_size=1_000)


def _changes(rows: int) -> None:
    AnticipatedChange.objects.bulk_create(
        (
            AnticipatedChange(assessment_id=number, position=place, text=f"Change number {place}")
            for number in range(REPORT_EVERY, rows + 1, REPORT_EVERY)
            for place in range(5)
        ),
        batch_size=1_000,
    )


def _insert(model: Any, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
    places = ", ".join(["%s"] * len(columns))
    names = f"{model._meta.db_table} ({', '.join(columns)})"
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {names} VALUES ({places})",  # noqa: S608
            [tuple(map(_adapted, row)) for row in rows],
        )


def _adapted(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return str(value) if isinstance(value, date) else value


def _copy(model: Any, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
    table = model._meta.db_table
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _finish() -> None:
    """As an old database is: sequences behind the last row, statistics gathered."""
    if connection.vendor == "sqlite":
        return
    _run("CREATE INDEX assessments_searchindex ON assessments_searchtext USING gin (vector)")
    for model in (Assessment, Project):
        table = model._meta.db_table
        last = f"(SELECT max(id) FROM {table})"  # noqa: S608
        _run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})")
    _run("VACUUM ANALYZE")


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


if __name__ == "__main__":
    main()
