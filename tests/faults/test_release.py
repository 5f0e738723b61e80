"""A new release by SIGHUP: all of its code is taken up, and nobody is turned away."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import httpx

from tests.servers import ROOT, collect_static_files, free_port, without_our_settings

PAGE = """
from stackpick.environment import RELEASE
urlpatterns.append(path("release", lambda request: HttpResponse(RELEASE)))
"""
FORGETTING = "    del sys.modules[_name]"


def release(folder: Path, name: str) -> Path:
    """A release in a folder of its own, as docs/operations.md has it, which says its name.

    A module that the master reads its settings with is another one in each, and one that only
    workers have needs it.
    """
    made = folder / name
    shutil.copytree(ROOT / "stackpick", made / "stackpick")
    for same in ("assessments", "templates", "static", "var", "manage.py", ".staticfiles.json"):
        (made / same).symlink_to(ROOT / same)
    for file, also in (("environment.py", f'\nRELEASE = "{name}"\n'), ("urls.py", PAGE)):
        changed = made / "stackpick" / file
        changed.write_text(changed.read_text() + also)
    return made


def put_in_use(made: Path) -> None:
    """As `ln -sfn` does: at no moment is there none."""
    link = made.parent / "next"
    link.symlink_to(made)
    link.replace(made.parent / "current")


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server that is started by way of the link to the release in use."""
    port, log = free_port(), folder / "log"
    environment = without_our_settings(os.environ) | {
        **{"ALLOWED_HOSTS": "127.0.0.1", "PLAIN_HTTP": "1", "PORT": str(port), "SUGGEST": "0"},
        **{"DATABASE_URL": f"sqlite:///{folder}/site.sqlite3", "WEB_CONCURRENCY": "2"},
        **{"SECRET_KEY": secrets.token_urlsafe(50), "PYTHONDONTWRITEBYTECODE": "1"},
    }
    conf = folder / "current" / "stackpick" / "gunicorn.conf.py"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", str(conf)],
            cwd=folder / "current",
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        site = f"http://127.0.0.1:{port}"
        assert until(lambda: answer(f"{site}/healthz") is not None), log.read_text()
        yield site, server
    finally:
        server.terminate()
        server.wait(60)


def answer(address: str) -> str | None:
    try:
        said = httpx.get(address, timeout=20)
    except httpx.TransportError:
        return None
    return said.text if said.status_code == 200 else None


def until(happens: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if happens():
            return True
        time.sleep(0.1)
    return False


class Visits:
    """Somebody who asks without a pause, and how often nobody answered."""

    def __init__(self, address: str) -> None:
        self.address, self.made, self.failed, self._stop = address, 0, 0, Event()
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Visits:
        self._thread.start()
        return self

    def _run(self) -> None:
        while not self._stop.is_set():
            self.failed += answer(self.address) is None
            self.made += 1

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join(60)


def test_all_code_of_a_new_release_is_taken_up_and_no_request_fails(
    tmp_path: Path, figure: Callable[..., None]
) -> None:
    collect_static_files()
    put_in_use(release(tmp_path, "first"))
    with served(tmp_path) as (site, server), Visits(f"{site}/healthz") as visits:
        assert answer(f"{site}/release") == "first"
        for name in ("second", "third"):
            put_in_use(release(tmp_path, name))
            server.send_signal(signal.SIGHUP)
            assert until(lambda now=name: answer(f"{site}/release") == now)  # type: ignore[misc]
        assert until(lambda: (tmp_path / "log").read_text().count("Worker exiting") >= 4)
        # nobody of before is left
        assert {answer(f"{site}/release") for _ in range(20)} == {"third"}
    figure("Requests that failed around two reloads", visits.failed, f"of {visits.made}", "0")
    assert visits.made > 10
    assert visits.failed == 0


def test_a_master_that_kept_its_modules_would_serve_the_old_release(tmp_path: Path) -> None:
    collect_static_files()
    for name in ("first", "second"):
        conf = release(tmp_path, name) / "stackpick" / "gunicorn.conf.py"
        assert FORGETTING in conf.read_text()
        conf.write_text(conf.read_text().replace(FORGETTING, "    pass"))
    put_in_use(tmp_path / "first")
    with served(tmp_path) as (site, server):
        put_in_use(tmp_path / "second")
        server.send_signal(signal.SIGHUP)
        assert until(lambda: (tmp_path / "log").read_text().count("Booting worker") >= 4)
        assert until(lambda: (tmp_path / "log").read_text().count("Worker exiting") >= 2)
        assert answer(f"{site}/release") == "first"
