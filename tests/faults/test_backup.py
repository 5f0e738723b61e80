"""A backup while founders save, restored on an empty machine, and served from there."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.conftest import missing
from tests.faults.keeping_on import founders_at, lost
from tests.faults.many import database_of
from tests.postgres import PostgresMissing, make_database
from tests.servers import QUICKER, another_server, manage_site, run_beside, running_server
from tests.web import says

SHARE = """
from assessments.models import Assessment, ShareLink
print(ShareLink.objects.issue(Assessment.objects.get(slug="ledgerly"), "For the board")[1])
"""


@dataclass
class Site:
    address: str
    url: str
    empty: str


@pytest.fixture(params=["sqlite", "postgresql"])
def site(
    request: pytest.FixtureRequest, amount: Callable[[int, int], int], tmp_path: Path
) -> Iterator[Site]:
    with ExitStack() as stack:
        try:
            rows = amount(0, 1_000_000)
            url = stack.enter_context(database_of(request.param, rows, tmp_path))
        except PostgresMissing as problem:
            missing(str(problem))
        on_sqlite = request.param == "sqlite"
        other = f"sqlite:///{tmp_path}/empty.sqlite3" if on_sqlite else make_database(url, "empty")
        address = stack.enter_context(running_server(url, env=QUICKER))
        yield Site(address, url, other)


def test_a_backup_under_load_is_whole_and_serves_a_shared_link_from_an_empty_machine(
    site: Site, tmp_path: Path, figure: Callable[..., None]
) -> None:
    token, file = run_beside(site.address, SHARE).strip(), tmp_path / "backup"
    with founders_at(site.address) as founders:
        founders.wait_for(3)
        before, began = founders.so_far(), time.monotonic()
        manage_site(site.address, "manage.py", "backup", str(file))
        figure("Backup under load", round(time.monotonic() - began, 1), "s")
        figure("Its size", round(file.stat().st_size / 1e6, 1), "MB")
        during = len(founders.so_far()) - len(before)
        figure("Saves while it was taken", during, wanted="more than 0")
        founders.wait_for(3)
    assert founders.failed == []
    assert during
    # Hashes of all rows are compared with those of the backup's moment.
    began = time.monotonic()
    said = manage_site(site.address, "manage.py", "restore", str(file), "--check")
    figure("Restored for a look, and looked at", round(time.monotonic() - began, 1), "s")
    assert "a shared link opens" in said
    assert "All of it is sound." in said
    began, env = time.monotonic(), {"DATABASE_URL": site.empty}
    manage_site(site.address, "manage.py", "restore", str(file), env=env)
    figure("Restored", round(time.monotonic() - began, 1), "s")
    with another_server(site.address, env=env) as restored:
        answer = httpx.get(f"{restored}/r/{token}/")
        assert answer.status_code == 200
        assert "Ledgerly" in says(answer)
        assert lost(restored, before) == []
    # What shows that the checks above see anything at all:
    damage(file)
    with pytest.raises(RuntimeError, match=r"WRONG|ended with 1"):
        manage_site(site.address, "manage.py", "restore", str(file), "--check")
    if site.url.startswith("sqlite"):
        live = Path(site.url.removeprefix("sqlite:///"))
        assert any(naive_copy_lacks_a_save(site.address, live, number) for number in range(5))


def damage(file: Path) -> None:
    """Another letter somewhere in the middle."""
    content = bytearray(file.read_bytes())
    place = content.find(b"Ledgerly")
    content[place if place > 0 else len(content) // 2] ^= 1
    file.write_bytes(content)


def naive_copy_lacks_a_save(site: str, live: Path, number: int) -> bool:
    """Whether the file alone, copied beside its log, lacks what was acknowledged before."""
    name, copy = f"Founder {number} alone", live.with_name(f"copy-{number}.sqlite3")
    with founders_at(site, 1) as founders:
        founders.one(name, finishes=False)
    shutil.copyfile(live, copy)
    with closing(sqlite3.connect(copy)) as database:
        try:
            rows = database.execute("SELECT name FROM assessments_project").fetchall()
        except sqlite3.DatabaseError:
            return True
    return (name,) not in rows
