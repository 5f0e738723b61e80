"""How much the bench does, and what it writes down of it.

`make faults` does what a check of each change can afford; `make soak` does the whole, and keeps its
figures for docs/reliability.md.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.faults.cluster import Cluster
from tests.postgres import PostgresMissing
from tests.servers import free_port, make_ready, site_environment

# Where `make soak` gathers its figures, a line of JSON each; not set otherwise.
FIGURES = "STACKPICK_SOAK_FIGURES"


@pytest.fixture
def soaking(pytestconfig: pytest.Config) -> bool:
    """Whether this is the whole bench."""
    return bool(pytestconfig.getoption("--soak"))


@pytest.fixture
def amount(soaking: bool) -> Callable[[int, int], int]:
    """How many: the first number for a check of each change, the second for the whole bench."""
    return lambda usual, whole: whole if soaking else usual


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Writes a measured figure down: what, how much, in which unit, and what it had to be."""
    file = os.environ.get(FIGURES, "")
    of = request.node.nodeid

    def write(what: str, value: float | str, unit: str = "", wanted: str = "") -> None:
        print(f"{what}: {value} {unit} {f'(wanted: {wanted})' if wanted else ''}".rstrip())
        if file:
            said = {"test": of, "what": what, "value": value, "unit": unit, "wanted": wanted}
            with Path(file).open("a", encoding="utf-8") as figures:
                figures.write(json.dumps(said) + "\n")

    return write


# ---- Databases that are migrated once, and copied for each test ----


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "site.sqlite3"
    make_ready(site_environment(f"sqlite:///{file}", free_port()))
    return file


@pytest.fixture
def on_sqlite(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The URL of a fresh database, with the worked examples in it."""
    shutil.copy(migrated_sqlite, tmp_path / "site.sqlite3")
    return f"sqlite:///{tmp_path / 'site.sqlite3'}"


@pytest.fixture(scope="session")
def running_cluster() -> Iterator[Cluster]:
    cluster = Cluster()
    try:
        cluster.start()
        cluster.prepare()
        yield cluster
    except PostgresMissing as problem:
        missing(str(problem))
    finally:
        cluster.remove()


@pytest.fixture
def cluster(running_cluster: Cluster) -> Iterator[Cluster]:
    """A PostgreSQL server that a test may kill: the next one has it running again."""
    yield running_cluster
    running_cluster.stop()
    running_cluster.start()


@pytest.fixture
def on_postgresql(running_cluster: Cluster) -> str:
    return running_cluster.new_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database, once of each kind."""
    return str(request.getfixturevalue(f"on_{request.param}"))
