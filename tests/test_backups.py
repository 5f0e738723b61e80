"""Backups and what they are restored to, on both databases, by the commands."""

from __future__ import annotations

import dataclasses
import os
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from assessments.models import Assessment, ShareLink
from stackpick.backups import CannotBackUp, postgresql
from stackpick.backups.files import in_words
from stackpick.backups.record import beside, record_of
from stackpick.backups.restoring import as_default
from stackpick.backups.rows import Rows, differences, rows_of
from stackpick.backups.taking import KINDS
from stackpick.databases import database_from_url
from tests.postgres import make_database

Settings = dict[str, Any]


def settings_of(url: str) -> Settings:
    """As Django completes them."""
    completed = dict(connections["default"].settings_dict)
    return completed | database_from_url(url, Path("/")) | {"TEST": completed["TEST"]}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def new_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Settings]:
    """From a name to the settings of an empty database."""
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("databases")
        return lambda name: settings_of(f"sqlite:///{folder}/{name}.sqlite3")
    server = str(request.getfixturevalue("postgres_url"))
    return lambda name: settings_of(make_database(server, f"backups_{name}"))


@pytest.fixture(scope="module")
def filled(new_database: Callable[[str], Settings], django_db_blocker: Any) -> Iterator[Settings]:
    """The worked examples and an open link to one of them, in the place of our database."""
    settings = new_database("filled")
    with django_db_blocker.unblock(), as_default(settings):
        call_command("migrate", verbosity=0)
        call_command("load_examples", stdout=StringIO())
        ShareLink.objects.issue(Assessment.objects.get(slug="ledgerly"), "For the board")
        yield settings


def backup(target: Path, **options: Any) -> str:
    said = StringIO()
    call_command("backup", target, stdout=said, **options)
    return said.getvalue()


def check(file: Path) -> str:
    said = StringIO()
    call_command("restore", file, check=True, stdout=said)
    return said.getvalue()


@pytest.fixture(scope="module")
def taken_once(filled: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("taken") / "taken"
    backup(file)
    return file


@pytest.fixture
def taken(taken_once: Path, tmp_path: Path) -> Path:
    """A backup with its record, to do with as a test likes."""
    for file in (taken_once, beside(taken_once)):
        shutil.copy(file, tmp_path)
    return tmp_path / taken_once.name


def test_a_backup_says_what_it_wrote_and_only_its_owner_can_read_it(
    filled: Settings, tmp_path: Path
) -> None:
    said, file = backup(tmp_path / "one"), tmp_path / "one"
    record = record_of(file)
    assert record is not None
    assert record.sha256 in said
    assert f"{record.rows:,} rows in {len(record.tables)} tables" in said
    assert record.tables["assessments_sharelink"].number == 1
    for each in (file, beside(file)):
        assert stat.S_IMODE(each.stat().st_mode) == 0o600
    assert sorted(tmp_path.iterdir()) == [file, beside(file)]


def test_what_is_there_is_not_overwritten(taken: Path) -> None:
    before = taken.read_bytes()
    with pytest.raises(CommandError, match="is there already"):
        backup(taken)
    assert taken.read_bytes() == before


def test_a_folder_keeps_the_newest_and_what_others_put_there(
    filled: Settings, tmp_path: Path
) -> None:
    ending = KINDS[connection.vendor].SUFFIX
    old = [f"stackpick-2026010{day}T000000Z{ending}" for day in range(1, 5)]
    for name in [*old, f"{old[0]}.json", "mine.sqlite3", f"old-{old[0]}"]:
        (tmp_path / name).touch()
    said = backup(tmp_path, keep=2)
    assert f"Removed {old[0]}." in said
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names[:3] == ["mine.sqlite3", f"old-{old[0]}", old[3]]
    assert len(names) == 5  # the new one and its record


def test_what_a_killed_backup_has_left_goes_once_nobody_can_be_writing_it(
    filled: Settings, tmp_path: Path
) -> None:
    names = (".stackpick-a.1.unfinished", ".stackpick-b.2.unfinished", ".c", ".d.1.unfinished")
    left, new, other, anothers = (tmp_path / name for name in names)
    for file in (left, new, other, anothers):
        file.touch()
    for file in (left, other, anothers):
        os.utime(file, (0, 0))
    backup(tmp_path, keep=2)
    assert not left.exists()
    assert new.exists()
    assert other.exists()
    assert anothers.exists()


def test_keeping_none_or_keeping_beside_a_single_file_is_refused(
    filled: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    for target, keep in ((tmp_path, 0), (tmp_path / "file", 3)):
        with pytest.raises(CommandError, match="--keep takes"):
            backup(target, keep=keep)


def test_a_folder_to_keep_them_in_is_made_for_its_owner_alone(
    filled: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    backup(folder, keep=3)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(list(folder.iterdir())) == 2
    with pytest.raises(CommandError, match="cannot be made: No such file or directory"):
        backup(tmp_path / "no" / "such" / "folder", keep=3)


def test_a_sound_backup_passes_a_shared_link_opens_and_nothing_of_ours_is_changed(
    taken: Path, filled: Settings
) -> None:
    before = KINDS[connection.vendor].tables(filled)
    said = check(taken)
    assert "a shared link opens" in said
    assert "All of it is sound." in said
    assert KINDS[connection.vendor].tables(filled) == before


def test_a_drill_asks_for_nothing_that_only_a_server_has(
    taken: Path, settings: Any, tmp_path: Path
) -> None:
    """No host names, no secret key, no collected files."""
    settings.ALLOWED_HOSTS, settings.DEBUG, settings.SECRET_KEY = [], False, ""
    backend = "stackpick.storage.BundledStorage"
    names = {"manifest": tmp_path / "nothing" / "names.json"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend, "OPTIONS": names}}
    assert "All of it is sound." in check(taken)


@pytest.mark.only_on("postgresql", "SQLite has no sessions")
def test_a_session_that_others_would_end_is_not_ended_while_it_holds_the_snapshot(
    filled: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As docs/observing.md has the site's role set up."""
    name, run = connection.ops.quote_name(filled["NAME"]), postgresql._run

    def run_slowly(*arguments: Any) -> None:
        run(*arguments)
        time.sleep(0.5)

    monkeypatch.setattr(postgresql, "_run", run_slowly)
    limits = ("idle_in_transaction_session_timeout", "statement_timeout")
    try:
        with connection.cursor() as cursor:
            for limit in limits:
                cursor.execute(f"ALTER DATABASE {name} SET {limit} = '200ms'")
        assert "rows in" in backup(tmp_path / "slow")
    finally:
        with connection.cursor() as cursor:
            for limit in limits:
                cursor.execute(f"ALTER DATABASE {name} RESET {limit}")


def test_restored_into_an_empty_database_all_rows_are_the_same(
    taken: Path, filled: Settings, new_database: Callable[[str], Settings]
) -> None:
    empty, said = new_database("empty"), StringIO()
    with as_default(empty):
        call_command("restore", taken, stdout=said)
        assert ShareLink.objects.get().label == "For the board"
    assert "Restored" in said.getvalue()
    kind = KINDS[connection.vendor]
    assert differences(kind.tables(filled), kind.tables(empty)) == []


def test_a_database_with_anything_in_it_is_not_restored_into(taken: Path) -> None:
    with pytest.raises(CommandError, match="is not empty"):
        call_command("restore", taken)


def test_a_flipped_byte_is_seen(taken: Path) -> None:
    content = bytearray(taken.read_bytes())
    content[len(content) * 2 // 3] ^= 1
    taken.write_bytes(content)
    with pytest.raises(CommandError):
        check(taken)


def test_half_a_file_is_seen_and_not_restored(
    taken: Path, new_database: Callable[[str], Settings]
) -> None:
    content = taken.read_bytes()
    taken.write_bytes(content[: len(content) // 2])
    with pytest.raises(CommandError):
        check(taken)
    empty = new_database("of_a_half")
    with as_default(empty), pytest.raises(CommandError, match=r"Nothing was restored: .* bytes"):
        call_command("restore", taken)


def test_a_row_that_is_missing_is_seen_though_the_file_is_the_one_that_was_written(
    taken: Path, tmp_path: Path
) -> None:
    other = tmp_path / "with-one-less"
    link = ShareLink.objects.get()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE assessments_assessment SET version = version + 1 WHERE slug = 'tidegate'"
        )
        cursor.execute("DELETE FROM assessments_sharelink")
    try:
        backup(other)
    finally:
        link.save_base(raw=True, force_insert=True)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE assessments_assessment SET version = version - 1 WHERE slug = 'tidegate'"
            )
    before, after = record_of(taken), record_of(other)
    assert before is not None
    assert after is not None
    beside(other).write_text(dataclasses.replace(after, tables=before.tables).text())
    with pytest.raises(CommandError) as seen:
        check(other)
    assert "assessments_sharelink has 0 rows, and should have 1" in str(seen.value)
    assert "assessments_assessment has as many rows as it should, but not the same" in str(
        seen.value
    )


def test_a_backup_without_its_record_cannot_be_called_sound(taken: Path) -> None:
    beside(taken).unlink()
    with pytest.raises(CommandError, match="there is no record beside it"):
        check(taken)


def test_a_record_that_cannot_be_read_is_told(taken: Path) -> None:
    beside(taken).write_text("{}")
    with pytest.raises(CommandError, match="is no record of a backup"):
        check(taken)


def test_a_backup_of_newer_code_is_told(filled: Settings, tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('assessments', '9999_from_the_future', '2030-01-01')"
        )
    try:
        backup(tmp_path / "newer")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_from_the_future'")
    with pytest.raises(CommandError, match=r"newer code, which has .*9999_from_the_future"):
        check(tmp_path / "newer")


def test_a_backup_of_older_code_is_brought_up_to_date_and_looked_at(
    new_database: Callable[[str], Settings], tmp_path: Path, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock(), as_default(new_database("older")):
        call_command("migrate", "assessments", "0010", verbosity=0)
        call_command("migrate", "assessments", "0009", verbosity=0)
        backup(tmp_path / "older")
        said = check(tmp_path / "older")
    assert "behind this code; applied to the copy" in said
    assert "no assessment is finished, so there is no link to open" in said


def test_what_is_no_backup_or_one_of_another_database_is_told(
    filled: Settings, tmp_path: Path
) -> None:
    other = {"sqlite": b"PGDMP", "postgresql": b"SQLite format 3\0"}[connection.vendor]
    for content, reason in ((b"hello", "is no backup"), (other, "DATABASE_URL names")):
        (tmp_path / "file").write_bytes(content)
        with pytest.raises(CommandError, match=reason):
            check(tmp_path / "file")
    with pytest.raises(CommandError, match="There is no file"):
        check(tmp_path / "nothing")


@pytest.mark.only_on("sqlite", "PostgreSQL keeps its own log")
def test_a_log_left_by_another_database_is_not_played_into_a_restored_one(
    tmp_path: Path, taken: Path
) -> None:
    empty = settings_of(f"sqlite:///{tmp_path}/new.sqlite3")
    (tmp_path / "new.sqlite3-wal").touch()
    with as_default(empty), pytest.raises(CommandError, match=r"-wal is left"):
        call_command("restore", taken)


def test_a_program_that_is_missing_or_older_than_the_server_is_told() -> None:
    with pytest.raises(CannotBackUp, match="pg_nothing is not installed"):
        postgresql._program("pg_nothing", 15)
    if shutil.which("pg_dump"):
        with pytest.raises(CannotBackUp, match="and the server of 999: install 999"):
            postgresql._program("pg_dump", 999)


def test_no_password_stands_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pg_dump"
    program.write_text(
        f"#!{sys.executable}\nimport os, sys\n"
        "if sys.argv[1] == '--version': sys.exit(print('pg_dump (PostgreSQL) 99.1'))\n"
        f"open({str(tmp_path / 'told')!r}, 'w').write("
        "f'{sys.argv} {os.environ[\"PGPASSWORD\"]}')\n"
    )
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    url = "postgresql://ann:hunter2@db.example.org/stackpick?sslmode=require"
    postgresql._run("pg_dump", settings_of(url), 99, ["--format=custom"])
    words, _, password = (tmp_path / "told").read_text().rpartition(" ")
    assert password == "hunter2"
    assert "hunter2" not in words
    assert "sslmode=require" in words
    assert "dbname=stackpick" in words


def test_rows_have_one_hash_in_any_order_and_another_where_one_is_missing_doubled_or_other() -> (
    None
):
    rows = [b"one", b"two", b"three"]
    digest = rows_of(rows)
    assert digest == rows_of(reversed(rows))
    others = ([b"one", b"two"], [*rows, b"two"], [b"one", b"two", b"four"])
    assert digest not in [rows_of(other) for other in others]
    assert rows_of([b"one", b"one"]) != rows_of([b"two", b"two"])  # as it would be with XOR


def test_tables_that_differ_are_named() -> None:
    said = differences(
        {"a": Rows(1, "x"), "b": Rows(1, "x")}, {"b": Rows(1, "y"), "c": Rows(0, "")}
    )
    assert said == [
        "the table a is missing",
        "the table c is one too many",
        "the table b has as many rows as it should, but not the same",
    ]


def test_sizes_are_said_in_words() -> None:
    said = [in_words(size) for size in (12, 1_500, 6_000_000_000)]
    assert said == ["12 bytes", "1.5 KB", "6.0 GB"]
