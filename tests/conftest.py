"""Fixtures and choices for the whole suite."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest
from hypothesis import settings

import assessments
import stackpick
from tests import choosing
from tests.chromium import ChromiumMissing, of_the_system
from tests.examples import drawn
from tests.postgres import PostgresMissing, throwaway_postgres
from tests.servers import collect_static_files, in_ci, running_server

# Programs: to import one is to run it, or to load what no test of ours shall.
NOT_FOR_TESTS = (".__main__", ".wsgi", ".typesetter")
# How long an example takes says more of the machine than of the code.
settings.register_profile("suite", deadline=None, max_examples=drawn(100))
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="run only the tests that use Django's database in this process (-m queries: of those, "
        "the ones whose answer may depend on which database it is)",
    )
    parser.addoption(
        "--soak", action="store_true", help="run the whole bench of faults, not only a part of it"
    )


def pytest_configure(config: pytest.Config) -> None:
    if getattr(config.option, "numprocesses", None):
        collect_static_files()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Marks a test as soon as it is found, for ``-m`` to see."""
    choosing.mark(item)


# Last, because pytest and pytest-django sort the tests as well.
@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    _keep_only(config, items, choosing.says_something_here)
    if config.getoption("--database-only"):
        _keep_only(config, items, choosing.uses_the_database)
    # Playwright leaves its event loop running in this thread, and Django then refuses
    # queries there: what needs a browser comes last.
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def _keep_only(
    config: pytest.Config, items: list[pytest.Item], wanted: Callable[[pytest.Item], bool]
) -> None:
    others = [item for item in items if not wanted(item)]
    config.hook.pytest_deselected(items=others)
    items[:] = filter(wanted, items)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported and collected is there to the end: to look for garbage among it again and
    again would take a seventh of the time."""
    gc.collect()
    gc.freeze()
    # And of what a test makes little stays: looking less often takes a fourteenth off the rest.
    gc.set_threshold(20_000, 20, 20)


# Innermost, for what pytest-cov does about them is done around it: of a process that runs tests for
# another it stops one of two tracers, and the other one would go on.
@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Traces nothing of a test that says so: it takes twice as long when traced."""
    if not item.get_closest_marker("no_cover"):
        return (yield)
    with _untraced():
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """Nor of how tests are found. What our own modules do when imported is traced before that."""
    if sys.gettrace():
        for package in (assessments, stackpick):
            for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
                if not module.name.endswith(NOT_FOR_TESTS):
                    importlib.import_module(module.name)
    with _untraced():
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_setup() -> Generator[None, Any, Any]:
    """Nor of what makes the things that tests are about."""
    with _untraced():
        return (yield)


@contextmanager
def _untraced() -> Iterator[None]:
    traces, traces_of_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        sys.settrace(traces)
        threading.settrace(traces_of_threads)


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
