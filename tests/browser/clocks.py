"""A server whose clock the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from tests.servers import ONE_WORKER, running_server

# A folder with a sitecustomize.py, which Python imports before anything else.
MOVED = Path(__file__).with_name("moved_clock")


class Clock:
    """The server's clock, told by a file that it reads whenever it asks for the time."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.put_forward(timedelta())

    def put_forward(self, by: timedelta) -> None:
        """So much ahead of the real time from now on."""
        new = self.file.with_suffix(".new")
        new.write_text(str(by.total_seconds()))
        new.replace(self.file)


@contextmanager
def server_with_a_clock(folder: Path) -> Iterator[tuple[str, Clock]]:
    """The base URL of a server on SQLite, and its clock."""
    clock = Clock(folder / "clock")
    moved = ONE_WORKER | {"PYTHONPATH": str(MOVED), "CLOCK_AHEAD_FILE": str(clock.file)}
    with running_server(f"sqlite:///{folder / 'site.sqlite3'}", env=moved) as site:
        yield site, clock
