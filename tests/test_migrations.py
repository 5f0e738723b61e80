"""The rules that migrations keep, and the operations they are made of."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader

from assessments.migrating import LOCK_SECONDS, AddIndexWhileServing
from assessments.models import Assessment
from tests.migrations import faults

APP = "assessments"
# Those before ran when there was nothing to be kept waiting.
SINCE = "0011"
INDEX = models.Index(fields=["version", "-id"], name="assessment_by_version")


def loaded() -> MigrationLoader:
    return MigrationLoader(None)


def test_every_migration_since_the_rules_keeps_them() -> None:
    loader = loaded()
    for app, name in sorted(loader.graph.nodes):
        if app == APP and name >= SINCE:
            before = loader.project_state((app, name), at_end=False)
            assert faults(loader.graph.nodes[app, name], before) == [], name


def test_every_migration_of_all_has_a_way_back() -> None:
    for (app, _), migration in loaded().graph.nodes.items():
        if app == APP:
            assert all(operation.reversible for operation in migration.operations), migration


def of(*operations: Any, name: str = "0099_trial", atomic: bool = True) -> list[str]:
    made = type("Migration", (migrations.Migration,), {"atomic": atomic, "operations": operations})
    return faults(made(name, APP), loaded().project_state())


def nothing(*args: Any) -> None:
    """Goes through rows, for the look of it."""


def field(kind: models.Field[Any, Any]) -> migrations.AddField:
    return migrations.AddField("assessment", "trial", kind)


TABLE = migrations.CreateModel("Trial", [("id", models.BigAutoField(primary_key=True))])
CHOICES = models.CharField(max_length=10, choices=[("draft", "Begun")], default="draft")
GOOD = [
    (field(models.IntegerField(null=True)),),
    (field(models.ForeignKey("assessments.Client", models.CASCADE, null=True, db_index=False)),),
    (TABLE, migrations.AddField("trial", "name", models.TextField(default=""))),
    (migrations.AlterField("assessment", "state", CHOICES),),
]
WRONG = [
    ("null=True, and no default", field(models.IntegerField(default=0))),
    ("null=True, and no default", field(models.IntegerField(default=0, null=True))),
    ("unique makes", field(models.IntegerField(null=True, unique=True))),
    ("its index keeps", field(models.IntegerField(null=True, db_index=True))),
    ("no way back", migrations.RunPython(nothing)),
    ("no way back", migrations.RunSQL("SELECT 1")),
    ("in batches", migrations.RunPython(nothing, nothing)),
    ("AddIndexWhileServing", migrations.AddIndex("assessment", INDEX)),
    ("with atomic = False", AddIndexWhileServing("assessment", INDEX)),
    ("named …_contract", migrations.RemoveField("assessment", "seed")),
    ("named …_contract", migrations.DeleteModel("Note")),
    ("the old name", migrations.RenameField("assessment", "seed", "grain")),
    ("makes the table anew", migrations.AlterField("assessment", "seed", models.TextField())),
    (
        "while everybody waits",
        migrations.AddConstraint(
            "assessment",
            models.CheckConstraint(condition=models.Q(version__gte=0), name="trial"),
        ),
    ),
]


@pytest.mark.parametrize("operations", GOOD)
def test_what_only_adds_is_let_through(operations: tuple[Any, ...]) -> None:
    assert of(*operations) == []


@pytest.mark.parametrize(("reason", "operation"), WRONG)
def test_what_would_keep_somebody_waiting_or_break_the_release_before_is_told(
    reason: str, operation: Any
) -> None:
    assert any(reason in said for said in of(operation))


def test_what_is_let_through_only_by_itself_is_let_through() -> None:
    assert of(AddIndexWhileServing("assessment", INDEX), atomic=False) == []
    assert of(migrations.RunPython(nothing, nothing), atomic=False) == []
    assert of(migrations.RemoveField("assessment", "seed"), name="0099_seed_contract") == []
    both = of(migrations.RunPython(nothing, nothing), TABLE, atomic=False)
    assert both == ["it changes tables and goes through rows: these belong into two migrations"]


@pytest.mark.django_db(transaction=True)
def test_an_index_is_built_and_taken_away_while_the_table_is_in_use() -> None:
    operation, state = AddIndexWhileServing("assessment", INDEX), loaded().project_state()
    after = state.clone()
    operation.state_forwards(APP, after)
    try:
        for _ in range(2 if connection.vendor == "postgresql" else 1):  # broken off, and again
            with connection.schema_editor(atomic=False) as editor:
                operation.database_forwards(APP, editor, state, after)
        assert INDEX.name in indexes()
    finally:
        with connection.schema_editor(atomic=False) as editor:
            operation.database_backwards(APP, editor, after, state)
    assert INDEX.name not in indexes()


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        table = Assessment._meta.db_table
        return set(connection.introspection.get_constraints(cursor, table))


@pytest.mark.django_db
@pytest.mark.only_on("postgresql", "SQLite waits as long as its connection says")
def test_while_migrating_a_lock_is_waited_for_briefly_and_then_as_ever() -> None:
    from django.core.management.sql import (
        emit_post_migrate_signal,
        emit_pre_migrate_signal,
    )

    emit_pre_migrate_signal(0, False, "default", plan=[])
    assert lock_timeout() == f"{LOCK_SECONDS}s"
    emit_post_migrate_signal(0, False, "default", plan=[])
    assert lock_timeout() == "0"


def lock_timeout() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return str(cursor.fetchone()[0])
