"""Suggestions on the server as it is started: shared by its workers, and without the extra."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.servers import ONE_WORKER, processes_of, run_beside, running_server
from tests.suggest.conftest import known  # noqa: F401

pytestmark = pytest.mark.server
START = """
from assessments.models import Assessment
assessment, token = Assessment.objects.start()
assessment.answers = {"changes": [{"text": "Connect Stripe for payments"}]}
assessment.save()
print(token)
"""


SUGGESTED = "<strong>Suggested</strong> from your words"


def started(site: str) -> str:
    """The address of a page that suggests kinds."""
    return f"{site}/a/{run_beside(site, START).strip()}/check/"


def suggested_page(site: str) -> str:
    return httpx.get(started(site)).text


def has_model(pid: int) -> bool:
    return "onnxruntime" in Path(f"/proc/{pid}/maps").read_text()


@pytest.fixture
def without_extra(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    stub, log = tmp_path / "stub", tmp_path / "log"
    stub.mkdir()
    (stub / "onnxruntime.py").write_text("raise ImportError('not installed here')")
    database = f"sqlite:///{tmp_path / 'site.sqlite3'}"
    env = {"PYTHONPATH": str(stub), "WEB_CONCURRENCY": "1"}
    with running_server(database, env=env, log=log) as site:
        yield site, log


@pytest.mark.usefixtures("known")
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_it_is_loaded_before_any_worker_starts_and_works_in_each(tmp_path: Path) -> None:
    with running_server(f"sqlite:///{tmp_path / 'site.sqlite3'}") as site:
        master, *others = sorted(processes_of(site))
        assert has_model(master)
        assert sum(map(has_model, others)) == 2, "two workers, and no process for documents"
        page = started(site)
        for _ in range(8):  # so many connections that no worker is left out
            assert SUGGESTED in httpx.get(page).text


def test_without_the_extra_the_log_says_why_and_the_pages_say_nothing(
    without_extra: tuple[str, Path],
) -> None:
    site, log = without_extra
    assert "Kinds of changes are not suggested: onnxruntime cannot be imported" in log.read_text()
    page = suggested_page(site)
    assert "Check your answers" in page
    assert "uggest" not in page


def test_switched_off_nothing_is_loaded_and_nothing_said(tmp_path: Path) -> None:
    log = tmp_path / "log"
    database = f"sqlite:///{tmp_path / 'site.sqlite3'}"
    with running_server(database, env=ONE_WORKER, log=log) as site:
        assert "uggest" not in suggested_page(site)
        assert "not suggested" not in log.read_text()
        if sys.platform == "linux":
            assert not any(map(has_model, processes_of(site)))
