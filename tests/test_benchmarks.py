"""The benchmarks measure what they say: a short load, of which only the counts matter."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest

from benchmarks import load, web
from benchmarks.rows import Site
from tests.conftest import missing

pytestmark = pytest.mark.server
FOUNDERS = 4
SCRIPTS = (
    *("engine", "web", "prepare", "weight", "lighthouse", "admin", "desk_data", "desk_worker"),
    "documents",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("benchmark")
    with web.site_on(f"sqlite:///{folder / 'site.sqlite3'}") as site:
        yield site


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_fits_the_modules_it_takes_from(script: str) -> None:
    assert importlib.import_module(f"benchmarks.{script}").main


def test_every_save_of_the_load_is_a_stored_one(site: Site) -> None:
    if not load.has_wrk():
        missing(load.MISSING)
    saving = site.founders
    saving.tokens = saving.tokens[:FOUNDERS]
    slices = [saving.save(seconds=1) for _ in range(2)]
    assert [seen.errors for seen in slices] == [0, 0]
    assert saving.acknowledged > 0
    assert 0 <= saving.stored - saving.acknowledged <= FOUNDERS * len(slices)


@pytest.mark.parametrize("name", ["heaviest", "result", "share-304", "share-gzip", "score"])
def test_a_row_asks_for_pages_that_answer(site: Site, name: str) -> None:
    row = web.row_of(site, name)
    assert row is None or row.name == name


def test_hello_asks_the_database_nothing(site: Site) -> None:
    assert site.hello().queries == 0
