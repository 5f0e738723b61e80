"""Made-up migrations of the largest table, run and taken back beside a server that knows nothing
of them, as the release before would not."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from assessments.migrating import AddIndexWhileServing, wait_briefly

APP, AT_ONCE, STARTS = "assessments", 2_000, 10


def fill(apps: Any, schema_editor: Any) -> None:
    """Row by row, and no row kept from those who save for longer than a batch takes."""
    rows = apps.get_model(APP, "Assessment").objects.order_by("pk")
    last = 0
    while keys := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:AT_ONCE]):
        rows.filter(pk__gt=last, pk__lte=keys[-1]).update(trial=models.F("version"))
        last = keys[-1]


def nothing(apps: Any, schema_editor: Any) -> None:
    """What was filled in goes with its column."""


INDEX = models.Index(fields=["trial", "-id"], name="assessment_by_trial")
BY_THE_RULES = [
    migrations.AddField("assessment", "trial", models.IntegerField(null=True)),
    migrations.RunPython(fill, nothing),
    AddIndexWhileServing("assessment", INDEX),
]
AGAINST_THE_RULES = [migrations.AddField("assessment", "trial", models.IntegerField(default=0))]


def timed(way: Callable[[list[Any]], None], operations: list[Any]) -> float:
    """How many seconds it takes."""
    began = time.monotonic()
    way(operations)
    return round(time.monotonic() - began, 1)


def forward(operations: list[Any]) -> None:
    wait_briefly("default")
    state = MigrationLoader(None).project_state()
    for operation in operations:
        after = state.clone()
        operation.state_forwards(APP, after)
        _apply(operation, "database_forwards", state, after)
        state = after


def back(operations: list[Any]) -> None:
    wait_briefly("default")
    states = [MigrationLoader(None).project_state()]
    for operation in operations:
        states.append(states[-1].clone())
        operation.state_forwards(APP, states[-1])
    for number, operation in reversed(list(enumerate(operations))):
        _apply(operation, "database_backwards", states[number + 1], states[number])


def _apply(operation: Any, how: str, one: ProjectState, other: ProjectState) -> None:
    """Each by itself, and again where it got no lock, as whoever upgrades does."""
    atomic = isinstance(operation, migrations.AddField)
    for left in reversed(range(STARTS)):
        try:
            with connection.schema_editor(atomic=atomic) as editor:
                getattr(operation, how)(APP, editor, one, other)
            return
        except OperationalError as error:
            if not left or "lock" not in str(error):
                raise
