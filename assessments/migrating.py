"""What migrations are made of that run while everybody saves (docs/operations.md)."""

from __future__ import annotations

from typing import Any

from django.db import connections, migrations

# A change of a table waits for those who use it, and everybody else waits behind it meanwhile. It
# gives up after so long, with nothing changed: it can be tried again, and a queue cannot be undone.
# Visitors wait longer than this (`stackpick.patience`): those behind it are served in the end.
LOCK_SECONDS = 2
_WAIT = "SELECT set_config('lock_timeout', %s, false)"


def wait_briefly(using: str, **told: Any) -> None:
    """Before migrations: PostgreSQL gives up where a lock is not to be had soon."""
    _run(using, _WAIT, f"{LOCK_SECONDS}s")


def wait_as_ever(using: str, **told: Any) -> None:
    """After them, for whatever the process does next."""
    _run(using, "SET lock_timeout TO DEFAULT")


def _run(using: str, statement: str, *values: str) -> None:
    if connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute(statement, values or None)


class AddIndexWhileServing(migrations.AddIndex):
    """An index on a table that is in use: PostgreSQL builds it beside the saves, for which the
    migration has to have ``atomic = False``. SQLite has nobody else save for as long as it takes,
    a second or two for a million rows.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            if schema_editor.connection.vendor == "postgresql":
                # What a try that was broken off has left is no index.
                schema_editor.remove_index(model, self.index, concurrently=True)
                self._make(schema_editor, model)
            else:
                schema_editor.add_index(model, self.index)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            if schema_editor.connection.vendor == "postgresql":
                schema_editor.remove_index(model, self.index, concurrently=True)
            else:
                schema_editor.remove_index(model, self.index)

    def _make(self, schema_editor: Any, model: Any) -> None:
        """It waits until those are done who were there before, and keeps nobody waiting."""
        schema_editor.execute(_WAIT, ["0"])
        try:
            schema_editor.add_index(model, self.index, concurrently=True)
        finally:
            schema_editor.execute(_WAIT, [f"{LOCK_SECONDS}s"])
