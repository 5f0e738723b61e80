"""Fixtures and choices for the whole suite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from django.test import TransactionTestCase
from hypothesis import settings

from tests.chromium import ChromiumMissing, of_the_system
from tests.postgres import PostgresMissing, throwaway_postgres
from tests.servers import collect_static_files, in_ci, running_server

# How long an example takes says more of the machine than of the code.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

FAULTS, BROWSER = (Path(__file__).parent / name for name in ("faults", "browser"))
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="run only the tests that use Django's database in this process",
    )
    parser.addoption(
        "--soak", action="store_true", help="run the whole bench of faults, not only a part of it"
    )


def pytest_configure(config: pytest.Config) -> None:
    if getattr(config.option, "numprocesses", None):
        collect_static_files()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Marks a test as soon as it is found, for ``-m`` to see."""
    _mark(item)


# Last, because pytest and pytest-django sort the tests as well.
@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--database-only"):
        left_out = [item for item in items if not _uses_the_database(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _uses_the_database(item)]
    # Playwright leaves its event loop running in this thread, and Django then refuses
    # queries there: what needs a browser comes last.
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def _fixtures(item: pytest.Item) -> set[str]:
    return set(getattr(item, "fixturenames", ()))


def _mark(item: pytest.Item) -> None:
    fixtures = _fixtures(item)
    if FAULTS in item.path.parents:
        item.add_marker("faults")
    if fixtures & {"live_site", "sqlite_site", "postgresql_site"}:
        item.add_marker("server")
    if {"browser", "browser_type"} <= fixtures:  # Playwright's own; others have one of that name
        _refuse_elsewhere(item)
        item.add_marker("browser")


def _refuse_elsewhere(item: pytest.Item) -> None:
    """`make test` looks for those that drive a browser in one folder alone: quicker than in all."""
    if not {BROWSER, FAULTS} & {*item.path.parents}:
        raise pytest.UsageError(f"{item.nodeid} drives a browser: it belongs into tests/browser")


def _uses_the_database(item: pytest.Item) -> bool:
    if any(item.get_closest_marker(name) for name in ("browser", "faults", "server")):
        return False
    test_class = getattr(item, "cls", None)
    return (
        item.get_closest_marker("django_db") is not None
        or bool(_fixtures(item) & DATABASE_FIXTURES)
        or (test_class is not None and issubclass(test_class, TransactionTestCase))
    )


def missing(what: str) -> NoReturn:
    """Skip on a developer's machine, fail in CI: there a skip would hide a broken set-up."""
    if in_ci():
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


@pytest.fixture(autouse=True)
def _views_are_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Views gather and are dropped: when they are written depends on what was asked before."""
    from assessments import view_counts

    idle = view_counts.ViewCounts(clock=lambda: float("-inf"), later=lambda write: None)
    monkeypatch.setattr(view_counts, "view_counts", idle)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An empty database on a throwaway PostgreSQL server."""
    try:
        with throwaway_postgres() as url:
            yield url
    except PostgresMissing as problem:
        missing(str(problem))


@pytest.fixture(scope="session")
def sqlite_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of a real server on SQLite."""
    file = tmp_path_factory.mktemp("site") / "site.sqlite3"
    with running_server(f"sqlite:///{file}") as base_url:
        yield base_url


@pytest.fixture(scope="session")
def postgresql_site(postgres_url: str) -> Iterator[str]:
    """The base URL of a real server on PostgreSQL."""
    with running_server(postgres_url) as base_url:
        yield base_url


# The servers are fixtures of their own because pytest keeps only one value of a
# parametrised fixture: going to and fro between them would start each again.
@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def live_site(request: pytest.FixtureRequest) -> str:
    """The base URL of a real server, once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_site"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Drive the Chromium of the operating system, not one that Playwright downloads."""
    try:
        return browser_type_launch_args | of_the_system()
    except ChromiumMissing as problem:
        missing(str(problem))
