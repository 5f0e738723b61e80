"""A database that is copied is the one that would have been made."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests import ready_databases
from tests.ready_databases import fill

Rows = list[tuple[str, ...]]
MAKE = "CREATE TABLE django_migrations (name text); INSERT INTO django_migrations VALUES ('one')"
ASK = "SELECT name FROM django_migrations"


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(ready_databases, "KEPT", tmp_path / "kept")
    return tmp_path / "kept"


def of_sqlite(url: str, statements: str = "") -> Rows:
    with closing(sqlite3.connect(urlsplit(url).path[1:])) as database:
        database.executescript(statements)
        return list(database.execute(ASK))


def of_postgresql(url: str, statements: str = "") -> Rows:
    with psycopg.connect(url) as database:
        if statements:
            database.execute(statements)
        return list(database.execute(ASK))


def filled(urls: list[str], ask: Callable[..., Rows]) -> tuple[list[Rows], int]:
    """What is in each, and how many of them were made."""
    made = []

    def make(url: str) -> None:
        made.append(url)
        ask(url, MAKE)

    for url in urls:
        fill(url, make)
    return [ask(url) for url in urls], len(made)


def test_a_file_is_made_once_and_again_when_the_code_is_another(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = [f"sqlite:///{tmp_path / str(number)}" for number in range(3)]
    assert filled(urls, of_sqlite) == ([[("one",)]] * 3, 1)
    monkeypatch.setattr(ready_databases, "_made_by", lambda: "another")
    another = f"sqlite:///{tmp_path / 'another'}"
    assert filled([another], of_sqlite) == ([[("one",)]], 1)
    assert [file.name for file in kept.glob("*.sqlite3")] == ["another.sqlite3"]


def test_a_database_on_a_server_is_made_once_and_nothing_of_the_copying_stays(
    postgres_url: str,
) -> None:
    urls = []
    with psycopg.connect(postgres_url, autocommit=True) as server:
        for name in ("first", "second"):
            server.execute(f"CREATE DATABASE {name}")
            urls.append(urlsplit(postgres_url)._replace(path=f"/{name}").geturl())
    assert filled(urls, of_postgresql) == ([[("one",)]] * 2, 1)


def test_what_is_no_new_database_is_left_to_whoever_makes_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old'}"
    of_sqlite(url, "CREATE TABLE django_migrations (name text)")
    made: list[str] = []
    fill(url, made.append)
    assert made == [url]
    assert of_sqlite(url) == []
