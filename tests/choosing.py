"""Which tests are traced for coverage, and which run a second time, on PostgreSQL.

A test that has many cases reaches nearly all of the code with its first; the others are there for
what they say, not for where they go. So the first one alone is traced, which would otherwise make
each of them take twice as long.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test import TransactionTestCase

HERE = Path(__file__).parent
FAULTS, BROWSER = HERE / "faults", HERE / "browser"
# All that is stored and asked of the database is there.
MODELS = HERE / "models"
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences"}

_seen: set[str] = set()


def mark(item: pytest.Item) -> None:
    """Marks a test that was just found by what it uses and how it is made."""
    names = fixtures(item)
    if FAULTS in item.path.parents:
        item.add_marker("faults")
    if names & {"live_site", "sqlite_site", "postgresql_site"}:
        item.add_marker("server")
    if {"browser", "browser_type"} <= names:  # Playwright's own; others have one of that name
        _refuse_elsewhere(item)
        item.add_marker("browser")
    if MODELS in item.path.parents or _wanted(item) == "postgresql":
        item.add_marker("queries")
    if not _is_first_case(item) or _draws_examples(item):
        item.add_marker("no_cover")


def _refuse_elsewhere(item: pytest.Item) -> None:
    """`make test` looks for those that drive a browser in one folder alone: quicker than in all."""
    if not {BROWSER, FAULTS} & {*item.path.parents}:
        raise pytest.UsageError(f"{item.nodeid} drives a browser: it belongs into tests/browser")


def fixtures(item: pytest.Item) -> set[str]:
    return set(getattr(item, "fixturenames", ()))


def _is_first_case(item: pytest.Item) -> bool:
    """Whether no other case of this test was found before."""
    test = item.nodeid.partition("[")[0]
    first = test not in _seen
    _seen.add(test)
    return first


def _draws_examples(item: pytest.Item) -> bool:
    return hasattr(getattr(item, "function", None), "hypothesis")


def says_something_here(item: pytest.Item) -> bool:
    """Whether it is about the database that it would be given."""
    cases = getattr(item, "callspec", None)
    vendor = cases.params.get("new_database") if cases else None
    return _wanted(item) in (None, vendor or connection.vendor)


def _wanted(item: pytest.Item) -> str | None:
    """The one database that a test is about."""
    marker = item.get_closest_marker("only_on")
    return marker and marker.args[0]


def uses_the_database(item: pytest.Item) -> bool:
    """Whether it uses Django's database in this process, which may be PostgreSQL as well."""
    if any(item.get_closest_marker(name) for name in ("browser", "faults", "server")):
        return False
    test_class = getattr(item, "cls", None)
    return (
        item.get_closest_marker("django_db") is not None
        or bool(fixtures(item) & DATABASE_FIXTURES)
        or (test_class is not None and issubclass(test_class, TransactionTestCase))
    )
