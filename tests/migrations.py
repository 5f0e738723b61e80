"""What a migration of ours may not do, because it runs while everybody saves.

The rules are those of docs/operations.md, for both databases. Linters that read the SQL of one
database do not know that SQLite makes some tables anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from assessments.migrating import AddIndexWhileServing

ENDS_IN = "_contract"
_DATA = (migrations.RunPython, migrations.RunSQL)
# What the release before still asks for.
_CONTRACTING = (migrations.RemoveField, migrations.DeleteModel)
_RENAMING = (migrations.RenameField, migrations.RenameModel, migrations.AlterModelTable)


def faults(migration: migrations.Migration, before: ProjectState) -> list[str]:
    """What is wrong with a migration, a sentence each, on the models as they are before it."""
    state, said, new = before.clone(), list[str](), set[str]()
    kinds = {isinstance(operation, _DATA) for operation in migration.operations}
    if len(kinds) > 1:
        said.append("it changes tables and goes through rows: these belong into two migrations")
    if True in kinds and migration.atomic:
        said.append("it goes through rows in one transaction: atomic = False, and do it in batches")
    for operation in migration.operations:
        after = state.clone()
        operation.state_forwards(migration.app_label, after)
        said += _faults_of(operation, migration, state, after, new)
        if isinstance(operation, migrations.CreateModel):
            new.add(operation.name_lower)
        state = after
    return said


def _faults_of(
    operation: Operation,
    migration: migrations.Migration,
    before: ProjectState,
    after: ProjectState,
    new: set[str],
) -> Iterator[str]:
    what, app = operation.describe(), migration.app_label
    if not operation.reversible:
        yield f"{what}: there is no way back"
    if isinstance(operation, _RENAMING):
        yield f"{what}: the release before asks for the old name; add, copy, and contract later"
    if isinstance(operation, _CONTRACTING) and not migration.name.endswith(ENDS_IN):
        yield f"{what}: only in a migration of a later release, named …{ENDS_IN}"
    if getattr(operation, "model_name_lower", None) in new:
        return  # nobody uses the table yet
    if isinstance(operation, migrations.AddField):
        yield from _of_new_field(what, operation.field)
    if isinstance(operation, migrations.AlterField) and _is_other_column(
        operation, app, before, after
    ):
        yield f"{what}: it makes the table anew; add another field, copy, and contract later"
    if isinstance(operation, migrations.AddConstraint):
        yield f"{what}: it looks through the table while everybody waits"
    if isinstance(operation, migrations.AddIndex):
        if not isinstance(operation, AddIndexWhileServing):
            yield f"{what}: everybody waits meanwhile; take AddIndexWhileServing"
        elif migration.atomic:
            yield f"{what}: an index is built beside saves with atomic = False only"


def _of_new_field(what: str, field: models.Field[Any, Any]) -> Iterator[str]:
    if field.many_to_many:
        return  # a table of its own
    if not field.null or field.has_default():
        yield f"{what}: the release before does not know it; null=True, and no default"
    if field.unique:
        yield f"{what}: unique makes SQLite's table anew; add an index of its own"
    if getattr(field, "db_index", False) and not field.many_to_one:
        yield f"{what}: its index keeps everybody waiting; AddIndexWhileServing in the next one"


def _is_other_column(
    operation: migrations.AlterField, app: str, before: ProjectState, after: ProjectState
) -> bool:
    """Whether the database has to do anything, as it has not for other choices or help texts."""
    old, new = (
        state.apps.get_model(app, operation.model_name)._meta.get_field(operation.name)
        for state in (before, after)
    )
    editor: Any = connection.schema_editor()
    return bool(editor._field_should_be_altered(old, new))
